/**
 * What proofs cost at the default effort, and what the main thread notices while every worker proves.
 *
 * Run: npm run bench:proving
 */
import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DAY_MS } from '../main/base/time.ts'
import { sodiumReady } from '../main/crypto/sodium.ts'
import { ALGORITHM, type Algorithm } from '../main/pow/proof.ts'
import { SolverPool } from '../main/pow/solver-pool.ts'
import { effortFor, insertPrice } from '../main/storage/effort.ts'
import { ONE_DATAGRAM_BODY_BYTES } from '../main/wire/storage-proof.ts'
import { type Figure, writeReport } from './report.ts'

const COPIES = 6
const MESSAGES = 3

await sodiumReady
const effort = effortFor(insertPrice(ONE_DATAGRAM_BODY_BYTES, 14 * DAY_MS), 1)
const figures: Figure[] = []
for (const [name, algorithm] of Object.entries(ALGORITHM)) figures.push(...(await measure(name, algorithm)))
writeReport({
  name: 'proving',
  title: 'Proofs at the default effort',
  method:
    `Effort of one text of class P for 14 days: ${effort} at each of ${COPIES} nodes. ${MESSAGES} texts, their proofs computed by worker threads with ` +
    `a share of all ${availableParallelism()} cores, while nothing else runs in the process; the delay is that of the main thread's event loop.`,
  figures,
})

async function measure(name: string, algorithm: Algorithm): Promise<Figure[]> {
  let left = COPIES * MESSAGES
  let busyMs = 0
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const pool = new SolverPool({
    share: 1,
    onEvent: (event) => {
      if (event.kind !== 'solved') return
      busyMs += event.busyMs
      left -= 1
      if (left === 0) finish()
    },
  })
  const effortPerSecond = await pool.measure(algorithm)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const startedAt = performance.now()
  for (let jobId = 0; jobId < COPIES * MESSAGES; jobId += 1) {
    const seed = crypto.getRandomValues(new Uint8Array(32))
    pool.solve(jobId, { algorithm, seed, effort }, String(jobId % MESSAGES))
  }
  await finished
  const wallMs = performance.now() - startedAt
  delay.disable()
  await pool.close()
  const [p50, p99] = [50, 99].map((percent) => delay.percentile(percent) / 1e6)
  return [
    { name: `${name}: effort per worker second`, value: effortPerSecond, unit: '' },
    { name: `${name}: worker time per text`, value: busyMs / MESSAGES / 1_000, unit: 's' },
    { name: `${name}: time per text`, value: wallMs / MESSAGES / 1_000, unit: 's' },
    { name: `${name}: event-loop delay, p50`, value: p50 ?? 0, unit: 'ms' },
    { name: `${name}: event-loop delay, p99`, value: p99 ?? 0, unit: 'ms', reach: 'under 20' },
  ]
}
