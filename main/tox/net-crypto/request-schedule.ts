import { type Instant, SECOND_MS } from '../../base/time.ts'

/** At least one packet request a second: it acknowledges, reports losses, and shows that we are alive. */
const IDLE_INTERVAL_MS = SECOND_MS
/** At most one in this time, which is also c-toxcore's shortest interval. */
const INTERVAL_MS_MIN = 50
/** A burst of packets shall be answered by one request. */
const ACKNOWLEDGE_DELAY_MS = 10
/** c-toxcore does not say again what we did not acknowledge, so a lost acknowledgement would cost a second. */
const ACKNOWLEDGE_AGAIN_MS = 150
const ACKNOWLEDGE_COUNT = 2

/**
 * When the next packet request is due. c-toxcore sends one a second, and more only under load; sooner after data and
 * after a gap makes receipts and resends quick.
 */
export class RequestSchedule {
  #lastAt = Number.NEGATIVE_INFINITY
  #owedAt = Number.POSITIVE_INFINITY
  /** How often what is owed is still to be said. */
  #owedCount = 0
  #gapIntervalMs = INTERVAL_MS_MIN
  /** Whether the last request named gaps; new ones are owed an answer of their own. */
  #hasAskedForGaps = false

  /** When to send the next request. */
  dueAt(hasGaps: boolean): Instant {
    const gapAt = hasGaps && this.#hasAskedForGaps ? this.#lastAt + this.#gapIntervalMs : Number.POSITIVE_INFINITY
    const wantedAt = Math.min(this.#lastAt + IDLE_INTERVAL_MS, this.#owedAt, gapAt)
    return Math.max(wantedAt, this.#lastAt + INTERVAL_MS_MIN)
  }

  /** The peer waits for an acknowledgement, or a gap was seen. */
  noteOwed(now: Instant): void {
    if (this.#owedCount < ACKNOWLEDGE_COUNT) this.#owedAt = Math.min(this.#owedAt, now + ACKNOWLEDGE_DELAY_MS)
    this.#owedCount = ACKNOWLEDGE_COUNT
  }

  /** Missing packets are arriving: go on asking at the quick rate. */
  noteProgress(rttMs: number): void {
    this.#gapIntervalMs = Math.max(INTERVAL_MS_MIN, rttMs)
  }

  /** Another packet carried our recvStart, while there was nothing else to say. */
  noteCarried(now: Instant): void {
    this.#owedCount = Math.max(0, this.#owedCount - 1)
    this.#owedAt = this.#owedCount > 0 ? now + ACKNOWLEDGE_AGAIN_MS : Number.POSITIVE_INFINITY
  }

  /** A packet request left. */
  noteRequested(hasGaps: boolean, now: Instant): void {
    this.#lastAt = now
    this.#hasAskedForGaps = hasGaps
    if (hasGaps) this.#gapIntervalMs = Math.min(IDLE_INTERVAL_MS, this.#gapIntervalMs * 2)
    this.noteCarried(now)
  }
}
