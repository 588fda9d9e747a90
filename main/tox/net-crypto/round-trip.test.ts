import { expect, test } from 'vitest'
import { RoundTrip } from './round-trip.ts'

test('is a second until something was measured, then the least that was', () => {
  const roundTrip = new RoundTrip()
  expect(roundTrip.ms).toBe(1_000)
  roundTrip.measure(5_000, 5_080)
  roundTrip.measure(5_100, 5_150)
  roundTrip.measure(5_200, 5_290)
  expect(roundTrip.ms).toBe(50)
})

test('forgets a minimum after half a minute to a minute', () => {
  const roundTrip = new RoundTrip()
  roundTrip.measure(0, 10)
  for (let now = 1_000; now <= 70_000; now += 1_000) roundTrip.measure(now - 200, now)
  expect(roundTrip.ms).toBe(200)
})

test('takes no negative times', () => {
  const roundTrip = new RoundTrip()
  roundTrip.measure(5_000, 4_000)
  expect(roundTrip.ms).toBe(0)
})
