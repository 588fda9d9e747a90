import { expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { EarlierNodes } from './earlier-nodes.ts'
import { testAddress, testKey } from './test-nodes.ts'

const nodes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ publicKey: testKey(index), address: testAddress(index + 1) }))

test('gives eight at a time, in turn, every two seconds, until it may rest', () => {
  const earlier = new EarlierNodes()
  expect([earlier.nextAt, earlier.takeDue(1_000)]).toEqual([Number.POSITIVE_INFINITY, []])
  earlier.set(nodes(10), 1_000)
  const portsAt = (now: number): number[] => earlier.takeDue(now).map(({ address }) => address.port)
  expect(portsAt(1_000)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect([earlier.nextAt, portsAt(2_999)]).toEqual([1_000 + 2 * SECOND_MS, []])
  expect(portsAt(3_000)).toEqual([9, 10])
  expect(portsAt(5_000)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  earlier.rest()
  expect(earlier.nextAt).toBe(Number.POSITIVE_INFINITY)
  earlier.restart(9_000)
  expect(portsAt(9_000)).toEqual([9, 10])
})

test('keeps so many at most', () => {
  const earlier = new EarlierNodes()
  earlier.set(nodes(200), 0)
  const given = new Set<number>()
  for (let now = 0; now < 200 * SECOND_MS; now += 2 * SECOND_MS) {
    for (const { address } of earlier.takeDue(now)) given.add(address.port)
  }
  expect(given.size).toBe(128)
})

test('asks half as often each time that all were asked in vain, once a minute at last, and quickly again from a restart on', () => {
  const earlier = new EarlierNodes()
  earlier.set(nodes(8), 0)
  const times: number[] = []
  while (earlier.nextAt < HOUR_MS) {
    times.push(earlier.nextAt)
    earlier.takeDue(earlier.nextAt)
  }
  const seconds = times.slice(0, 8).map((at) => at / SECOND_MS)
  expect(seconds).toEqual([0, 2, 6, 14, 30, 62, 122, 182])
  expect((times.at(-1) ?? 0) - (times.at(-2) ?? 0)).toBe(MINUTE_MS)
  earlier.restart(HOUR_MS)
  earlier.takeDue(HOUR_MS)
  expect(earlier.nextAt).toBe(HOUR_MS + 2 * SECOND_MS)
})
