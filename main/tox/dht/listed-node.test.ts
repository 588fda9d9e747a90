import { expect, test } from 'vitest'
import { SECOND_MS } from '../../base/time.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { ListedNode } from './listed-node.ts'
import { testAddress, testKey } from './test-nodes.ts'

const START = 1_000_000
const KEY = testKey(7)
const PUBLIC = testAddress(1, '1.2.3.4')
const OTHER = testAddress(2, '1.2.3.5')
const LAN = testAddress(3, '192.168.0.2')
const IPV6 = testAddress(4, '2001:db8::1')

test('is good for 122 s after it was heard, and not a millisecond longer', () => {
  const node = new ListedNode(KEY, PUBLIC, START)
  expect(node.isGood(START + 122 * SECOND_MS - 1)).toBe(true)
  expect(node.goodNode(START + 122 * SECOND_MS - 1)).toEqual({ publicKey: KEY, address: PUBLIC })
  expect(node.isGood(START + 122 * SECOND_MS)).toBe(false)
  expect(node.goodNode(START + 122 * SECOND_MS)).toBeUndefined()
  expect(node.latestNode?.address.equals(PUBLIC)).toBe(true)
})

test('says whether an answer made it reachable anew', () => {
  const node = new ListedNode(KEY, PUBLIC, START)
  expect(node.heard(PUBLIC, START + 1)).toBe(false)
  expect(node.heard(OTHER, START + 2)).toBe(true)
  expect(node.heard(OTHER, START + 200 * SECOND_MS)).toBe(true)
})

test('a LAN address does not replace a good public one, but a bad one', () => {
  const node = new ListedNode(KEY, PUBLIC, START)
  expect(node.heard(LAN, START + 1)).toBe(false)
  expect(node.goodNode(START + 1)?.address).toBe(PUBLIC)
  expect(node.heard(LAN, START + 122 * SECOND_MS)).toBe(true)
  expect(node.goodNode(START + 122 * SECOND_MS)?.address).toBe(LAN)
  expect(node.heard(PUBLIC, START + 123 * SECOND_MS)).toBe(true)
  expect(node.goodNode(START + 123 * SECOND_MS)?.address).toBe(PUBLIC)
})

test('keeps an address of each family and gives out the one heard last', () => {
  const node = new ListedNode(KEY, PUBLIC, START)
  node.heard(IPV6, START + 60 * SECOND_MS)
  expect(node.goodNode(START + 61 * SECOND_MS)?.address).toBe(IPV6)
  expect(node.isGoodAt(PUBLIC, START + 61 * SECOND_MS)).toBe(true)
  expect(node.isGoodAt(PUBLIC, START + 122 * SECOND_MS)).toBe(false)
  expect(node.isGood(START + 122 * SECOND_MS)).toBe(true)
  node.heard(PUBLIC, START + 130 * SECOND_MS)
  expect(node.goodNode(START + 130 * SECOND_MS)?.address).toBe(PUBLIC)
})

test('wants to be asked at once, then every 60 s, and no more once it was silent for 182 s', () => {
  const node = new ListedNode(KEY, PUBLIC, START)
  const askedAfterSeconds: number[] = []
  for (let seconds = 0; seconds <= 400; seconds += 1) {
    if (collect(node, START + seconds * SECOND_MS).length > 0) askedAfterSeconds.push(seconds)
  }
  expect(askedAfterSeconds).toEqual([0, 60, 120, 180])
  expect(node.nextAskAt(START + 400 * SECOND_MS)).toBe(Number.POSITIVE_INFINITY)
})

test('one who just answered a question is not asked the same again at once', () => {
  const node = new ListedNode(KEY, PUBLIC, START)
  node.markAsked(PUBLIC, START - 20)
  expect(node.nextAskAt(START + 1)).toBe(START - 20 + 60 * SECOND_MS)
  node.markAsked(OTHER, START + 1)
  expect(node.nextAskAt(START + 1)).toBe(START - 20 + 60 * SECOND_MS)
})

test('a dead node that is revived is bad, and asked again', () => {
  const node = new ListedNode(KEY, PUBLIC, START)
  const later = START + 1_000 * SECOND_MS
  expect(collect(node, later)).toEqual([])
  node.revive(later)
  expect(node.isGood(later)).toBe(false)
  expect(collect(node, later)).toEqual([{ publicKey: KEY, address: PUBLIC }])
})

test('of its two addresses the dead one wants nothing more, also when all are to be asked', () => {
  const node = new ListedNode(KEY, PUBLIC, START)
  const later = START + 1_000 * SECOND_MS
  node.heard(IPV6, later)
  node.markAsked(IPV6, later)
  node.askBy(later)
  expect(collect(node, later)).toEqual([{ publicKey: KEY, address: IPV6 }])
  expect(node.nextAskAt(later)).toBe(later + 60 * SECOND_MS)
})

test('remembers for 122 s what it said of the searched key, by family', () => {
  const node = new ListedNode(KEY, PUBLIC, START)
  node.setReturned(OTHER, START)
  node.setReturned(IPV6, START + SECOND_MS)
  expect(node.returnedIpv4(START + 121 * SECOND_MS)).toBe(OTHER)
  expect(node.returnedIpv4(START + 122 * SECOND_MS)).toBeUndefined()
  expect(node.returnedIpv6(START + 122 * SECOND_MS)).toBe(IPV6)
})

function collect(node: ListedNode, now: number): PackedNode[] {
  const asks: PackedNode[] = []
  node.collectDue(now, now, asks)
  return asks
}
