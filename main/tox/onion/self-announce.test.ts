import { expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { ANNOUNCED, NOT_STORED } from '../../wire/announce-packets.ts'
import { SELF_NODES_MAX, SelfAnnounce } from './self-announce.ts'
import { realNode } from './test-nodes.ts'
import { SearchBench, START } from './test-searches.ts'

await sodiumReady

function benchOf(nodeCount: number) {
  const bench = new SearchBench({ isSelf: true, nodesMax: SELF_NODES_MAX })
  const nodes = Array.from({ length: nodeCount }, (_, at) => realNode(at + 1, bench.random).node)
  for (const node of nodes) bench.pathNodes.add(node, START)
  const self = new SelfAnnounce(bench.search, bench.paths, bench.pathNodes)
  /** Runs rounds, answering whatever is asked, and returns when requests went out, in ms from the start. */
  const run = (from: number, forMs: number, answers: boolean): number[] => {
    const times: number[] = []
    const stepMs = forMs > 5 * MINUTE_MS ? SECOND_MS : 100
    for (let now = from; now < from + forMs; now += stepMs) {
      self.round(now)
      for (const node of bench.takeAsked()) {
        times.push(now - from)
        const isKnown = bench.search.nodes.find(node.publicKey) !== undefined
        if (answers) bench.answer(node, { isStored: isKnown ? ANNOUNCED : NOT_STORED }, now)
      }
      for (const node of nodes) bench.pathNodes.add(node, now)
    }
    return times
  }
  return { bench, nodes, self, run }
}

test('asks at once, announces a moment later, and counts as announced then', () => {
  const { self, run } = benchOf(3)
  expect(run(START, 200, true)).toEqual([0, 0, 0])
  expect(self.isAnnounced(START + 200)).toBe(false)
  expect(run(START + 200, 100, true)).toHaveLength(3)
  expect(self.isAnnounced(START + 300)).toBe(true)
})

test('announces every 15 seconds at first, and once nodes and paths are stable every 120 seconds', () => {
  const { run } = benchOf(1)
  const first = run(START, MINUTE_MS, true)
  expect(first).toEqual([0, 200, 15_200, 30_200, 45_200])
  run(START + MINUTE_MS, 9 * MINUTE_MS, true)
  expect(run(START + 10 * MINUTE_MS, 4 * MINUTE_MS, true).length).toBeLessThanOrEqual(17)
})

test('with many stable nodes, about one announce every 15 seconds is sent to show that the network is there', () => {
  const { run } = benchOf(12)
  run(START, 5 * MINUTE_MS, true)
  const count = run(START + 5 * MINUTE_MS, 10 * MINUTE_MS, true).length
  expect(count).toBeGreaterThanOrEqual(40)
  expect(count).toBeLessThanOrEqual(12 * 10)
})

test('a node that does not answer is asked three times, and then only as a stranger', () => {
  const { bench, nodes, run } = benchOf(1)
  const [node] = nodes
  if (!node) throw new Error('no node')
  bench.answer(node, { isStored: NOT_STORED }, START)
  const times = run(START, 30 * SECOND_MS, false)
  expect(times.slice(0, 3)).toEqual([200, 1_200, 4_200])
  // Dropped 15 seconds after the last try, and found again among the path nodes within a second.
  expect(times[3]).toBeGreaterThanOrEqual(19_200)
  expect(times[3]).toBeLessThanOrEqual(20_200)
})

test('is not announced with too few nodes, or when less than half of them hold us', () => {
  const { bench, nodes, self } = benchOf(12)
  for (const node of nodes.slice(0, 3)) bench.answer(node, { isStored: ANNOUNCED }, START)
  expect(self.isAnnounced(START)).toBe(false)
  for (const node of nodes.slice(3, 6)) bench.answer(node, { isStored: ANNOUNCED }, START)
  expect(self.isAnnounced(START)).toBe(true)
  for (const node of nodes.slice(2)) bench.answer(node, { isStored: NOT_STORED }, START)
  expect(self.isAnnounced(START)).toBe(false)
})

test('a list that is not full looks for more every ten minutes', () => {
  const { run, bench } = benchOf(8)
  run(START, 5 * MINUTE_MS, true)
  bench.pathNodes.add(realNode(30, bench.random).node, START + 5 * MINUTE_MS)
  const before = bench.search.nodes.live(START + 5 * MINUTE_MS).length
  run(START + 5 * MINUTE_MS, 4 * MINUTE_MS, true)
  expect(bench.search.nodes.live(START + 9 * MINUTE_MS)).toHaveLength(before)
})
