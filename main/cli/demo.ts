import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { CommandError } from './command-error.ts'
import { ProcessCast } from './demo-cast.ts'
import { showApps } from './demo-apps.ts'
import { tellStory } from './demo-story.ts'
import { parseOptions } from './options.ts'

const OPTIONS = {
  times: { type: 'string', default: '1' },
  apps: { type: 'boolean', default: false },
  'no-open': { type: 'boolean', default: false },
} as const
const TIMES_MAX = 1_000

/**
 * `ampoule demo`: the whole story on this machine, as often as asked; with `--apps` its cast to play with, in the browser.
 *
 * returns  0 if every step held each time, else 1
 */
export async function runDemo(args: readonly string[]): Promise<number> {
  const { times, apps, 'no-open': isQuiet } = parseOptions(args, OPTIONS)
  if (apps) return (await runOnce((cast, say) => showApps(cast, say, !isQuiet))) ? 0 : 1
  const count = /^\d+$/.test(times) ? Number(times) : 0
  if (count < 1 || count > TIMES_MAX) throw new CommandError(`--times: a whole number from 1 to ${TIMES_MAX}`)
  for (let round = 1; round <= count; round += 1) {
    if (count > 1) process.stdout.write(`\n— round ${round} of ${count} —\n`)
    if (!(await runOnce(tellStory))) return 1
  }
  return 0
}

/** Gathers a cast for one play, and sends everybody home after it, however it ended. */
async function runOnce(play: (cast: ProcessCast, say: (line: string) => void) => Promise<void>): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'ampoule-demo-'))
  const cast = new ProcessCast(folder)
  const startedAt = performance.now()
  const say = (line: string): void => {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)
    process.stdout.write(`${seconds} s  ${line}\n`)
  }
  const interrupted = (): void => cast.killAll()
  process.once('exit', interrupted)
  const stop = (): void => process.exit(130)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  try {
    await Promise.race([play(cast, say), cast.broken])
    return true
  } catch (error) {
    say(`FAILED: ${error instanceof Error ? error.message : String(error)}`)
    return false
  } finally {
    await cast.end()
    process.off('exit', interrupted)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop)
    rmSync(folder, { recursive: true, force: true })
  }
}
