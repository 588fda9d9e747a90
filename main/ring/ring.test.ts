import { beforeAll, expect, test } from 'vitest'
import { toHex } from '../base/bytes.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { PLACE_COUNT } from './circle.ts'
import { digestOf, type Ring } from './ring.ts'
import { testKey, testPeer, testRing } from './test-peers.ts'

beforeAll(() => sodiumReady)

const NAMED = { asSuccessor: true, asPredecessor: true }

/** Members at these places, every 100 from 0 on, around a node at 1,000. */
function ringAmong(count: number): { ring: Ring; peers: ReturnType<typeof testPeer>[] } {
  const ring = testRing(1_000)
  const peers = Array.from({ length: count }, (_, index) => testPeer(index * 100, index)).filter(
    (peer) => peer.placeIn(0) !== 1_000,
  )
  for (const peer of peers) ring.offer(peer, NAMED)
  return { ring, peers }
}

function placesAt(ring: Ring, place: number): number[] | undefined {
  return ring.membersAt(place)?.map((member) => member.place)
}

test('alone it owns everything', () => {
  const ring = testRing(1_000)
  expect(ring.seesAll).toBe(true)
  expect(ring.ownerRange()).toEqual({ from: 1_000, to: 1_000 })
  expect(placesAt(ring, 5)).toEqual([1_000])
})

test('owns from its predecessor to itself, and names who comes after', () => {
  const { ring } = ringAmong(41)
  expect(ring.seesAll).toBe(false)
  expect(ring.ownerRange()).toEqual({ from: 900, to: 1_000 })
  expect(placesAt(ring, 901)?.slice(0, 3)).toEqual([1_000, 1_100, 1_200])
  expect(placesAt(ring, 1_000)?.[0]).toBe(1_000)
  expect(placesAt(ring, 1_001)?.[0]).toBe(1_100)
  expect(placesAt(ring, 601)?.slice(0, 5)).toEqual([700, 800, 900, 1_000, 1_100])
})

test('says nothing of places beyond the neighbours that it sees', () => {
  const { ring } = ringAmong(41)
  expect(placesAt(ring, 2_600)).toEqual([2_600])
  expect(placesAt(ring, 2_601)).toBeUndefined()
  expect(placesAt(ring, 600)).toBeUndefined()
})

test('a full list that ends at our own predecessor shows the whole circle', () => {
  const { ring } = ringAmong(17)
  expect(ring.successors.isFull).toBe(true)
  expect(ring.seesAll).toBe(true)
  expect(placesAt(ring, 1_601)?.slice(0, 2)).toEqual([0, 100])
  expect(placesAt(ring, 50)?.length).toBe(17)
  expect(ringAmong(18).ring.seesAll).toBe(false)
})

test('whoever is left out is passed over, so that the next one owns', () => {
  const { ring, peers } = ringAmong(18)
  const members = ring.membersAt(1_050, (peer) => peer === peers[10])
  expect(members?.[0]?.place).toBe(1_200)
})

test('a client is not among the members', () => {
  const ring = testRing(1_000, { isStorage: () => false })
  const peers = [testPeer(2_000), testPeer(3_000)]
  for (const peer of peers) ring.offer(peer, NAMED)
  expect(placesAt(ring, 2_500)).toEqual([3_000])
  expect(ring.membersAt(900)).toBeUndefined()
  for (const peer of peers) ring.takeReach(peer, {}, true)
  expect(placesAt(ring, 900)).toEqual([2_000, 3_000])
})

test('keeps claiming what it owned when its predecessors are lost, until another is seen', () => {
  const { ring, peers } = ringAmong(41)
  for (const peer of ring.predecessors.peers) ring.remove(peer)
  expect(ring.ownerRange().from).not.toBe(1_000)
  for (const peer of peers) ring.remove(peer)
  expect(ring.ownerRange()).toEqual({ from: 1_000, to: 1_000 })
})

test('knows as far as a neighbour that told all it knows', () => {
  const ring = testRing(1_000)
  const successor = testPeer(2_000)
  ring.offer(successor)
  expect([ring.seesAll, ring.isHungry]).toEqual([false, true])
  expect(ring.takeReach(successor, { successor: 900 }, false)).toBe(false)
  expect(ring.seesAll).toBe(false)
  expect(ring.takeReach(successor, { successor: 1_000 }, false)).toBe(true)
  expect([ring.seesAll, ring.isHungry]).toEqual([true, false])
})

test('a replica range reaches back as many predecessors as copies', () => {
  const { ring } = ringAmong(41)
  expect(ring.replicaRange(1)).toEqual({ from: 900, to: 1_000 })
  expect(ring.replicaRange(4)).toEqual({ from: 600, to: 1_000 })
  const small = testRing(1_000)
  const peer = testPeer(2_000)
  small.offer(peer)
  small.takeReach(peer, {}, true)
  expect(small.replicaRange(4)).toEqual({ from: 1_000, to: 1_000 })
})

test('the mean gap is that of the successors, or of all', () => {
  expect(testRing(1_000).meanGap()).toBe(PLACE_COUNT)
  expect(ringAmong(41).ring.meanGap()).toBe(100)
})

test('the digest says counts, whether all is seen, and the keys in order', () => {
  const digest = toHex(digestOf([testKey(1)], [testKey(2)], false))
  expect(digest.length).toBe(16)
  const others = [
    digestOf([testKey(2)], [testKey(1)], false),
    digestOf([testKey(1)], [testKey(2)], true),
    digestOf([], [testKey(1), testKey(2)], false),
  ]
  for (const other of others) expect(toHex(other)).not.toBe(digest)
})

test('a finger that comes to stand among the neighbours is reported, to be checked', () => {
  const { ring } = ringAmong(41)
  ring.takePromoted()
  const finger = testPeer(2_650, 77)
  ring.offer(finger)
  expect(ring.fingers.has(finger)).toBe(true)
  for (const peer of ring.successors.peers.slice(0, 1)) ring.remove(peer)
  ring.offer(finger, NAMED)
  expect(ring.takePromoted()).toContain(finger)
  expect(ring.takePromoted()).toEqual([])
})
