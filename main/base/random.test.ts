import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AssertionError } from './assert.ts'
import { randomBelow, randomBytes, randomFraction, randomItem, SeededRandom, shuffled } from './random.ts'
import { propertySeed } from './test-seed.ts'

const seed = propertySeed()

test('one seed gives one stream, another another', () => {
  const stream = (from: number) => randomBytes(new SeededRandom(from), 64)
  expect(stream(7)).toEqual(stream(7))
  expect(stream(7)).not.toEqual(stream(8))
  expect(stream(2 ** 32 + 7)).not.toEqual(stream(7))
})

test('fills every byte of any length, with no value preferred', () => {
  const counts = Array.from({ length: 256 }, () => 0)
  for (const byte of randomBytes(new SeededRandom(seed), 256 * 400 + 3)) counts[byte] = (counts[byte] ?? 0) + 1
  // Chi-squared with 255 degrees of freedom: above 380 once in a million.
  const chiSquared = counts.reduce((sum, count) => sum + (count - 400) ** 2 / 400, 0)
  expect(chiSquared).toBeLessThan(380)
})

test('a number below a bound is whole, within it, and reaches both ends', () => {
  const random = new SeededRandom(seed)
  fc.assert(
    fc.property(
      fc.oneof(
        fc.integer({ min: 1, max: 300 }),
        fc.maxSafeNat().map((n) => 1 + (n % 2 ** 48)),
      ),
      (bound) => {
        const value = randomBelow(random, bound)
        expect(Number.isInteger(value) && value >= 0 && value < bound).toBe(true)
      },
    ),
    { seed },
  )
  const seen = new Set(Array.from({ length: 500 }, () => randomBelow(random, 5)))
  expect([...seen].sort((left, right) => left - right)).toEqual([0, 1, 2, 3, 4])
  for (const bound of [0, -1, 1.5, 2 ** 48 + 1, Number.NaN]) {
    expect(() => randomBelow(random, bound)).toThrow(AssertionError)
  }
})

test('a fraction is at least 0 and below 1, one half on average', () => {
  const random = new SeededRandom(seed)
  const fractions = Array.from({ length: 10_000 }, () => randomFraction(random))
  expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true)
  const mean = fractions.reduce((sum, fraction) => sum + fraction, 0) / fractions.length
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.02)
})

test('shuffling keeps every item, leaves the list as it was, and reaches every order', () => {
  const random = new SeededRandom(seed)
  const items = [1, 2, 3]
  const orders = new Set(Array.from({ length: 300 }, () => shuffled(random, items).join('')))
  expect(orders.size).toBe(6)
  expect(items).toEqual([1, 2, 3])
  expect(shuffled(random, [])).toEqual([])
})

test('one item of a list is one of it; of nothing there is none', () => {
  const random = new SeededRandom(seed)
  expect(['a', 'b']).toContain(randomItem(random, ['a', 'b']))
  expect(() => randomItem(random, [])).toThrow(AssertionError)
})
