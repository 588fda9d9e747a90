import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import process from 'node:process'
import { addCounts, countsIn } from './test-counts.ts'

const BIN = resolve(import.meta.dirname, '../node_modules/.bin')

/** Every kind of test, one runner after the other: the browser's last, for they would disturb each other. */
const RUNNERS: readonly (readonly [command: string, ...args: string[]])[] = [
  ['vitest', 'run'],
  ['playwright', 'test', '--config', 'e2e/playwright.config.ts'],
]

/** Runs one, shows what it prints, and returns all of it. */
async function run([command, ...args]: (typeof RUNNERS)[number]): Promise<{ code: number; output: string }> {
  const colours = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}
  const child = spawn(resolve(BIN, command), args, {
    stdio: ['inherit', 'pipe', 'inherit'],
    env: { ...process.env, ...colours },
    shell: process.platform === 'win32',
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8')
    process.stdout.write(chunk)
  })
  const code = await new Promise<number>((done, fail) => {
    child.on('error', fail)
    child.on('close', (status) => done(status ?? 1))
  })
  return { code, output }
}

let hasFailed = false
let sum = { passed: 0, failed: 0, skipped: 0 }
for (const runner of RUNNERS) {
  const { code, output } = await run(runner)
  const counts = countsIn(output)
  hasFailed ||= code !== 0 || counts === undefined
  sum = addCounts(sum, counts ?? { passed: 0, failed: 1, skipped: 0 })
}
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`)
process.exitCode = hasFailed || sum.failed > 0 ? 1 : 0
