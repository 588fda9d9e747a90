import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { type ChurnPlan, churnReport, COPIES_MAX } from '../upkeep-churn.ts'
import { HolderWorld } from '../holder-world.ts'

beforeAll(() => sodiumReady)

/** Only ends what hangs. */
const HANG_MS = 15 * MINUTE_MS
const LONG_HANG_MS_PER_DAY = HOUR_MS

/** Set by `npm run sim:long`: the whole of it, at sessions as long as people's. Takes hours. */
const days = Number(process.env['AMPOULE_SIM_DAYS'] ?? 0)

/**
 * The same number of nodes as the long run, and harder on them: nodes stay 20 minutes instead of 8 hours, while checks,
 * time-outs and second looks take as long as ever.
 */
const QUICK: ChurnPlan = {
  nodeCount: 100,
  recordCount: 200,
  durationMs: 30 * MINUTE_MS,
  sessionMs: 20 * MINUTE_MS,
  sampleMs: 10 * SECOND_MS,
}

const LONG: ChurnPlan = {
  nodeCount: 100,
  recordCount: 200,
  durationMs: days * DAY_MS,
  sessionMs: 8 * HOUR_MS,
  sampleMs: MINUTE_MS,
}

/**
 * Goal: whatever comes and goes, each record is found at the first try and has its copies, never too many.
 * Method: real rings and real packets; a quarter of exits without a word, half of the hand-overs cut short, each exit
 * followed by a new node. Records are looked up from any node, all rings at once, and the first node of each ring is
 * compared with what really lies there.
 */
test(
  `100 nodes keep every record through ${days > 0 ? `${days} days` : 'a life and a half of each node'}`,
  () => {
    const world = new HolderWorld(propertySeed())
    const report = churnReport(world, days > 0 ? LONG : QUICK)
    expect(report.lostCount, world.describe()).toBe(0)
    expect(report.foundAtFirstTry, world.describe()).toBe(report.soughtCount)
    expect(report.ringsFoundAtFirst / report.ringsAsked).toBeGreaterThan(days > 0 ? 0.999 : 0.98)
    expect(report.copiesMax, world.describe()).toBeLessThanOrEqual(COPIES_MAX)
    expect(report.exitCount).toBeGreaterThan(days > 0 ? days * 200 : 50)
  },
  days > 0 ? days * LONG_HANG_MS_PER_DAY : HANG_MS,
)
