import { expect, test } from 'vitest'
import { extended, includes } from './places.ts'

const HERE = { from: 10, to: 20 }

test('only what is missing at either end is asked for', () => {
  expect(extended(HERE, { from: 5, to: 15 })).toEqual({ missing: [{ from: 5, to: 9 }], whole: { from: 5, to: 20 } })
  expect(extended(HERE, { from: 21, to: Infinity })).toEqual({
    missing: [{ from: 21, to: Infinity }],
    whole: { from: 10, to: Infinity },
  })
  expect(extended(HERE, { from: 0, to: 30 }).missing).toEqual([
    { from: 0, to: 9 },
    { from: 21, to: 30 },
  ])
  expect(extended({ from: 10, to: Infinity }, { from: 12, to: Infinity })).toEqual({
    missing: [],
    whole: { from: 10, to: Infinity },
  })
})

test('what does not touch what is there takes its place', () => {
  const far = { from: 100, to: 120 }
  for (const before of [HERE, undefined]) expect(extended(before, far)).toEqual({ missing: [far], whole: far })
})

test('what is there is known, and no place at all always is', () => {
  expect(includes(HERE, { from: 10, to: 20 })).toBe(true)
  expect(includes(HERE, { from: 9, to: 20 })).toBe(false)
  expect(includes(HERE, { from: 10, to: Infinity })).toBe(false)
  expect(includes(undefined, HERE)).toBe(false)
  expect(includes(undefined, { from: Infinity, to: 0 })).toBe(true)
})
