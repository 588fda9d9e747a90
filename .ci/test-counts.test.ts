import { expect, test } from 'vitest'
import { addCounts, countsIn } from './test-counts.ts'

test('reads the last closing line of a run', () => {
  expect(countsIn('1 passed, 0 failed, 0 skipped\nmore\n12 passed, 3 failed, 45 skipped\n')).toEqual({
    passed: 12,
    failed: 3,
    skipped: 45,
  })
})

test('a run without a closing line counts for nothing', () => {
  for (const output of ['', 'Error: 1 passed', 'x 1 passed, 0 failed, 0 skipped', '1 passed']) {
    expect(countsIn(output)).toBeUndefined()
  }
})

test('adds the counts of two runs', () => {
  const left = { passed: 1, failed: 2, skipped: 3 }
  expect(addCounts(left, { passed: 10, failed: 20, skipped: 30 })).toEqual({ passed: 11, failed: 22, skipped: 33 })
})
