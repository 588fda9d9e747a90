import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { MINUTE_MS } from '../base/time.ts'
import { ExpiryCalendar } from './expiry-calendar.ts'

test('a row comes up when its minute is over, not before, and once', () => {
  const calendar = new ExpiryCalendar()
  calendar.add(1, 90_000)
  calendar.add(2, 61_000)
  calendar.add(3, 10 * MINUTE_MS)
  expect(calendar.nextAt()).toBe(2 * MINUTE_MS)
  expect(calendar.takeDue(2 * MINUTE_MS - 1, 10)).toEqual([])
  expect(calendar.takeDue(2 * MINUTE_MS, 10)).toEqual([1, 2])
  expect(calendar.takeDue(2 * MINUTE_MS, 10)).toEqual([])
  expect(calendar.nextAt()).toBe(11 * MINUTE_MS)
  calendar.clear()
  expect(calendar.nextAt()).toBeUndefined()
})

test('a row that is taken out leaves nothing behind, and nobody is woken for it', () => {
  const calendar = new ExpiryCalendar()
  calendar.add(1, 90_000)
  calendar.add(2, 100_000)
  calendar.add(3, 10 * MINUTE_MS)
  calendar.remove(1, 90_000)
  calendar.remove(3, 10 * MINUTE_MS)
  calendar.remove(4, 90_000)
  expect(calendar.takeDue(10 * MINUTE_MS, 10)).toEqual([2])
  expect(calendar.nextAt()).toBeUndefined()
  calendar.remove(2, 100_000)
  calendar.add(1, 90_000)
  calendar.remove(1, 90_000)
  expect(calendar.nextAt()).toBeUndefined()
})

test('takes no more at a time than it is asked for, and loses none', () => {
  const rows = fc.array(fc.integer({ min: 0, max: 3_000_000 }), { maxLength: 200 })
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 20 }), (ends, countMax) => {
      const calendar = new ExpiryCalendar()
      for (const [row, endsAt] of ends.entries()) calendar.add(row, endsAt)
      const taken: number[] = []
      for (let at = calendar.nextAt(); at !== undefined; at = calendar.nextAt()) {
        const some = calendar.takeDue(at, countMax)
        expect(some.length).toBeGreaterThan(0)
        expect(some.length).toBeLessThanOrEqual(countMax)
        for (const row of some) expect(Math.floor((ends[row] ?? 0) / MINUTE_MS)).toBe(at / MINUTE_MS - 1)
        taken.push(...some)
      }
      expect(taken.toSorted((left, right) => left - right)).toEqual([...ends.keys()])
    }),
    { seed: propertySeed() },
  )
})
