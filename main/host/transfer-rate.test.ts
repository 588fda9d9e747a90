import { expect, test } from 'vitest'
import { TransferRate } from './transfer-rate.ts'

test('the speed is that of the bytes since the first of them, not since the offer', () => {
  const rate = new TransferRate()
  rate.measure(1_000, 60_000)
  expect(rate.bytesPerSecond).toBe(0)
  rate.measure(3_000, 61_000)
  expect(rate.bytesPerSecond).toBe(2_000)
  rate.measure(7_000, 62_000)
  expect(rate.bytesPerSecond).toBe(3_000)
})

test('after a pause it is measured anew: the pause does not count', () => {
  const rate = new TransferRate()
  rate.measure(0, 0)
  rate.measure(10_000, 1_000)
  expect(rate.bytesPerSecond).toBe(10_000)
  rate.restart()
  expect(rate.bytesPerSecond).toBe(0)
  rate.measure(11_000, 100_000)
  expect(rate.bytesPerSecond).toBe(0)
  rate.measure(15_000, 101_000)
  expect(rate.bytesPerSecond).toBe(4_000)
})
