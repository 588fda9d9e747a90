import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { type ChurnPlan, churnFaults, churnReport } from '../upkeep-churn.ts'
import { HolderWorld } from '../holder-world.ts'

beforeAll(() => sodiumReady)

/** Only ends what hangs. */
const HANG_MS = 15 * MINUTE_MS

/**
 * The same number of nodes as the long run (`npm run sim:long`), and harder on them: nodes stay 20 minutes instead of 8
 * hours, while checks, time-outs and second looks take as long as ever.
 */
const QUICK: ChurnPlan = {
  nodeCount: 100,
  recordCount: 200,
  durationMs: 30 * MINUTE_MS,
  sessionMs: 20 * MINUTE_MS,
  sampleMs: 10 * SECOND_MS,
  roundMs: (30 * MINUTE_MS) / 8,
}

/**
 * Goal: whatever comes and goes, each record is found at the first try and has its copies, never too many.
 * Method: real rings and real packets; a quarter of exits without a word, half of the hand-overs cut short, each exit
 * followed by a new node. Records are looked up from any node, all rings at once, and the first node of each ring is
 * compared with what really lies there.
 */
test(
  '100 nodes keep every record through a life and a half of each node',
  () => {
    const world = new HolderWorld(propertySeed())
    const report = churnReport(world, QUICK)
    expect(
      churnFaults(report, { ringShareMin: 0.98, exitsMin: 50 }),
      `${world.describe()} ${JSON.stringify(report)}`,
    ).toEqual([])
  },
  HANG_MS,
)
