/**
 * 100 storage nodes keep 200 records through 14 virtual days at 8-hour sessions. Prints what it found after each virtual
 * hour, and at the end whether anything was wrong (then its exit status is 1).
 *
 * AMPOULE_SIM_DAYS  how many days instead of 14
 * AMPOULE_SEED      which world
 */
import { propertySeed } from '../main/base/test-seed.ts'
import { DAY_MS } from '../main/base/time.ts'
import { sodiumReady } from '../main/crypto/sodium.ts'
import { HolderWorld } from '../main/sim/holder-world.ts'
import { type ChurnReport, churnFaults, churnReport, longChurn } from '../main/sim/upkeep-churn.ts'

const RING_SHARE_MIN = 0.999
const EXITS_PER_DAY_MIN = 200

await sodiumReady
const days = Number(process.env['AMPOULE_SIM_DAYS'] ?? 14)
const seed = propertySeed()
const world = new HolderWorld(seed)
const startedAt = performance.now()

console.log(`seed ${seed}, ${days} days`)
const report = churnReport(world, longChurn(days), print)
const faults = churnFaults(report, { ringShareMin: RING_SHARE_MIN, exitsMin: days * EXITS_PER_DAY_MIN })
for (const fault of faults) console.log(`wrong: ${fault}`)
console.log(faults.length === 0 ? 'nothing was wrong' : 'not as it should be')
process.exitCode = faults.length === 0 ? 0 : 1

function print(soFar: ChurnReport, passedMs: number): void {
  const { user, system } = process.cpuUsage()
  const state = {
    days: Number((passedMs / DAY_MS).toFixed(3)),
    ...soFar,
    delivered: world.simulation.network.counters.get('delivered'),
    cpuSeconds: Math.round((user + system) / 1e6),
    wallSeconds: Math.round((performance.now() - startedAt) / 1e3),
    heapMb: Math.round(process.memoryUsage().heapUsed / 1e6),
  }
  console.log(JSON.stringify(state))
}
