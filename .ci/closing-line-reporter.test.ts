import { expect, test } from 'vitest'
import { ClosingLineReporter } from './closing-line-reporter.ts'

type Modules = Parameters<ClosingLineReporter['onTestRunEnd']>[0]
type Result = { state: 'passed' | 'failed' | 'skipped' | 'pending'; note?: string }

test('ends with one plain line that counts every test once', () => {
  const lines = linesFor([{ results: [{ state: 'passed' }, { state: 'failed' }, { state: 'pending' }] }])
  expect(lines).toEqual(['1 passed, 2 failed, 0 skipped'])
})

test('says why tests were skipped, each reason once', () => {
  const skipped = { state: 'skipped', note: 'libtoxcore is missing' } as const
  const lines = linesFor([{ results: [skipped, skipped, { state: 'passed' }] }])
  expect(lines).toEqual(['skipped 2: libtoxcore is missing', '1 passed, 0 failed, 2 skipped'])
})

test('a file that does not load is a failure, and so is an error outside tests', () => {
  expect(linesFor([{ results: [], state: 'failed' }])).toEqual(['0 passed, 1 failed, 0 skipped'])
  expect(linesFor([{ results: [{ state: 'passed' }] }], 1)).toEqual(['1 passed, 1 failed, 0 skipped'])
})

function linesFor(modules: { results: Result[]; state?: 'failed' | 'passed' }[], unhandledCount = 0): string[] {
  const lines: string[] = []
  const finished = modules.map(({ results, state }) => ({
    state: () => state ?? 'passed',
    children: { allTests: () => results.map((result) => ({ result: () => result })) },
  }))
  const unhandled = Array.from({ length: unhandledCount }, () => ({ message: 'thrown outside any test' }))
  // The reporter reads only these two members of a module; building the rest would need all of vitest.
  new ClosingLineReporter((line) => lines.push(line)).onTestRunEnd(finished as unknown as Modules, unhandled)
  return lines
}
