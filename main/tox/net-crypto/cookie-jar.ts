import { concat, wipe } from '../../base/bytes.ts'
import { type Random, randomBytes } from '../../base/random.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import { NONCE_BYTES, openSecret, randomNonce, sealSecret } from '../../crypto/box.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { decode, encode } from '../../wire/codec.ts'
import { type CookieContents, cookieContents } from '../../wire/handshake-packets.ts'
import { TokenBucket } from '../../base/token-bucket.ts'

export const COOKIE_LIFE_MS = 15 * SECOND_MS

/** c-toxcore's limit: ten answers at once, then ten a second. */
const STRANGER_ANSWERS_MAX = 10
const STRANGER_ANSWER_INTERVAL_MS = 100
/** A purse of its own for friends' keys, so that strangers cannot use up the answers that friends wait for. */
const FRIEND_ANSWERS_MAX = 64
const FRIEND_ANSWER_INTERVAL_MS = 10

/**
 * Makes and opens cookies: a peer that can show one has received a packet from us lately, so nothing is
 * stored for requests. The key lives as long as the jar.
 */
export class CookieJar {
  readonly #key: Uint8Array
  readonly #random: Random
  readonly #forStrangers = new TokenBucket(STRANGER_ANSWERS_MAX, STRANGER_ANSWER_INTERVAL_MS)
  readonly #forFriends = new TokenBucket(FRIEND_ANSWERS_MAX, FRIEND_ANSWER_INTERVAL_MS)

  constructor(random: Random) {
    this.#key = randomBytes(random, 32)
    this.#random = random
  }

  /** Whether a cookie request may be answered now; counts the answer. */
  mayAnswer(isFriend: boolean, now: Instant): boolean {
    return (isFriend ? this.#forFriends : this.#forStrangers).take(now)
  }

  /** A cookie (112 bytes) for who claims these keys. */
  issue(realKey: PublicKey, dhtKey: PublicKey, now: Instant): Uint8Array {
    const nonce = randomNonce(this.#random)
    const contents = encode(cookieContents, { issuedAt: Math.floor(now), realKey, dhtKey })
    return concat(nonce, sealSecret(this.#key, nonce, contents))
  }

  /** What we put into it; undefined if it is not ours or older than 15 s. */
  open(cookie: Uint8Array, now: Instant): CookieContents | undefined {
    const plain = openSecret(this.#key, cookie.subarray(0, NONCE_BYTES), cookie.subarray(NONCE_BYTES))
    if (!plain) return undefined
    const contents = decode(cookieContents, plain)
    const isFresh = contents.issuedAt <= now && now - contents.issuedAt <= COOKIE_LIFE_MS
    return isFresh ? contents : undefined
  }

  /** Ends the jar: its cookies no longer open. */
  wipe(): void {
    wipe(this.#key)
    this.#random.fill(this.#key)
  }
}
