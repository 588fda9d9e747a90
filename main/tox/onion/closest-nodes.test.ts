import { expect, test } from 'vitest'
import { SECOND_MS } from '../../base/time.ts'
import { PublicKey } from '../../crypto/keys.ts'
import { ClosestNodes, isOverdue } from './closest-nodes.ts'
import { publicNode } from './test-nodes.ts'

const NOW = 1_700_000_000_000
/** Nodes are as far from it as their number says. */
const TARGET = new PublicKey(new Uint8Array(32))

function listOf(...lasts: number[]): ClosestNodes {
  const nodes = new ClosestNodes(TARGET, 3)
  for (const last of lasts) nodes.take(publicNode(last), 0, NOW)
  return nodes
}

function lastsOf(nodes: ClosestNodes, now = NOW): number[] {
  return nodes.live(now).map(({ node }) => node.address.ip[3] ?? 0)
}

test('when full, a nearer node replaces the farthest and a farther one is not taken', () => {
  const nodes = listOf(10, 30, 20)
  expect(nodes.isWanted(publicNode(40).publicKey, NOW)).toBe(false)
  expect(nodes.take(publicNode(40), 0, NOW)).toBeUndefined()
  expect(nodes.isWanted(publicNode(5).publicKey, NOW)).toBe(true)
  expect(nodes.take(publicNode(5), 0, NOW)).toBeDefined()
  expect(lastsOf(nodes)).toEqual([10, 20, 5])
})

test('a known node keeps what it said, and gets its new address and path', () => {
  const nodes = listOf(10)
  const entry = nodes.find(publicNode(10).publicKey)
  if (!entry) throw new Error('no entry')
  entry.isStored = true
  entry.unansweredCount = 2
  const moved = { ...publicNode(10), address: publicNode(99).address }
  expect(nodes.take(moved, 7, NOW)).toBe(entry)
  expect(entry).toMatchObject({ isStored: true, unansweredCount: 0, pathId: 7, node: moved })
})

test('a node that left three requests unanswered is dropped 15 seconds after the last', () => {
  const nodes = listOf(10)
  const [entry] = nodes.live(NOW)
  if (!entry) throw new Error('no entry')
  entry.unansweredCount = 3
  entry.lastAskedAt = NOW
  expect(isOverdue(entry, NOW + 15 * SECOND_MS - 1)).toBe(false)
  expect(nodes.live(NOW + 15 * SECOND_MS - 1)).toHaveLength(1)
  expect(nodes.live(NOW + 15 * SECOND_MS)).toHaveLength(0)
})

test('a node that has timed out makes room for a farther one', () => {
  const nodes = listOf(10, 20, 30)
  const entry = nodes.find(publicNode(10).publicKey)
  if (!entry) throw new Error('no entry')
  entry.unansweredCount = 3
  nodes.take(publicNode(40), 0, NOW + 15 * SECOND_MS)
  expect(lastsOf(nodes, NOW + 15 * SECOND_MS)).toEqual([20, 30, 40])
})

test('forgets who holds the target', () => {
  const nodes = listOf(10)
  const [entry] = nodes.live(NOW)
  if (!entry) throw new Error('no entry')
  entry.isStored = true
  entry.dataKey = TARGET
  nodes.forgetStored()
  expect(entry).toMatchObject({ isStored: false, dataKey: undefined })
})
