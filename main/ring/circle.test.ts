import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { PublicKey } from '../crypto/keys.ts'
import {
  advance,
  clockwise,
  compareClockwise,
  isInRange,
  PLACE_COUNT,
  type Placed,
  rangeChange,
  rangeLength,
  stepsBetween,
} from './circle.ts'

const check = (property: fc.IProperty<unknown>) => fc.assert(property, { seed: propertySeed() })

/** Few places, so that equal ones occur, and the ends of the circle. */
const place = fc.oneof(
  fc.integer({ min: 0, max: 9 }),
  fc.maxSafeInteger().map((value) => Math.abs(value) % PLACE_COUNT),
  fc.constantFrom(0, 1, PLACE_COUNT - 1, PLACE_COUNT / 2),
)
const placed: fc.Arbitrary<Placed> = fc.record({
  place,
  key: fc.integer({ min: 0, max: 5 }).map((byte) => new PublicKey(new Uint8Array(32).fill(byte))),
})

test('going so many steps clockwise and measuring them are the same', () => {
  check(
    fc.property(place, place, (from, to) => {
      const steps = clockwise(from, to)
      expect(steps).toBeGreaterThanOrEqual(0)
      expect(steps).toBeLessThan(PLACE_COUNT)
      expect(advance(from, steps)).toBe(to)
      expect((steps + clockwise(to, from)) % PLACE_COUNT).toBe(0)
    }),
  )
})

test('a range ends at `to`, does not hold `from`, and is all of the circle if they are one', () => {
  check(
    fc.property(place, place, place, (from, to, any) => {
      expect(isInRange({ from, to }, to)).toBe(true)
      expect(isInRange({ from, to }, from)).toBe(from === to)
      // Cut in two, each place but those of a whole circle lies in exactly one part.
      if (from !== to) expect(isInRange({ from, to }, any)).toBe(!isInRange({ from: to, to: from }, any))
      else expect(isInRange({ from, to }, any)).toBe(true)
    }),
  )
})

test('the order clockwise from a place is total', () => {
  check(
    fc.property(place, placed, placed, placed, (origin, a, b, c) => {
      const compare = (left: Placed, right: Placed) => compareClockwise(origin, left, right)
      expect(Math.sign(compare(a, b))).toBe(0 - Math.sign(compare(b, a)))
      expect(compare(a, b) === 0).toBe(a.place === b.place && a.key.equals(b.key))
      if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0)
    }),
  )
})

test('steps between two nodes and back make a whole circle, also at one place', () => {
  check(
    fc.property(placed, placed, (a, b) => {
      const isSame = a.place === b.place && a.key.equals(b.key)
      expect(stepsBetween(a, b) + stepsBetween(b, a)).toBe(isSame ? 0 : PLACE_COUNT)
    }),
  )
})

test('what a change of range gains or loses is exactly what differs', () => {
  check(
    fc.property(place, place, place, place, (to, fromBefore, fromAfter, any) => {
      const before = { from: fromBefore, to }
      const after = { from: fromAfter, to }
      const { gained, lost } = rangeChange(before, after)
      expect(gained && lost).toBeUndefined()
      const isGained = gained !== undefined && isInRange(gained, any)
      const isLost = lost !== undefined && isInRange(lost, any)
      expect(isGained).toBe(!isInRange(before, any) && isInRange(after, any))
      expect(isLost).toBe(isInRange(before, any) && !isInRange(after, any))
      expect(rangeLength(after) - rangeLength(before)).toBe(
        (gained ? rangeLength(gained) : 0) - (lost ? rangeLength(lost) : 0),
      )
    }),
  )
})

test('a range that comes or goes is gained or lost whole', () => {
  const range = { from: 1, to: 9 }
  expect(rangeChange(undefined, range)).toEqual({ gained: range, lost: undefined })
  expect(rangeChange(range, undefined)).toEqual({ gained: undefined, lost: range })
})
