import { expect, test } from 'vitest'
import { FrameMeter } from './frame-meter.ts'

function taken(meter: FrameMeter, count: number, nowMs: number): number {
  return Array.from({ length: count }, () => meter.take(nowMs)).filter(Boolean).length
}

test('lets a page ask for much at once, and no more than that', () => {
  expect(taken(new FrameMeter(0), 10_000, 0)).toBe(500)
})

test('lets frames through at a steady rate afterwards', () => {
  const meter = new FrameMeter(0)
  taken(meter, 500, 0)
  expect(taken(meter, 1_000, 1_000)).toBe(200)
  expect(taken(meter, 1_000, 1_500)).toBe(100)
})

test('does not save up more than the bound, and is not fooled by a clock that steps back', () => {
  const meter = new FrameMeter(10_000)
  expect(taken(meter, 10_000, 9_000_000)).toBe(500)
  expect(taken(meter, 10_000, 0)).toBe(0)
})
