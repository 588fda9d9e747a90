import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import type { HolderWorld } from './holder-world.ts'

export interface ChurnPlan {
  readonly nodeCount: number
  readonly recordCount: number
  readonly durationMs: number
  /** Mean time between a node's coming and its going. */
  readonly sessionMs: number
  /** How often copies are counted. */
  readonly sampleMs: number
  /** After each round some of the records are sought, after the last all of them. */
  readonly roundMs: number
}

/** 14 days at sessions as long as people's. */
export function longChurn(days: number): ChurnPlan {
  return {
    nodeCount: 100,
    recordCount: 200,
    durationMs: days * DAY_MS,
    sessionMs: 8 * HOUR_MS,
    sampleMs: MINUTE_MS,
    roundMs: HOUR_MS,
  }
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
/** One in so many records is sought after each round. */
const SOUGHT_SHARE = 8

/** What the report shows to be wrong, a line each. `ringShareMin`: of rings whose first node has the record. */
export function churnFaults(
  report: ChurnReport,
  { ringShareMin, exitsMin }: Record<'ringShareMin' | 'exitsMin', number>,
) {
  const { lostCount, soughtCount, foundAtFirstTry, ringsAsked, ringsFoundAtFirst, copiesMax, exitCount } = report
  const faults: string[] = []
  if (lostCount > 0) faults.push(`${lostCount} records were lost`)
  if (foundAtFirstTry < soughtCount)
    faults.push(`${soughtCount - foundAtFirstTry} records were not found at the first try`)
  if (ringsFoundAtFirst < ringShareMin * ringsAsked)
    faults.push(`the first node of ${ringsAsked - ringsFoundAtFirst} rings of ${ringsAsked} did not have the record`)
  if (copiesMax > COPIES_MAX) faults.push(`a record had ${copiesMax} copies`)
  if (exitCount < exitsMin) faults.push(`only ${exitCount} nodes went`)
  return faults
}

/**
 * Lets nodes come and go among records, and counts what becomes of those.
 *
 * onProgress  hears the report so far after each round
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
  const roundCount = Math.ceil(plan.durationMs / plan.roundMs)
  for (let round = 1; round <= roundCount; round += 1) {
    runSampling(world, tally, start + Math.min(plan.durationMs, plan.roundMs * round), plan.sampleMs)
    const isMeant = (index: number) => round === roundCount || index % SOUGHT_SHARE === round % SOUGHT_SHARE
    for (const record of world.records.filter((_, index) => isMeant(index))) tally.noteSought(world.seek(record))
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
