import type { Instant } from '../../base/time.ts'

/** Beyond one round trip: time for the peer's own delay before it acknowledges. */
const MARGIN_MS = 40
/** Then the requests that are sent each second show the peer what it lacks. */
const PROBES_MAX = 2

/**
 * When the last lossless packet is sent once more, unasked, because nobody acknowledged it. A lost packet shows by
 * the numbers after it; after the last there are none until the next request, and c-toxcore asks back a second later.
 */
export class TailProbe {
  #dueAt = Number.POSITIVE_INFINITY
  #intervalMs = 0
  #probesLeft = 0

  get dueAt(): Instant {
    return this.#dueAt
  }

  /** A lossless packet left. */
  noteSent(rttMs: number, now: Instant): void {
    this.#intervalMs = rttMs + MARGIN_MS
    this.#dueAt = now + this.#intervalMs
    this.#probesLeft = PROBES_MAX
  }

  /** The probe left. */
  noteProbed(now: Instant): void {
    this.#probesLeft -= 1
    this.#intervalMs *= 2
    this.#dueAt = this.#probesLeft > 0 ? now + this.#intervalMs : Number.POSITIVE_INFINITY
  }

  /** The peer has the last packet. */
  cancel(): void {
    this.#dueAt = Number.POSITIVE_INFINITY
  }
}
