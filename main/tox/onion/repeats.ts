import { assert } from '../../base/assert.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'

const RETRY_MS = SECOND_MS
const RETRY_MS_MAX = 16 * SECOND_MS

/** When something that gets no answer is said again: after each interval in turn, then always after the last one. */
export class Repeats {
  readonly #intervalsMs: readonly number[]
  #sentCount = 0
  /** In a row. */
  #failedCount = 0
  #lastSentAt: Instant = Number.NEGATIVE_INFINITY
  #notBefore: Instant = Number.NEGATIVE_INFINITY

  constructor(intervalsMs: readonly number[]) {
    assert(intervalsMs.length > 0, 'a repetition needs an interval')
    this.#intervalsMs = intervalsMs
  }

  isDue(now: Instant): boolean {
    if (now < this.#notBefore) return false
    if (this.#sentCount === 0) return true
    const step = Math.min(this.#sentCount, this.#intervalsMs.length) - 1
    return now - this.#lastSentAt >= (this.#intervalsMs[step] ?? 0)
  }

  sent(now: Instant): void {
    this.#sentCount += 1
    this.#failedCount = 0
    this.#lastSentAt = now
  }

  /** It could not be said: due again a little later, and twice as much later each time. */
  failed(now: Instant): void {
    this.#notBefore = now + Math.min(RETRY_MS * 2 ** this.#failedCount, RETRY_MS_MAX)
    this.#failedCount += 1
  }

  /** From the beginning: due at once. */
  restart(): void {
    this.#sentCount = 0
    this.#failedCount = 0
    this.#notBefore = Number.NEGATIVE_INFINITY
  }
}

/** `first`, twice that, and so on, up to `last`. */
export function doublingIntervals(firstMs: number, lastMs: number): number[] {
  const intervals: number[] = []
  for (let interval = firstMs; interval < lastMs; interval *= 2) intervals.push(interval)
  return [...intervals, lastMs]
}
