import { expect, test } from 'vitest'
import { ClockSamples } from './clock-samples.ts'

test('the median of what nodes say is not moved by a liar', () => {
  const samples = new ClockSamples()
  expect(samples.median()).toBeUndefined()
  samples.add(100)
  expect(samples.median()).toBe(100)
  for (const offset of [90, 110, 10_000_000_000, 105]) samples.add(offset)
  expect(samples.median()).toBe(105)
  samples.add(-10_000_000_000)
  expect(samples.median()).toBe(100)
})
