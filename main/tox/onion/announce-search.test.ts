import { expect, test } from 'vitest'
import { SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { ANNOUNCED, NOT_STORED, STORED } from '../../wire/announce-packets.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { realNode } from './test-nodes.ts'
import { SearchBench, START } from './test-searches.ts'

await sodiumReady

function benchOf(isSelf: boolean, pathNodeCount = 3) {
  const bench = new SearchBench({ isSelf, nodesMax: 4 })
  const nodes = Array.from({ length: 20 }, (_, at) => realNode(at + 1, bench.random).node)
  for (const node of nodes.slice(0, pathNodeCount)) bench.pathNodes.add(node, START)
  const node = (at: number): PackedNode => nodes[at] ?? realNode(99, bench.random).node
  return { bench, nodes, node }
}

test('asks path nodes that it does not hold yet', () => {
  const { bench, node } = benchOf(true)
  expect(bench.search.askPathNodes(6, START)).toBe(3)
  bench.takeAsked()
  bench.answer(node(0), {}, START)
  expect(bench.search.askPathNodes(6, START)).toBe(2)
  expect(bench.takeAsked()).not.toContain(node(0))
  expect(bench.search.askPathNodes(1, START)).toBe(1)
})

test('without a path nothing is asked, and nothing counts as asked', () => {
  const { bench, node } = benchOf(true, 0)
  bench.answer(node(0), {}, START)
  const [entry] = bench.search.nodes.live(START)
  if (!entry) throw new Error('no entry')
  expect(bench.search.askAgain(entry, undefined, START)).toBe(false)
  expect(entry).toMatchObject({ unansweredCount: 0, askedCount: 0 })
  expect(bench.sent).toEqual([])
})

test('asks the nodes that an answer names, once in ten seconds, if they would be kept', () => {
  const { bench, nodes, node } = benchOf(false)
  bench.answer(node(0), { nodes: [node(5), node(6)] }, START)
  expect(bench.takeAsked()).toEqual([node(5), node(6)])
  bench.answer(node(1), { nodes: [node(5), node(0)] }, START)
  expect(bench.takeAsked()).toEqual([])
  bench.answer(node(1), { nodes: [node(5)] }, START + 10 * SECOND_MS)
  expect(bench.takeAsked()).toEqual([node(5)])

  for (const answering of nodes) bench.answer(answering, {}, START + 11 * SECOND_MS)
  const held = new Set(bench.search.nodes.live(START).map((entry) => entry.node))
  const outside = nodes.filter((other) => !held.has(other)).slice(0, 4)
  bench.answer([...held][0] ?? node(0), { nodes: outside }, START + 30 * SECOND_MS)
  expect(bench.takeAsked()).toEqual([])
})

test('LAN nodes that an answer from the internet names are not asked', () => {
  const { bench, node } = benchOf(false)
  bench.answer(node(0), { nodes: [node(5)] }, START, false)
  expect(bench.takeAsked()).toEqual([])
})

test('announcing, 2 means stored, and the ping id is given back', () => {
  const { bench, node } = benchOf(true)
  const pingIdOrKey = new Uint8Array(32).fill(3)
  bench.answer(node(0), { isStored: NOT_STORED, pingIdOrKey }, START)
  expect(bench.search.nodes.find(node(0).publicKey)).toMatchObject({ isStored: false, pingId: pingIdOrKey })
  bench.answer(node(0), { isStored: ANNOUNCED, pingIdOrKey }, START)
  expect(bench.search.nodes.find(node(0).publicKey)).toMatchObject({ isStored: true, dataKey: undefined })
  bench.answer(node(0), { isStored: STORED, pingIdOrKey }, START)
  expect(bench.search.nodes.find(node(0).publicKey)).toMatchObject({ isStored: false, pingId: new Uint8Array(32) })
})

test('searching, 1 means stored and brings the data key; ping ids are of no use', () => {
  const { bench, node } = benchOf(false)
  const pingIdOrKey = new Uint8Array(32).fill(3)
  bench.answer(node(0), { isStored: STORED, pingIdOrKey }, START)
  const entry = bench.search.nodes.find(node(0).publicKey)
  expect(entry?.isStored).toBe(true)
  expect(entry?.dataKey?.bytes).toEqual(pingIdOrKey)
  bench.answer(node(0), { isStored: ANNOUNCED, pingIdOrKey }, START)
  expect(entry).toMatchObject({ isStored: false, dataKey: undefined, pingId: new Uint8Array(32) })
})

test('opens what the asked node sealed to the request key, and nothing else, and nothing once ended', () => {
  const { bench } = benchOf(false)
  const { keys, node } = realNode(50, bench.random)
  const plain = { isStored: NOT_STORED, pingIdOrKey: new Uint8Array(32), nodes: [] } as const
  expect(bench.search.open(bench.sealAnswer(keys, plain), node)).toEqual(plain)
  expect(bench.search.open(bench.sealAnswer(realNode(51, bench.random).keys, plain), node)).toBeUndefined()
  bench.search.end()
  expect(bench.search.open(bench.sealAnswer(keys, plain), node)).toBeUndefined()
})
