import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { SECOND_MS } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { CloseList } from './close-list.ts'
import { NearestNodes } from './nearest-nodes.ts'
import { anyKey, anyNodes, testAddress, testKey, testNode } from './test-nodes.ts'

const SELF = testKey()
const BAD_AFTER_MS = 122 * SECOND_MS
const DEAD_AFTER_MS = 182 * SECOND_MS

test('sorts nodes into buckets of eight by the first bit that differs from our key', () => {
  const list = new CloseList(SELF)
  for (let low = 0; low < 8; low += 1) expect(hear(list, testNode(0x80 + low), 0)).toBe('appeared')
  expect(hear(list, testNode(0x90), 0)).toBe('refused')
  expect(list.hasRoom(testKey(0x90), 0)).toBe(false)
  expect(hear(list, testNode(0x40), 0)).toBe('appeared')
  expect(list.goodCount(0)).toBe(9)
})

test('keys that share 127 bits or more with ours have one bucket together', () => {
  const list = new CloseList(SELF)
  for (let at = 16; at < 25; at += 1) {
    const bytes = new Uint8Array(32)
    bytes[at] = 1
    hear(list, { publicKey: testKey(...bytes), address: testAddress(at) }, 0)
  }
  expect(list.goodCount(0)).toBe(8)
})

test('says whether a node appeared, was known, or found no place', () => {
  const list = new CloseList(SELF)
  expect(hear(list, testNode(1), 0)).toBe('appeared')
  expect(hear(list, testNode(1), 1)).toBe('known')
  expect(hear(list, { ...testNode(1), address: testAddress(9) }, 2)).toBe('appeared')
  expect(hear(list, { ...testNode(1), address: testAddress(9) }, 2 + BAD_AFTER_MS)).toBe('appeared')
})

test('a new key at a listed address takes the place of the old one', () => {
  const list = new CloseList(SELF)
  const { address } = testNode(1)
  hear(list, testNode(1), 0)
  hear(list, { publicKey: testKey(0x80), address }, 1)
  expect(list.find(testKey(1).bytes)).toBeUndefined()
  expect(list.find(testKey(0x80).bytes)?.goodNode(1)?.address).toBe(address)
})

test('finds the nearest good nodes to any target, as a search through all would', () => {
  const property = fc.property(
    anyKey(),
    anyKey(),
    anyNodes(60),
    fc.integer({ min: 1, max: 9 }),
    (self, target, nodes, count) => {
      const list = new CloseList(self)
      // Every third was heard too long ago.
      nodes.forEach((node, index) => hear(list, node, index % 3 === 0 ? 0 : BAD_AFTER_MS))
      const all = new NearestNodes(target, count)
      for (const listed of list.nodes()) {
        const node = listed.goodNode(BAD_AFTER_MS)
        if (node) all.offer(node)
      }
      expect(nearest(list, target, count, true, BAD_AFTER_MS)).toEqual(all.take())
    },
  )
  fc.assert(property, { seed: propertySeed(), numRuns: 500 })
})

test('LAN addresses are given only where they are allowed', () => {
  const list = new CloseList(SELF)
  const lan = { publicKey: testKey(1), address: testAddress(1, '192.168.0.7') }
  hear(list, lan, 0)
  hear(list, testNode(2), 0)
  expect(nearest(list, SELF, 4, true, 0)).toEqual([lan, testNode(2)])
  expect(nearest(list, SELF, 4, false, 0)).toEqual([testNode(2)])
})

test('is connected while any node is good', () => {
  const list = new CloseList(SELF)
  expect(list.isConnected(0)).toBe(false)
  expect(list.diesAt).toBe(Number.POSITIVE_INFINITY)
  hear(list, testNode(1), 0)
  hear(list, testNode(2), 10 * SECOND_MS)
  expect(list.isConnected(10 * SECOND_MS + BAD_AFTER_MS - 1)).toBe(true)
  expect(list.disconnectsAt).toBe(10 * SECOND_MS + BAD_AFTER_MS)
  expect(list.isConnected(list.disconnectsAt)).toBe(false)
  expect(list.diesAt).toBe(10 * SECOND_MS + DEAD_AFTER_MS)
})

test('after a long silence all nodes are bad but not dead', () => {
  const list = new CloseList(SELF)
  hear(list, testNode(1), 0)
  list.revive(DEAD_AFTER_MS)
  expect(list.isConnected(DEAD_AFTER_MS)).toBe(false)
  expect(list.goodCount(DEAD_AFTER_MS)).toBe(0)
  expect(list.find(testKey(1).bytes)?.nextAskAt(DEAD_AFTER_MS)).toBeLessThan(DEAD_AFTER_MS)
  expect(list.diesAt).toBe(DEAD_AFTER_MS + 60 * SECOND_MS)
})

function hear(list: CloseList, { publicKey, address }: PackedNode, now: number) {
  return list.heard(publicKey, address, now)
}

function nearest(list: CloseList, target: PublicKey, count: number, lanAllowed: boolean, now: number): PackedNode[] {
  const nodes = new NearestNodes(target, count)
  list.offerNearest(nodes, target, lanAllowed, now)
  return nodes.take()
}
