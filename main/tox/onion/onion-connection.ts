import { type Instant, SECOND_MS } from '../../base/time.ts'

/** Without an answer for so long we are not connected, whatever was announced, and nobody is looked for. */
const SILENCE_MS_MAX = 75 * SECOND_MS
/** A list of nodes that is being renewed must not look like a lost network. */
const LOST_AFTER_MS = 5 * SECOND_MS
/** Away for longer than this, friends may have come and gone. */
const LONG_ABSENCE_MS = 10 * SECOND_MS

export interface ConnectionChange {
  readonly isConnected: boolean
  /** We are back after so long that everybody is to be looked for anew. */
  readonly wasLongAway: boolean
}

/** Whether we count as connected: at once when announced, no longer when that has not held for a while. */
export class OnionConnection {
  #wasConnected = false
  #lastAnswerAt: Instant = Number.NEGATIVE_INFINITY
  #lastAnnouncedAt: Instant = Number.NEGATIVE_INFINITY

  isConnected(now: Instant): boolean {
    return now - this.#lastAnnouncedAt < LOST_AFTER_MS
  }

  noteAnswer(now: Instant): void {
    this.#lastAnswerAt = now
  }

  /** Whether the network answers at all. */
  isAnswered(now: Instant): boolean {
    return now - this.#lastAnswerAt < SILENCE_MS_MAX
  }

  /** Takes in whether we are announced now; returns what changed, if anything did. */
  update(isAnnounced: boolean, now: Instant): ConnectionChange | undefined {
    const wasLongAway = now - this.#lastAnnouncedAt >= LONG_ABSENCE_MS
    if (isAnnounced && this.isAnswered(now)) this.#lastAnnouncedAt = now
    const isConnected = this.isConnected(now)
    if (isConnected === this.#wasConnected) return undefined
    this.#wasConnected = isConnected
    return { isConnected, wasLongAway: isConnected && wasLongAway }
  }
}
