import { concat, concatForNow, equalInConstantTime, utf8Encode } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { type Instant, MINUTE_MS } from '../base/time.ts'
import { hmac } from '../crypto/hash.ts'
import type { Contact } from '../ring/contact.ts'
import { encode, u53 } from '../wire/codec.ts'
import { TOKEN_BYTES } from '../wire/storage-packets.ts'

const LABEL = concat(utf8Encode('ampoule token 1'), Uint8Array.of(0))
/** A token is good in the period that it was made in and in the next: 5 to 10 minutes. */
const PERIOD_MS = 5 * MINUTE_MS

/**
 * Makes the tokens that mailbox requests must carry, and knows them again without remembering any: a token shows that
 * its bearer gets datagrams at the very address that it writes from: a neighbour in its network cannot have answers sent there.
 */
export class Tokens {
  readonly #secret: Uint8Array

  constructor(random: Random) {
    this.#secret = randomBytes(random, 32)
  }

  /** 16 bytes: HMAC of the bearer's DHT key and address with port, and of the time. */
  tokenFor(bearer: Contact, now: Instant): Uint8Array {
    return this.#make(bearer, Math.floor(now / PERIOD_MS))
  }

  isGood(token: Uint8Array, bearer: Contact, now: Instant): boolean {
    const period = Math.floor(now / PERIOD_MS)
    const isOfNow = equalInConstantTime(token, this.#make(bearer, period))
    return isOfNow || (period > 0 && equalInConstantTime(token, this.#make(bearer, period - 1)))
  }

  #make({ key, address }: Contact, period: number): Uint8Array {
    const input = concatForNow(LABEL, encode(u53, period), key.bytes, utf8Encode(address.text))
    return hmac(this.#secret, input).subarray(0, TOKEN_BYTES)
  }
}
