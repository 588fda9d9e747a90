/**
 * Real people and storage nodes, each a process, who by chance write, leave, are killed, sleep and come back. At the end
 * all come back, and every message must be there once, in order, and be said to be there: exit status 1 if not.
 *
 * AMPOULE_SOAK_MINUTES  how long it goes on, 20 by default
 * AMPOULE_SEED          which story
 *
 * Run: npm run soak
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '../main/base/assert.ts'
import { randomBelow, SeededRandom } from '../main/base/random.ts'
import { propertySeed } from '../main/base/test-seed.ts'
import { MINUTE_MS, SECOND_MS } from '../main/base/time.ts'
import { ProcessCast } from '../main/cli/demo-cast.ts'
import { sleep } from './report.ts'
import { SoakWorld } from './soak-world.ts'

const STEP_MS = { least: 500, most: 4_500 }
/** Until all is where it belongs once everybody is back: what was killed counts as offline for a while. */
const SETTLE_MS = 8 * MINUTE_MS

const minutes = Number(process.env['AMPOULE_SOAK_MINUTES'] ?? 20)
assert(minutes > 0, 'AMPOULE_SOAK_MINUTES is a number of minutes')
const seed = propertySeed()
const random = new SeededRandom(seed)
const folder = mkdtempSync(join(tmpdir(), 'ampoule-soak-'))
const cast = new ProcessCast(folder)
const world = new SoakWorld(cast, random, say)

say(`seed ${seed}, ${minutes} minutes`)
try {
  const faults = await Promise.race([cast.broken, run()])
  for (const fault of faults) say(`wrong: ${fault}`)
  say(`${world.writtenCount} messages, ${faults.length} faults`)
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  await cast.end()
  rmSync(folder, { recursive: true, force: true })
}

async function run(): Promise<string[]> {
  await world.start()
  say('everybody has met')
  const endAt = performance.now() + minutes * MINUTE_MS
  while (performance.now() < endAt) {
    await world.step()
    await sleep(STEP_MS.least + randomBelow(random, STEP_MS.most - STEP_MS.least))
  }
  await world.gather()
  say('everybody is back')
  const faults = await settled(performance.now() + SETTLE_MS)
  await world.leave()
  return faults
}

async function settled(untilMs: number): Promise<string[]> {
  for (;;) {
    const faults = await world.faults()
    if (faults.length === 0 || performance.now() > untilMs) return faults
    await sleep(5 * SECOND_MS)
  }
}

function say(line: string): void {
  console.log(`${(performance.now() / SECOND_MS).toFixed(0).padStart(5)} s  ${line}`)
}
