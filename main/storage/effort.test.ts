import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { DAY_MS, SECOND_MS } from '../base/time.ts'
import { ALGORITHM, PUZZLE_COUNT_MAX } from '../pow/proof.ts'
import {
  BODY_CLASSES,
  ONE_DATAGRAM_BODY_BYTES,
  PAID_OPERATION,
  PROOF_ALGORITHM,
  PUZZLES_MAX,
} from '../wire/storage-proof.ts'
import { EFFORT_FORMULA, effortFor, estimatedSeconds, insertPrice, loadMultiplier, secondsFor } from './effort.ts'

const P = ONE_DATAGRAM_BODY_BYTES

test('follows the published formula', () => {
  const expected = EFFORT_FORMULA.base * ((P + 1_024) / 1_024) * (1 + 14)
  expect(effortFor(insertPrice(P, 14 * DAY_MS), 1)).toBe(Math.ceil(expected))
  expect(effortFor(insertPrice(P, 14 * DAY_MS), 4)).toBe(Math.ceil(expected * 4))
})

test('one text of class P for 14 days costs about 3 s of one desktop thread over all rings, 64 KiB about 100 s', () => {
  expect(estimatedSeconds(P, 14 * DAY_MS)).toBeGreaterThan(2.7)
  expect(estimatedSeconds(P, 14 * DAY_MS)).toBeLessThan(3.3)
  expect(estimatedSeconds(65_536, 14 * DAY_MS)).toBeGreaterThan(90)
  expect(estimatedSeconds(65_536, 14 * DAY_MS)).toBeLessThan(110)
  expect(secondsFor(effortFor(insertPrice(P, 14 * DAY_MS), 1), 500_000)).toBeCloseTo(1.8, 1)
})

test('the floor holds for the smallest and shortest', () => {
  const renew = { operation: PAID_OPERATION.renew, lengthBytes: 256, ttlMs: 10 * SECOND_MS, addedByteMs: 0 }
  expect(effortFor(renew, 1)).toBe(EFFORT_FORMULA.floor)
  expect(effortFor(renew, 1, { version: 9, base: 0, floor: 1 })).toBe(1)
})

test('update and renew pay a sixteenth of an insert, and in full for what they add', () => {
  const insert = effortFor(insertPrice(P, 14 * DAY_MS), 1)
  const unchanged = { operation: PAID_OPERATION.update, lengthBytes: P, ttlMs: 14 * DAY_MS, addedByteMs: 0 }
  expect(effortFor(unchanged, 1)).toBe(Math.ceil(insert / 16))
  const week = (P + 1_024) * 7 * DAY_MS
  const longer = effortFor({ ...unchanged, operation: PAID_OPERATION.renew, addedByteMs: week }, 1)
  expect(longer - Math.ceil(insert / 16)).toBeCloseTo(EFFORT_FORMULA.base * ((P + 1_024) / 1_024) * 7, -1)
})

test('load is 1 up to half full, 16 when full, and follows the fullest part', () => {
  const load = (disk: number, prefixQuota = 0, writeQueue = 0) => loadMultiplier({ disk, prefixQuota, writeQueue })
  expect([load(0), load(0.5), load(1), load(2)]).toEqual([1, 1, 16, 16])
  expect(load(0.75)).toBe(4)
  expect(load(0, 1)).toBe(16)
  expect(load(0, 0, 0.625)).toBe(2)
})

test('never falls when anything grows, and always fits its field', () => {
  const prices = fc.record({
    lengthBytes: fc.constantFrom(...BODY_CLASSES),
    ttlMs: fc.integer({ min: 10_000, max: 31 * DAY_MS }),
    load: fc.double({ min: 1, max: 16, noNaN: true }),
  })
  fc.assert(
    fc.property(prices, ({ lengthBytes, ttlMs, load }) => {
      const effort = effortFor(insertPrice(lengthBytes, ttlMs), load)
      expect(effort).toBeLessThanOrEqual(0xffffffff)
      expect(effortFor(insertPrice(lengthBytes, ttlMs + DAY_MS), load)).toBeGreaterThanOrEqual(effort)
      expect(effortFor(insertPrice(lengthBytes * 2, ttlMs), load)).toBeGreaterThanOrEqual(effort)
      expect(effortFor(insertPrice(lengthBytes, ttlMs), Math.min(16, load + 1))).toBeGreaterThanOrEqual(effort)
    }),
    { seed: propertySeed() },
  )
})

test('wire and proof mean the same algorithms and the same number of puzzles', () => {
  expect(PROOF_ALGORITHM).toEqual(ALGORITHM)
  expect(PUZZLES_MAX).toBe(PUZZLE_COUNT_MAX)
})
