import type { Instant } from '../base/time.ts'

/** Clocks drift and are nudged; what a person or a wake from sleep does to them is more than this. */
const WALL_STEP_MS_MIN = 2_000

/** The wall clock no longer goes along with ours. */
export interface WallStep {
  /** Wall clock minus ours, in milliseconds, from now on. */
  readonly offsetMs: number
  /** By how much that changed. */
  readonly stepMs: number
}

export interface ClockSources {
  /** Milliseconds from any start, never backwards. */
  readonly monotonicMs: () => number
  /** Unix time in milliseconds. */
  readonly wallMs: () => number
}

const SYSTEM: ClockSources = { monotonicMs: () => performance.now(), wallMs: () => Date.now() }

/** Unix time at its making plus what the monotonic clock has counted since, in whole milliseconds: it never runs backwards. */
export class RealClock {
  readonly #sources: ClockSources
  readonly #startMs: number
  #offsetMs = 0

  constructor(sources: ClockSources = SYSTEM) {
    this.#sources = sources
    this.#startMs = sources.wallMs() - sources.monotonicMs()
  }

  now(): Instant {
    return Math.floor(this.#startMs + this.#sources.monotonicMs())
  }

  /** The step of the wall clock since the last call, if there was one: a person set it, or the machine slept. */
  pollWallStep(): WallStep | undefined {
    const offsetMs = Math.round(this.#sources.wallMs() - this.#startMs - this.#sources.monotonicMs())
    const stepMs = offsetMs - this.#offsetMs
    if (Math.abs(stepMs) < WALL_STEP_MS_MIN) return undefined
    this.#offsetMs = offsetMs
    return { offsetMs, stepMs }
  }
}
