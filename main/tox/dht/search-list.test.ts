import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { SECOND_MS } from '../../base/time.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { compareDistance } from './distance.ts'
import { NearestNodes } from './nearest-nodes.ts'
import { SearchList } from './search-list.ts'
import { anyKey, anyNodes, testAddress, testKey, testNode } from './test-nodes.ts'

const TARGET = testKey()
const BAD_AFTER_MS = 122 * SECOND_MS

test('holds the eight nearest of all that answered, the farthest first', () => {
  const property = fc.property(anyKey(), anyNodes(30), (target, nodes) => {
    const list = new SearchList(target)
    for (const node of nodes) {
      const hadRoom = list.hasRoom(node.publicKey, 0)
      expect(hear(list, node, 0)).toBe(hadRoom ? 'appeared' : 'refused')
    }
    const sorted = nodes.toSorted((left, right) =>
      compareDistance(target.bytes, right.publicKey.bytes, left.publicKey.bytes),
    )
    expect(list.nodes.map(({ latestNode }) => latestNode)).toEqual(sorted.slice(-8))
  })
  fc.assert(property, { seed: propertySeed(), numRuns: 300 })
})

test('a bad node gives way before a farther good one', () => {
  const list = new SearchList(TARGET)
  hear(list, testNode(1), 0)
  for (let first = 2; first <= 8; first += 1) hear(list, testNode(first), 1_000)
  expect(list.hasRoom(testKey(200), BAD_AFTER_MS - 1)).toBe(false)
  expect(hear(list, testNode(200), BAD_AFTER_MS)).toBe('appeared')
  expect(list.find(testKey(1))).toBeUndefined()
  expect(list.find(testKey(8))).toBeDefined()
})

test('a new key at a listed address takes the place of the old one, and a known key moves', () => {
  const list = new SearchList(TARGET)
  hear(list, testNode(1), 0)
  hear(list, { publicKey: testKey(2), address: testNode(1).address }, 0)
  expect(list.nodes.map(({ publicKey }) => publicKey)).toEqual([testKey(2)])
  expect(hear(list, { publicKey: testKey(2), address: testAddress(5) }, 1)).toBe('appeared')
  expect(hear(list, { publicKey: testKey(2), address: testAddress(5) }, 2)).toBe('known')
  expect(list.nodes.length).toBe(1)
})

test('offers its good nodes, LAN addresses only where they are allowed', () => {
  const list = new SearchList(TARGET)
  const lan = { publicKey: testKey(1), address: testAddress(1, '10.0.0.7') }
  hear(list, testNode(9), 0)
  hear(list, lan, 1_000)
  hear(list, testNode(2), 1_000)
  const offer = (lanAllowed: boolean): PackedNode[] => {
    const nearest = new NearestNodes(TARGET, 8)
    list.offerNearest(nearest, lanAllowed, BAD_AFTER_MS)
    return nearest.take()
  }
  expect(offer(true)).toEqual([lan, testNode(2)])
  expect(offer(false)).toEqual([testNode(2)])
})

function hear(list: SearchList, { publicKey, address }: PackedNode, now: number) {
  return list.heard(publicKey, address, now)
}
