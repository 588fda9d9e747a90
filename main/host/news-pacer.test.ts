import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { NamedNewsPacer, NewsPacer } from './news-pacer.ts'

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

test('news of a name are told at once, a storm of them once an interval, and the last state always', () => {
  const told: string[] = []
  let state = 0
  const pacer = new NamedNewsPacer(100, (name) => told.push(`${name} ${state}`))
  for (state = 1; state <= 1_000; state += 1) {
    pacer.touch('lena')
    vi.advanceTimersByTime(1)
  }
  expect(told.length).toBeLessThanOrEqual(11)
  pacer.touch('nora')
  pacer.touch('lena')
  vi.advanceTimersByTime(100)
  expect(told[0]).toBe('lena 1')
  expect(told.slice(-2)).toEqual(['nora 1001', 'lena 1001'])
  const count = told.length
  vi.advanceTimersByTime(10_000)
  expect(told).toHaveLength(count)
})

test('after its end nothing more is told of a name', () => {
  const told: string[] = []
  const pacer = new NamedNewsPacer(100, (name) => told.push(name))
  pacer.touch('lena')
  pacer.touch('lena')
  pacer.close()
  pacer.touch('nora')
  vi.advanceTimersByTime(1_000)
  expect(told).toEqual(['lena'])
})
