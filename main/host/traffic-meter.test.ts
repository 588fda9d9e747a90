import { expect, test } from 'vitest'
import { TrafficMeter } from './traffic-meter.ts'

test('a rate is that of the last ten seconds', () => {
  const meter = new TrafficMeter()
  expect(meter.rates).toEqual({ sentBytesPerSecond: 0, receivedBytesPerSecond: 0 })
  expect(meter.sample({ sentBytes: 1_000_000, receivedBytes: 0 }, 0)).toBe(true)
  expect(meter.rates).toEqual({ sentBytesPerSecond: 0, receivedBytesPerSecond: 0 })
  for (let second = 2; second <= 20; second += 2) {
    meter.sample({ sentBytes: 1_000_000 + 100 * second, receivedBytes: 50 * second }, second * 1_000)
  }
  expect(meter.rates).toEqual({ sentBytesPerSecond: 100, receivedBytesPerSecond: 50 })
  for (let second = 22; second <= 40; second += 2) {
    meter.sample({ sentBytes: 1_002_000, receivedBytes: 1_000 }, second * 1_000)
  }
  expect(meter.rates).toEqual({ sentBytesPerSecond: 0, receivedBytesPerSecond: 0 })
})

test('it says whether anything moved', () => {
  const meter = new TrafficMeter()
  const still = { sentBytes: 1, receivedBytes: 1 }
  expect([meter.sample(still, 0), meter.sample(still, 1)]).toEqual([true, false])
  expect(meter.sample({ ...still, receivedBytes: 2 }, 2)).toBe(true)
})
