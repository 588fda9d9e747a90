import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** The speed that the design holds the app to, as bench/app.bench.ts writes it: figure, and what it has to reach. */
const BARS = [
  ['bundle for the first paint, gzip', 'under 350'],
  ['first paint', 'under 1,000'],
  ['opening the conversation', 'under 150'],
  ['typing while all workers prove, p95', 'under 50'],
  ['memory of the page’s process, proportional', 'under 150'],
] as const

/** Rows of the table: figure, measured, to reach. */
const rows = readFileSync(new URL('../docs/results/app.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

test.each(BARS)('the bench of the app measures "%s" beside what it has to reach', (figure, bar) => {
  const [, measured, reach] = rows.find(([name]) => name === figure) ?? []
  expect(measured).toMatch(/^[\d,.]+ (KB|MB|ms)/)
  expect(reach).toBe(bar)
})

test('the bench of the app opens a conversation of 100,000 messages', () => {
  const source = readFileSync(new URL('app.bench.ts', import.meta.url), 'utf8')
  for (const [figure] of BARS) expect(source).toContain(`'${figure}'`)
  expect(source).toContain('MESSAGES = 100_000')
})
