/**
 * What proofs cost at the default effort, and what the main thread notices while every worker proves.
 *
 * Run: node bench/solver.bench.ts. The figure to hold: event-loop delay under 20 ms at the 99th percentile.
 */
import { availableParallelism } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { DAY_MS } from '../main/base/time.ts'
import { sodiumReady } from '../main/crypto/sodium.ts'
import { ALGORITHM, type Algorithm } from '../main/pow/proof.ts'
import { SolverPool } from '../main/pow/solver-pool.ts'
import { effortFor, insertPrice } from '../main/storage/effort.ts'
import { ONE_DATAGRAM_BODY_BYTES } from '../main/wire/storage-proof.ts'

const COPIES = 6
const MESSAGES = 3

await sodiumReady
const effort = effortFor(insertPrice(ONE_DATAGRAM_BODY_BYTES, 14 * DAY_MS), 1)
const rows: Record<string, Record<string, number>> = {}
for (const [name, algorithm] of Object.entries(ALGORITHM)) rows[name] = await measure(algorithm)
console.log(
  `effort of one text of class P for 14 days: ${effort} at each of ${COPIES} nodes; ${availableParallelism()} cores`,
)
console.table(rows)

async function measure(algorithm: Algorithm): Promise<Record<string, number>> {
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
  return {
    'effort per worker second': Math.round(effortPerSecond),
    'worker seconds per text': Number((busyMs / MESSAGES / 1_000).toFixed(2)),
    'wall seconds per text': Number((wallMs / MESSAGES / 1_000).toFixed(2)),
    'loop delay p50 ms': Number((delay.percentile(50) / 1e6).toFixed(1)),
    'loop delay p99 ms': Number((delay.percentile(99) / 1e6).toFixed(1)),
  }
}
