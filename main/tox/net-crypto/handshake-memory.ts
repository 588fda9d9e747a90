import type { PublicKey } from '../../crypto/keys.ts'

const SESSION_KEYS_MAX = 8

/**
 * Tells new handshakes of one friend from repeated old ones. A cookie lives for 15 s, so a handshake that somebody
 * recorded would otherwise open, or spoil, a connection within that time.
 */
export class HandshakeMemory {
  #latestCookieAt = Number.NEGATIVE_INFINITY
  #sessionKeys: PublicKey[] = []

  /** Whether a handshake with this session key, on a cookie issued then, has not been overtaken. */
  isNew(sessionKey: PublicKey, cookieIssuedAt: number): boolean {
    if (cookieIssuedAt < this.#latestCookieAt) return false
    return !this.#sessionKeys.some((known) => known.equals(sessionKey))
  }

  note(sessionKey: PublicKey, cookieIssuedAt: number): void {
    this.#latestCookieAt = cookieIssuedAt
    this.#sessionKeys = [sessionKey, ...this.#sessionKeys].slice(0, SESSION_KEYS_MAX)
  }
}
