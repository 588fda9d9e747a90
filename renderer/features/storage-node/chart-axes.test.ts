import { expect, test } from 'vitest'
import { createFormats } from '../../text/formats.ts'
import { SIZE_STEPS, sizeRange, TIME_STEPS, timeRange } from './chart-axes.ts'

const LABEL_COUNT_MAX = 6
const { bytes, time } = createFormats('en-GB')

/** What is written at a step's first places. */
function labels(step: number, write: (place: number) => string): string[] {
  return Array.from({ length: LABEL_COUNT_MAX }, (_, at) => write(at * step))
}

test('a chart of nothing is as high as a megabyte, and any other leaves room above its curve', () => {
  expect(sizeRange(0)).toEqual([0, 2 ** 20])
  expect(sizeRange(100)).toEqual([0, 2 ** 20])
  expect(sizeRange(2 ** 30)[1]).toBeGreaterThan(2 ** 30)
})

test('a chart of the first minutes shows an hour, and a later one all that was measured', () => {
  expect(timeRange(86_000, 86_300)).toEqual([82_700, 86_300])
  expect(timeRange(0, 86_300)).toEqual([0, 86_300])
})

test('no two labels of a size axis read the same', () => {
  for (const step of SIZE_STEPS) expect(new Set(labels(step, bytes)).size, bytes(step)).toBe(LABEL_COUNT_MAX)
})

test('no two labels of a time axis read the same within a day', () => {
  for (const step of TIME_STEPS) {
    const day = labels(step, (seconds) => time(new Date(seconds * 1_000).toISOString()))
    const count = Math.min(LABEL_COUNT_MAX, 86_400 / step)
    expect(new Set(day).size, `${step} s`).toBe(count)
  }
})
