import { type Random, randomBelow, randomFraction } from '../base/random.ts'
import { type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import { advance } from './circle.ts'
import type { Ring } from './ring.ts'

/** One interval after another once after joining, then now and then. */
const FIRST_PASS_INTERVAL_MS = SECOND_MS
const LATER_INTERVAL_MS = 5 * MINUTE_MS

/** Chord's fix fingers: which place to look up so that an interval of the finger table fills with quick nodes. */
export class FingerRefresh {
  readonly #rings: readonly Ring[]
  readonly #random: Random
  readonly #doneCounts: number[]
  #nextAt = Number.POSITIVE_INFINITY
  #turn = 0

  constructor(rings: readonly Ring[], random: Random) {
    this.#rings = rings
    this.#random = random
    this.#doneCounts = rings.map(() => 0)
  }

  /** The rings have members: begin, if not begun. */
  start(now: Instant): void {
    if (this.#nextAt === Number.POSITIVE_INFINITY) this.#nextAt = now + FIRST_PASS_INTERVAL_MS
  }

  stop(): void {
    this.#nextAt = Number.POSITIVE_INFINITY
    this.#doneCounts.fill(0)
  }

  nextTimeout(): Wake {
    return { at: this.#nextAt, why: 'ring: fix fingers' }
  }

  /** The next place to look up, if it is time. */
  takeDue(now: Instant): { ring: number; place: number } | undefined {
    if (now < this.#nextAt) return undefined
    const ring = this.#rings[this.#turn % this.#rings.length]
    this.#turn += 1
    const intervals = ring?.fingers.unsettledIntervals() ?? []
    const isFirstPass = this.#rings.some(
      ({ index, fingers }) => this.#done(index) < fingers.unsettledIntervals().length,
    )
    const intervalMs = isFirstPass ? FIRST_PASS_INTERVAL_MS : LATER_INTERVAL_MS
    this.#nextAt = now + intervalMs * (0.9 + 0.2 * randomFraction(this.#random))
    if (!ring || intervals.length === 0) return undefined
    const interval = intervals[this.#done(ring.index) % intervals.length]
    this.#doneCounts[ring.index] = this.#done(ring.index) + 1
    return interval && { ring: ring.index, place: advance(interval.from, randomBelow(this.#random, interval.width)) }
  }

  #done(ring: number): number {
    return this.#doneCounts[ring] ?? 0
  }
}
