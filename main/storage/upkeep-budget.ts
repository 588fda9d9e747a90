import { type Instant, SECOND_MS } from '../base/time.ts'

/** What a seldom round may have saved up: a burst after a quiet time. */
const BURST_SECONDS = 30

/**
 * How much upkeep may send: a bucket that fills evenly. What was started is finished, so it may be overdrawn; then
 * nothing new begins until it is full enough again.
 *
 * source  offline-messaging.md section 3: budget 1 KB/s, above it the interval stretches
 */
export class UpkeepBudget {
  readonly #bytesPerSecond: number
  #left: number
  #filledAt: Instant | undefined

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond
    this.#left = bytesPerSecond * BURST_SECONDS
  }

  spend(bytes: number, now: Instant): void {
    this.#fill(now)
    this.#left -= bytes
  }

  isOpen(now: Instant): boolean {
    this.#fill(now)
    return this.#left > 0
  }

  /** When something new may begin. */
  opensAt(now: Instant): Instant {
    this.#fill(now)
    return this.#left > 0 ? now : now + Math.ceil((SECOND_MS * (1 - this.#left)) / this.#bytesPerSecond)
  }

  #fill(now: Instant): void {
    const seconds = Math.max(0, now - (this.#filledAt ?? now)) / SECOND_MS
    this.#filledAt = now
    this.#left = Math.min(this.#bytesPerSecond * BURST_SECONDS, this.#left + seconds * this.#bytesPerSecond)
  }
}
