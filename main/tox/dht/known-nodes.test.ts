import { expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { KnownNodes } from './known-nodes.ts'
import { testAddress, testKey, testNode } from './test-nodes.ts'

await sodiumReady

const SELF = testKey()
const FRIEND = testKey(0xf0)

test('a node is news when it appears in a list and none knew it as good', () => {
  const nodes = create()
  expect(nodes.heard(testNode(1), 0)).toBe(true)
  expect(nodes.heard(testNode(1), 1)).toBe(false)
  nodes.searches.add(FRIEND)
  expect(nodes.heard(testNode(1), 2)).toBe(false)
  expect(nodes.searches.get(FRIEND)?.goodNodes(2)).toEqual([testNode(1)])
  expect(nodes.heard(testNode(1), 200 * SECOND_MS)).toBe(true)
  expect(nodes.heard({ ...testNode(1), address: testAddress(2) }, 200 * SECOND_MS)).toBe(true)
})

test('the closest nodes come from all lists, each once', () => {
  const nodes = create()
  // Bucket 0 takes eight; the ninth finds a place only around the searched key.
  for (let low = 0; low < 8; low += 1) nodes.heard(testNode(0x80 + low), 0)
  nodes.searches.add(FRIEND)
  nodes.heard(testNode(0xf1), 0)
  expect(nodes.closeList.find(testKey(0xf1).bytes)).toBeUndefined()
  const closest = nodes.closest(FRIEND, 20, true, 0)
  expect(closest[0]).toEqual(testNode(0xf1))
  expect(closest.length).toBe(9)
})

test('knows the address of searched keys and of listed nodes', () => {
  const nodes = create()
  nodes.heard(testNode(1), 0)
  expect(nodes.addressOf(testKey(1), 0)).toBe(nodes.closeList.find(testKey(1).bytes)?.latestNode?.address)
  expect(nodes.addressOf(FRIEND, 0)).toBeUndefined()
  nodes.searches.add(FRIEND)
  nodes.heard({ publicKey: FRIEND, address: testAddress(5) }, 0)
  expect(nodes.addressOf(FRIEND, 0)?.port).toBe(5)
})

test('asks those offered and those listed, and after a long silence all of them again', () => {
  const nodes = create()
  expect(nodes.offer(testNode(1), 0)).toBe(0)
  expect(nodes.collectCloseAsks(0)).toEqual([testNode(1)])
  nodes.heard(testNode(1), 10)
  expect(nodes.offer(testNode(1), 5 * SECOND_MS)).toBe(Number.POSITIVE_INFINITY)
  nodes.markAsked(testNode(1), SELF, 0)
  const hour = 3_600 * SECOND_MS
  expect(nodes.nextAt(10)).toBeLessThan(60 * SECOND_MS)
  expect(nodes.collectCloseAsks(hour)).toEqual([testNode(1)])
  expect(nodes.addressOf(testKey(1), hour)).toBeUndefined()
})

test('random nodes come from the fake searches before the close list', () => {
  const nodes = create()
  for (let first = 1; first <= 30; first += 1) nodes.heard(testNode(first), 0)
  const ofFakes = nodes.searches.fakeFriendNodes(0).map(({ publicKey }) => publicKey.hex)
  const few = nodes.random(4, 0).map(({ publicKey }) => publicKey.hex)
  expect(few.every((hex) => ofFakes.includes(hex))).toBe(true)
  const all = nodes.random(100, 0).map(({ publicKey }) => publicKey.hex)
  expect(new Set(all).size).toBe(all.length)
  expect(all).toEqual(expect.arrayContaining(ofFakes))
})

function create(): KnownNodes {
  return new KnownNodes(SELF, new SeededRandom(1), true)
}
