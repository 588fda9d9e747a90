import { expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { FRIEND_NODES_MAX, FriendSearch } from './friend-search.ts'
import { realNode } from './test-nodes.ts'
import { SearchBench, START } from './test-searches.ts'

await sodiumReady

function benchOf(nodeCount: number) {
  const bench = new SearchBench({ isSelf: false, nodesMax: FRIEND_NODES_MAX })
  const nodes = Array.from({ length: nodeCount }, (_, at) => realNode(at + 1, bench.random).node)
  for (const node of nodes) bench.pathNodes.add(node, START)
  const friend = new FriendSearch(bench.search)
  /** Runs rounds, answering whatever is asked, and returns when requests went out, in ms from `from`. */
  const run = (from: number, forMs: number, isEager = false, asksMax = 100): number[] => {
    const times: number[] = []
    const stepMs = forMs > 5 * MINUTE_MS ? SECOND_MS : 100
    for (let now = from; now < from + forMs; now += stepMs) {
      const asked = friend.round(asksMax, isEager, now)
      expect(asked).toBeLessThanOrEqual(asksMax)
      for (const node of bench.takeAsked()) {
        times.push(now - from)
        bench.answer(node, {}, now)
      }
      for (const node of nodes) bench.pathNodes.add(node, now)
    }
    return times
  }
  return { bench, friend, run }
}

test('asks at once, then after half a second, one second, three', () => {
  const { run } = benchOf(8)
  const times = run(START, 10 * SECOND_MS)
  const rounds = [...new Set(times)]
  expect(rounds.slice(0, 4)).toEqual([0, 500, 1_500, 4_500])
  expect(times.filter((time) => time === 0)).toHaveLength(8)
})

test('grows slow, at most one round an hour', () => {
  const { run } = benchOf(8)
  run(START, 12 * 60 * MINUTE_MS)
  const perHour = run(START + 12 * 60 * MINUTE_MS, 4 * 60 * MINUTE_MS).length / 4
  expect(perHour).toBeLessThanOrEqual(8)
  expect(perHour).toBeGreaterThan(0)
})

test('while a friend request waits, somebody is asked at least every minute', () => {
  const { run } = benchOf(8)
  run(START, 60 * MINUTE_MS, true)
  const times = run(START + 60 * MINUTE_MS, 20 * MINUTE_MS, true)
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
  expect(Math.max(...gaps)).toBeLessThanOrEqual(MINUTE_MS)
})

test('is quick again after a restart', () => {
  const { friend, run } = benchOf(8)
  run(START, 60 * MINUTE_MS)
  friend.restart()
  expect(run(START + 60 * MINUTE_MS, SECOND_MS).length).toBeGreaterThanOrEqual(8)
})

test('keeps to what it may ask in one round', () => {
  const { run } = benchOf(20)
  expect(run(START, 100, false, 3)).toHaveLength(3)
  expect(run(START + 100, 100, false, 0)).toHaveLength(0)
})
