import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import type { HolderWorld } from './holder-world.ts'

export interface ChurnPlan {
  readonly nodeCount: number
  readonly recordCount: number
  readonly durationMs: number
  /** Mean time between a node's coming and its going. */
  readonly sessionMs: number
  /** How often copies are counted. */
  readonly sampleMs: number
}

export interface ChurnReport {
  readonly exitCount: number
  /** Records without a copy anywhere. */
  readonly lostCount: number
  /** Lookups, and how many found the record at the first node of at least one ring, asking each ring's first node only. */
  readonly soughtCount: number
  readonly foundAtFirstTry: number
  readonly ringsAsked: number
  readonly ringsFoundAtFirst: number
  /** The most copies that any record had at any sample, and the fewest. */
  readonly copiesMax: number
  readonly copiesMin: number
  /** Share of samples with fewer than 5 copies. */
  readonly belowFiveShare: number
}

/** Six, and never more than two beyond. */
export const COPIES_MAX = 8
const CRASH_SHARE = 0.25
const CUT_SHARE = 0.5
const RECORD_TTL_MS = 29 * 24 * HOUR_MS
/** Records are sought so often during a run, all of them at its end. */
const SEEK_ROUNDS = 8

/**
 * Lets nodes come and go among records, and counts what becomes of those.
 *
 * onProgress  hears the report so far, about once per eighth of the run
 */
export function churnReport(
  world: HolderWorld,
  plan: ChurnPlan,
  onProgress: (report: ChurnReport, passedMs: number) => void = () => {},
): ChurnReport {
  world.grow(plan.nodeCount, SECOND_MS)
  world.simulation.runFor(2 * MINUTE_MS)
  for (let index = 0; index < plan.recordCount; index += 1) world.deposit({ ttlMs: RECORD_TTL_MS })
  world.simulation.runFor(3 * MINUTE_MS)
  world.churn({ sessionMs: plan.sessionMs, crashShare: CRASH_SHARE, cutShare: CUT_SHARE, gapMs: MINUTE_MS })
  const tally = new Tally(world)
  const start = world.now
  for (let round = 1; round <= SEEK_ROUNDS; round += 1) {
    runSampling(world, tally, start + (plan.durationMs * round) / SEEK_ROUNDS, plan.sampleMs)
    const sought =
      round === SEEK_ROUNDS ? world.records : world.records.filter((_, index) => index % SEEK_ROUNDS === round)
    for (const record of sought) tally.noteSought(world.seek(record))
    onProgress(tally.report(), world.now - start)
  }
  return tally.report()
}

function runSampling(world: HolderWorld, tally: Tally, end: Instant, sampleMs: number): void {
  while (world.now < end) {
    world.simulation.runFor(Math.min(sampleMs, end - world.now))
    tally.sample()
  }
}

class Tally {
  readonly #world: HolderWorld
  #soughtCount = 0
  #foundAtFirstTry = 0
  #ringsAsked = 0
  #ringsFoundAtFirst = 0
  #copiesMax = 0
  #copiesMin = Number.POSITIVE_INFINITY
  #sampleCount = 0
  #belowFiveCount = 0

  constructor(world: HolderWorld) {
    this.#world = world
  }

  sample(): void {
    const census = this.#world.census()
    for (const record of this.#world.records) {
      const count = this.#world.liveCopies(record, census).length
      this.#sampleCount += 1
      this.#copiesMax = Math.max(this.#copiesMax, count)
      this.#copiesMin = Math.min(this.#copiesMin, count)
      if (count < 5) this.#belowFiveCount += 1
    }
  }

  noteSought({ foundRings, askedRings }: { readonly foundRings: number; readonly askedRings: number }): void {
    this.#soughtCount += 1
    this.#ringsAsked += askedRings
    this.#ringsFoundAtFirst += foundRings
    if (foundRings > 0) this.#foundAtFirstTry += 1
  }

  report(): ChurnReport {
    return {
      exitCount: this.#world.exitCount,
      lostCount: this.#world.records.filter((record) => this.#world.copies(record).length === 0).length,
      soughtCount: this.#soughtCount,
      foundAtFirstTry: this.#foundAtFirstTry,
      ringsAsked: this.#ringsAsked,
      ringsFoundAtFirst: this.#ringsFoundAtFirst,
      copiesMax: this.#copiesMax,
      copiesMin: this.#copiesMin,
      belowFiveShare: this.#belowFiveCount / this.#sampleCount,
    }
  }
}
