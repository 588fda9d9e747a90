import { expect, test } from 'vitest'
import { RealClock } from './real-clock.ts'

function create(): { clock: RealClock; time: { monotonic: number; wall: number } } {
  const time = { monotonic: 5_000.25, wall: 1_700_000_000_000 }
  const clock = new RealClock({ monotonicMs: () => time.monotonic, wallMs: () => time.wall })
  return { clock, time }
}

test('begins at Unix time and counts on with the monotonic clock, in whole milliseconds', () => {
  const { clock, time } = create()
  expect(clock.now()).toBe(1_700_000_000_000)
  time.monotonic += 1_500.5
  expect(clock.now()).toBe(1_700_000_001_500)
})

test('does not go along with a step of the wall clock, and tells it once', () => {
  const { clock, time } = create()
  time.monotonic += 1_000
  time.wall += 1_000 - 3_600_000
  expect(clock.now()).toBe(1_700_000_001_000)
  expect(clock.pollWallStep()).toEqual({ offsetMs: -3_600_000, stepMs: -3_600_000 })
  expect(clock.pollWallStep()).toBeUndefined()
  time.wall += 3_600_000
  expect(clock.pollWallStep()).toEqual({ offsetMs: 0, stepMs: 3_600_000 })
})

test('takes drift and small corrections for what they are until they add up', () => {
  const { clock, time } = create()
  time.wall += 1_900
  expect(clock.pollWallStep()).toBeUndefined()
  time.wall += 200
  expect(clock.pollWallStep()).toEqual({ offsetMs: 2_100, stepMs: 2_100 })
})

test('the system clocks agree to within a minute', () => {
  expect(Math.abs(new RealClock().now() - Date.now())).toBeLessThan(60_000)
})
