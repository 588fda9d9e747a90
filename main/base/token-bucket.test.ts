import { expect, test } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

test('gives its capacity at once, then one token an interval, and saves up no more than the capacity', () => {
  const bucket = new TokenBucket(3, 100)
  const takes = (count: number, now: number) => Array.from({ length: count }, () => bucket.take(now))
  expect(takes(4, 1_000)).toEqual([true, true, true, false])
  expect(takes(2, 1_099)).toEqual([false, false])
  expect(takes(2, 1_100)).toEqual([true, false])
  expect(takes(2, 1_250)).toEqual([true, false])
  expect(takes(2, 1_300)).toEqual([true, false])
  expect(takes(5, 100_000)).toEqual([true, true, true, false, false])
})

test('a clock that stands still or jumps back gives nothing', () => {
  const bucket = new TokenBucket(1, 100)
  expect(bucket.take(1_000)).toBe(true)
  expect(bucket.take(1_000)).toBe(false)
  expect(bucket.take(500)).toBe(false)
})
