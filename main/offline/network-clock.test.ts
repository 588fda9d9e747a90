import { expect, test } from 'vitest'
import { DAY_MS, MINUTE_MS } from '../base/time.ts'
import { NetworkClock } from './network-clock.ts'

test('a clock that is off is corrected, once', () => {
  const clock = new NetworkClock()
  expect(clock.note(undefined)).toBe(false)
  expect(clock.note(365 * DAY_MS)).toBe(true)
  expect(clock.note(365 * DAY_MS + MINUTE_MS)).toBe(false)
  expect(clock.networkTime(1_000)).toBe(365 * DAY_MS + 1_000)
  expect(clock.localTime(clock.networkTime(1_000))).toBe(1_000)
})

test('a few minutes do no harm and are left alone', () => {
  const clock = new NetworkClock()
  expect(clock.note(4 * MINUTE_MS)).toBe(false)
  expect(clock.networkTime(0)).toBe(0)
  clock.note(DAY_MS)
  expect(clock.note(2 * MINUTE_MS)).toBe(true)
  expect(clock.networkTime(0)).toBe(0)
})
