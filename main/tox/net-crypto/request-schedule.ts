import { type Instant, SECOND_MS } from '../../base/time.ts'

/** At least one packet request a second: it acknowledges, reports losses, and shows that we are alive. */
const IDLE_INTERVAL_MS = SECOND_MS
/** At most one in this time, which is also c-toxcore's shortest interval. */
const INTERVAL_MS_MIN = 50
/** A burst of packets shall be answered by one request. */
const ACKNOWLEDGE_DELAY_MS = 10
/** Beyond one round trip: time for the peer's own delay before it acknowledges. */
const TAIL_MARGIN_MS = 40
/** Unanswered probes after the last packet sent; then the idle requests carry its number. */
const TAIL_PROBES_MAX = 2

/**
 * When the next packet request is due. c-toxcore sends one a second, and more only under load; sooner after data,
 * after a gap and after a last packet of ours that nobody acknowledged makes receipts and resends quick with both.
 */
export class RequestSchedule {
  #lastAt = Number.NEGATIVE_INFINITY
  #owedAt = Number.POSITIVE_INFINITY
  #gapIntervalMs = INTERVAL_MS_MIN
  /** Whether the last request named gaps; new ones are owed an answer of their own. */
  #hasAskedForGaps = false
  #tailAt = Number.POSITIVE_INFINITY
  #tailIntervalMs = 0
  #tailProbesLeft = 0

  /** When to send the next request. */
  dueAt(hasGaps: boolean): Instant {
    const gapAt = hasGaps && this.#hasAskedForGaps ? this.#lastAt + this.#gapIntervalMs : Number.POSITIVE_INFINITY
    const wantedAt = Math.min(this.#lastAt + IDLE_INTERVAL_MS, this.#owedAt, gapAt, this.#tailAt)
    return Math.max(wantedAt, this.#lastAt + INTERVAL_MS_MIN)
  }

  /** The peer waits for an acknowledgement, or a gap was seen. */
  noteOwed(now: Instant): void {
    this.#owedAt = Math.min(this.#owedAt, now + ACKNOWLEDGE_DELAY_MS)
  }

  /** Missing packets are arriving: go on asking at the quick rate. */
  noteProgress(rttMs: number): void {
    this.#gapIntervalMs = Math.max(INTERVAL_MS_MIN, rttMs)
  }

  /** Another packet carried our recvStart, while there was nothing else to say. */
  noteCarried(): void {
    this.#owedAt = Number.POSITIVE_INFINITY
  }

  /** A lossless packet left: if it is the last and gets lost, only a later packet's `number` tells the peer. */
  noteLosslessSent(rttMs: number, now: Instant): void {
    this.#tailIntervalMs = rttMs + TAIL_MARGIN_MS
    this.#tailAt = now + this.#tailIntervalMs
    this.#tailProbesLeft = TAIL_PROBES_MAX
  }

  /** The peer has all that we sent. */
  noteAllDelivered(): void {
    this.#tailAt = Number.POSITIVE_INFINITY
  }

  /** A packet request left. */
  noteRequested(hasGaps: boolean, now: Instant): void {
    this.#lastAt = now
    this.#owedAt = Number.POSITIVE_INFINITY
    this.#hasAskedForGaps = hasGaps
    if (hasGaps) this.#gapIntervalMs = Math.min(IDLE_INTERVAL_MS, this.#gapIntervalMs * 2)
    if (this.#tailAt <= now) this.#noteProbed(now)
  }

  #noteProbed(now: Instant): void {
    this.#tailProbesLeft -= 1
    this.#tailIntervalMs *= 2
    this.#tailAt = this.#tailProbesLeft > 0 ? now + this.#tailIntervalMs : Number.POSITIVE_INFINITY
  }
}
