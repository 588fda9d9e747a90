import { expect, test } from 'vitest'
import { doublingIntervals, Repeats } from './repeats.ts'

/** When a schedule that is always obeyed sends, within `untilMs`. */
function sendsOf(repeats: Repeats, untilMs: number): number[] {
  const sends: number[] = []
  for (let now = 0; now <= untilMs; now += 500) {
    if (!repeats.isDue(now)) continue
    repeats.sent(now)
    sends.push(now)
  }
  return sends
}

test('is due at once, then after each interval, then always after the last one', () => {
  expect(sendsOf(new Repeats([3_000, 8_000, 30_000]), 80_000)).toEqual([0, 3_000, 11_000, 41_000, 71_000])
})

test('doubles intervals up to the last one', () => {
  expect(doublingIntervals(5, 50)).toEqual([5, 10, 20, 40, 50])
  expect(doublingIntervals(50, 50)).toEqual([50])
})

test('what could not be said is due again a second later, and twice as much later each time, up to 16 s', () => {
  const repeats = new Repeats([5_000])
  const tries: number[] = []
  for (let now = 0; now <= 64_000; now += 500) {
    if (!repeats.isDue(now)) continue
    tries.push(now)
    repeats.failed(now)
  }
  expect(tries).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 47_000, 63_000])
  repeats.sent(100_000)
  repeats.failed(110_000)
  expect(repeats.isDue(111_000)).toBe(true)
})

test('begins again when restarted', () => {
  const repeats = new Repeats([5_000])
  repeats.sent(0)
  repeats.failed(0)
  expect(repeats.isDue(1)).toBe(false)
  repeats.restart()
  expect(repeats.isDue(1)).toBe(true)
})
