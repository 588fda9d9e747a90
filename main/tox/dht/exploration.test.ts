import { expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { Exploration } from './exploration.ts'
import { ListedNode } from './listed-node.ts'
import { testKey, testNode } from './test-nodes.ts'

const TARGET = testKey()

test('asks the nearest candidates of a round, and none of them again within two seconds', () => {
  const exploration = explorationOf(2)
  for (const first of [3, 1, 2]) exploration.offer(testNode(first), 0)
  expect(exploration.nextAt).toBe(0)
  expect(exploration.collect([], 0)).toEqual([testNode(1), testNode(2)])
  expect(exploration.offer(testNode(1), 1_999)).toBe(false)
  expect(exploration.offer(testNode(1), 2_000)).toBe(true)
})

test('asks the key it looks for again after half a second, since one lost packet should not cost more', () => {
  const exploration = explorationOf(2)
  const found = { publicKey: TARGET, address: testNode(1).address }
  exploration.offer(found, 0)
  expect(exploration.collect([], 0)).toEqual([found])
  expect(exploration.offer(found, 499)).toBe(false)
  expect(exploration.offer(found, 500)).toBe(true)
})

test('asks candidates in quick rounds first, then once a second', () => {
  const exploration = explorationOf(2)
  const roundsAt: number[] = []
  let now = 0
  for (let index = 0; index < 30; index += 1) {
    exploration.offer(testNode(1, index), now)
    now = Math.max(now, exploration.nextAt)
    expect(exploration.collect([], now).length).toBe(1)
    roundsAt.push(now)
  }
  expect(roundsAt[19]).toBeLessThanOrEqual(SECOND_MS)
  expect((roundsAt[29] ?? 0) - (roundsAt[20] ?? 0)).toBe(9 * SECOND_MS)
})

test('asks a new node at once, and then every node within each minute', () => {
  const { asks } = runFor(10 * MINUTE_MS, [listed(1), listed(2), listed(3)])
  for (const first of [1, 2, 3]) {
    const times = asks.filter(({ node }) => node.publicKey.equals(testKey(first))).map(({ at }) => at)
    expect(times[0]).toBe(0)
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(MINUTE_MS)
  }
})

test('asks a random good node ever more rarely, in the end every twenty seconds', () => {
  const { asks, wakeCount } = runFor(10 * MINUTE_MS, [listed(1)])
  expect(asks.filter(({ at }) => at < 5 * SECOND_MS).length).toBe(7)
  expect(asks.filter(({ at }) => at >= 9 * MINUTE_MS).length).toBe(3)
  expect(wakeCount).toBeLessThan(60)
})

test('sleeps when there is nobody to ask', () => {
  const exploration = explorationOf(8)
  expect(exploration.nextAt).toBe(Number.POSITIVE_INFINITY)
  exploration.listGrew(0)
  const silent = listed(1)
  for (let now = exploration.nextAt; now < Number.POSITIVE_INFINITY; now = exploration.nextAt) {
    exploration.collect([silent], now)
    expect(now).toBeLessThan(182 * SECOND_MS)
  }
})

test('asks at most 64 listed nodes at a time', () => {
  const nodes = Array.from({ length: 200 }, (_, index) => {
    const { publicKey, address } = testNode(1, index)
    return new ListedNode(publicKey, address, 0)
  })
  const exploration = explorationOf(8)
  exploration.listGrew(0)
  expect(exploration.collect(nodes, 0).length).toBe(64)
  expect(exploration.nextAt).toBeLessThanOrEqual(SECOND_MS)
  expect(exploration.collect(nodes, exploration.nextAt).length).toBeLessThanOrEqual(65)
})

function explorationOf(candidatesMax: number): Exploration {
  return new Exploration(TARGET, candidatesMax, new SeededRandom(1))
}

function listed(first: number): ListedNode {
  const { publicKey, address } = testNode(first)
  return new ListedNode(publicKey, address, 0)
}

/** Wakes an exploration whenever it wants, while every node that it asks answers. */
function runFor(durationMs: number, nodes: readonly ListedNode[]) {
  const exploration = explorationOf(8)
  exploration.listGrew(0)
  const asks: { at: number; node: PackedNode }[] = []
  let wakeCount = 0
  for (let now = exploration.nextAt; now < durationMs; now = exploration.nextAt) {
    wakeCount += 1
    for (const node of exploration.collect(nodes, now)) asks.push({ at: now, node })
    for (const node of nodes) if (node.latestNode) node.heard(node.latestNode.address, now)
  }
  return { asks, wakeCount }
}
