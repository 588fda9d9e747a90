import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { PLACE_COUNT } from './circle.ts'
import { NeighbourList } from './neighbour-list.ts'
import { testKey, testPeer } from './test-peers.ts'

const SELF = { place: 1_000, key: testKey(60_000) }

function placesOf(list: NeighbourList): number[] {
  return list.peers.map((peer) => peer.placeIn(0))
}

test('successors are the nearest clockwise, predecessors the nearest the other way', () => {
  const successors = new NeighbourList(SELF, 0, 'successors', 3)
  const predecessors = new NeighbourList(SELF, 0, 'predecessors', 3)
  for (const place of [500, 2_000, 1_500, 900, 3_000, 100]) {
    successors.offer(testPeer(place), true)
    predecessors.offer(testPeer(place), true)
  }
  expect(placesOf(successors)).toEqual([1_500, 2_000, 3_000])
  expect(placesOf(predecessors)).toEqual([900, 500, 100])
})

test('whatever the order of offers, the nearest are kept in order', () => {
  const places = fc.uniqueArray(
    fc.integer({ min: 0, max: 5_000 }).filter((place) => place !== SELF.place),
    { maxLength: 12 },
  )
  const property = fc.property(
    places,
    fc.constantFrom('successors' as const, 'predecessors' as const),
    (list, direction) => {
      const neighbours = new NeighbourList(SELF, 0, direction, 4)
      for (const place of list) neighbours.offer(testPeer(place), true)
      const steps = (place: number) =>
        (direction === 'successors' ? place - SELF.place + PLACE_COUNT : SELF.place - place + PLACE_COUNT) % PLACE_COUNT
      expect(placesOf(neighbours)).toEqual([...list].sort((a, b) => steps(a) - steps(b)).slice(0, 4))
    },
  )
  fc.assert(property, { seed: propertySeed() })
})

test('a list that is not full grows outward only by what a neighbour names', () => {
  const list = new NeighbourList(SELF, 0, 'successors', 3)
  list.offer(testPeer(2_000), false)
  expect(list.wants({ place: 5_000, key: testKey(1) }, false)).toBe(false)
  expect(list.wants({ place: 1_500, key: testKey(1) }, false)).toBe(true)
  expect(list.wants({ place: 5_000, key: testKey(1) }, true)).toBe(true)
  list.extendReach(6_000)
  expect(list.wants({ place: 5_000, key: testKey(1) }, false)).toBe(true)
})

test('an empty list sees all: there is nobody; the first that comes ends that', () => {
  const list = new NeighbourList(SELF, 0, 'successors', 3)
  expect(list.seesAll).toBe(true)
  const first = testPeer(2_000)
  list.offer(first, false)
  expect(list.seesAll).toBe(false)
  list.extendReach(PLACE_COUNT)
  expect(list.seesAll).toBe(true)
  list.remove(first)
  expect([list.seesAll, list.peers.length]).toEqual([true, 0])
})

test('a full list passes over what lies beyond it, and remembers how far it saw when one is lost', () => {
  const list = new NeighbourList(SELF, 0, 'successors', 2)
  const [near, far, further] = [testPeer(1_100), testPeer(1_200), testPeer(1_300)]
  list.offer(near, true)
  list.extendReach(PLACE_COUNT)
  list.offer(far, true)
  expect(list.seesAll).toBe(false)
  expect(list.offer(further, true)).toBeUndefined()
  expect(placesOf(list)).toEqual([1_100, 1_200])
  expect(list.offer(testPeer(1_050), false)).toBe(far)
  list.remove(near)
  expect(list.reach).toBe(100)
  expect(list.wants({ place: 1_090, key: testKey(1) }, false)).toBe(true)
  expect(list.wants({ place: 1_200, key: testKey(1) }, false)).toBe(false)
})

test('nodes at one place stand in the order of their keys', () => {
  const list = new NeighbourList(SELF, 0, 'successors', 4)
  for (const number of [7, 3, 5]) list.offer(testPeer(2_000, number), true)
  expect(list.peers.map((peer) => peer.key.hex)).toEqual([3, 5, 7].map((number) => testKey(number).hex))
})
