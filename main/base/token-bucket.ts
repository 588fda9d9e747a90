import type { Instant } from './time.ts'

/** Limits how often something is done: `capacity` at once, then one per `intervalMs`. */
export class TokenBucket {
  readonly #capacity: number
  readonly #intervalMs: number
  #tokens: number
  #countedAt: Instant | undefined

  constructor(capacity: number, intervalMs: number) {
    this.#capacity = capacity
    this.#intervalMs = intervalMs
    this.#tokens = capacity
  }

  /** Takes one token; false if there is none now. */
  take(now: Instant): boolean {
    const elapsedMs = Math.max(0, now - (this.#countedAt ?? now))
    this.#tokens = Math.min(this.#capacity, this.#tokens + elapsedMs / this.#intervalMs)
    this.#countedAt = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
