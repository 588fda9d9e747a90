import type { Instant } from '../../base/time.ts'

/** Before anything was measured: c-toxcore's start value. */
const INITIAL_MS = 1_000
/** A minimum older than two of these is forgotten, since the path may have changed. */
const WINDOW_MS = 30_000

/** The shortest round trip lately seen, the peer's delay before it answers included. */
export class RoundTrip {
  #currentMs = Number.POSITIVE_INFINITY
  #previousMs = Number.POSITIVE_INFINITY
  #rotatedAt: Instant | undefined

  get ms(): number {
    const least = Math.min(this.#currentMs, this.#previousMs)
    return least === Number.POSITIVE_INFINITY ? INITIAL_MS : least
  }

  /** An answer came to something that was sent once, at `sentAt`. */
  measure(sentAt: Instant, now: Instant): void {
    this.#rotatedAt ??= now
    if (now - this.#rotatedAt >= WINDOW_MS) {
      this.#previousMs = this.#currentMs
      this.#currentMs = Number.POSITIVE_INFINITY
      this.#rotatedAt = now
    }
    this.#currentMs = Math.min(this.#currentMs, Math.max(0, now - sentAt))
  }
}
