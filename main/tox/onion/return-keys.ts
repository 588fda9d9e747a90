import type { Address } from '../../base/address.ts'
import { concat, wipe } from '../../base/bytes.ts'
import { type Random, randomBytes } from '../../base/random.ts'
import { HOUR_MS, type Instant, MINUTE_MS } from '../../base/time.ts'
import { NONCE_BYTES, openSecret, randomNonce, sealSecret } from '../../crypto/box.ts'
import { encode, type ValueOf } from '../../wire/codec.ts'
import { onionReturnPlain } from '../../wire/onion-packets.ts'
import { decodeOpened } from './opened.ts'

const KEY_LIFE_MS = 2 * HOUR_MS
/** Ways back stay good this long after a change of key: as long as an announcement lives. */
const KEY_GRACE_MS = 5 * MINUTE_MS

interface DatedKey {
  readonly key: Uint8Array
  readonly madeAt: Instant
}

/** The symmetric key that seals a relay's return blobs, and the one before it for a while. */
export class ReturnKeys {
  readonly #random: Random
  #current: DatedKey | undefined
  #previous: DatedKey | undefined

  constructor(random: Random) {
    this.#random = random
  }

  /** `nonce(24) secretbox{ source(19) previous }`: 59 bytes more than `previous`. */
  seal(source: Address, previous: Uint8Array, now: Instant): Uint8Array {
    const { key } = this.#renew(now)
    const nonce = randomNonce(this.#random)
    return concat(nonce, sealSecret(key, nonce, encode(onionReturnPlain, { source, previous })))
  }

  /** What was sealed, or undefined if it was not sealed here, or longer ago than the keys live. */
  open(sealed: Uint8Array, now: Instant): ValueOf<typeof onionReturnPlain> | undefined {
    const current = this.#renew(now)
    const nonce = sealed.subarray(0, NONCE_BYTES)
    const box = sealed.subarray(NONCE_BYTES)
    const plain = openSecret(current.key, nonce, box) ?? (this.#previous && openSecret(this.#previous.key, nonce, box))
    return decodeOpened(onionReturnPlain, plain)
  }

  #renew(now: Instant): DatedKey {
    if (!this.#current || now - this.#current.madeAt >= KEY_LIFE_MS) {
      this.#forgetPrevious()
      this.#previous = this.#current
      this.#current = { key: randomBytes(this.#random, 32), madeAt: now }
    }
    if (now - this.#current.madeAt >= KEY_GRACE_MS) this.#forgetPrevious()
    return this.#current
  }

  #forgetPrevious(): void {
    if (this.#previous) wipe(this.#previous.key)
    this.#previous = undefined
  }
}
