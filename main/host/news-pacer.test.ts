import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { NewsPacer } from './news-pacer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function paced() {
  const told: string[] = []
  const pacer = new NewsPacer(1_000, { network: () => told.push('network'), storage: () => told.push('storage') })
  return { told, pacer }
}

test('many changes are told once an interval, each kind by itself', () => {
  const { told, pacer } = paced()
  for (let count = 0; count < 100; count += 1) pacer.touch('network')
  pacer.touch('storage')
  expect(told).toEqual([])
  vi.advanceTimersByTime(1_000)
  expect(told).toEqual(['network', 'storage'])
  vi.advanceTimersByTime(10_000)
  expect(told).toHaveLength(2)
})

test('a change after the news is told in the next interval', () => {
  const { told, pacer } = paced()
  pacer.touch('network')
  vi.advanceTimersByTime(1_000)
  pacer.touch('network')
  vi.advanceTimersByTime(999)
  expect(told).toEqual(['network'])
  vi.advanceTimersByTime(1)
  expect(told).toEqual(['network', 'network'])
})

test('a closed pacer tells nothing more', () => {
  const { told, pacer } = paced()
  pacer.touch('network')
  pacer.close()
  pacer.touch('storage')
  vi.advanceTimersByTime(5_000)
  expect(told).toEqual([])
})
