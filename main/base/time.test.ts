import { expect, test } from 'vitest'
import { DAY_MS, earliest, HOUR_MS, MINUTE_MS, SECOND_MS } from './time.ts'

test('the soonest wake wins, the first of two that are equally soon, and nobody waits for nothing', () => {
  const a = { at: 5, why: 'a' }
  const b = { at: 3, why: 'b' }
  const c = { at: 3, why: 'c' }
  expect(earliest(a, undefined, b, c)).toBe(b)
  expect(earliest(undefined)).toBeUndefined()
  expect(earliest()).toBeUndefined()
})

test('units are milliseconds', () => {
  expect([SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS]).toEqual([1_000, 60_000, 3_600_000, 86_400_000])
})
