import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { LIVE_RANKS, repairTurn } from './replica-view.ts'
import { TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

test('a copy is needed at the first two of each ring and nowhere else', () => {
  const world = new TestHolders(1, 12)
  const { places } = world.record()
  for (const holder of world.holders) {
    const entry = { places, copiesPerRing: 2 as const }
    const needed = [0, 1, 2].filter((ring) => holder.parts.view.isNeededIn(entry, ring))
    const truth = [0, 1, 2].filter((ring) =>
      world
        .order(ring, places[ring] ?? 0)
        .slice(0, 2)
        .includes(holder),
    )
    expect(needed).toEqual(truth)
    expect(holder.parts.view.isNeeded(entry)).toBe(truth.length > 0)
  }
})

test('a node among the first of two rings counts for the lower one', () => {
  const world = new TestHolders(1, 2)
  const view = world.holders[0]?.parts.view
  const entry = { ...world.record(), copiesPerRing: 2 as const }
  expect([0, 1, 2].map((ring) => view?.isSharedIn(entry, ring))).toEqual([false, true, true])
})

test('a node that stands in for one of the first counts for that ring, until it no longer does', () => {
  const world = new TestHolders(1, 12)
  const entry = { ...world.record(), copiesPerRing: 2 as const }
  const third = world.at(0, entry.places[0] ?? 0, 2)
  const { view } = third.parts
  const shared = () => [0, 1, 2].map((ring) => view.isSharedIn(entry, ring))
  const before = shared()
  view.setStandIn(entry, 0, true)
  expect(shared()).toEqual([false, true, true])
  view.setStandIn(entry, 0, false)
  expect(shared()).toEqual(before)
})

test('the rank of a node follows from its key, whether it is known or not', () => {
  const world = new TestHolders(3, 6)
  const [asked] = world.holders
  const place = 12_345
  world.order(0, place).forEach((holder, rank) => {
    expect(asked?.parts.view.rankOf(holder.contact.key, 0, place)).toBe(rank)
  })
  const stranger = new TestHolders(99, 1).holders[0]
  const rank = stranger && asked?.parts.view.rankOf(stranger.contact.key, 0, place)
  expect(rank).toBeGreaterThanOrEqual(0)
  expect(rank).toBeLessThanOrEqual(6)
})

test('others are the first 4 without ourselves', () => {
  const world = new TestHolders(4, 8)
  const first = world.at(1, 7, 0)
  const others = first.parts.view.others(1, 7)
  expect(others.map(({ contact }) => contact.key.hex)).toEqual(
    world
      .order(1, 7)
      .slice(1, LIVE_RANKS)
      .map(({ contact }) => contact.key.hex),
  )
})

test('of several holders each has another turn to repair, and all agree on it', () => {
  const world = new TestHolders(5, 5)
  const keys = world.holders.map(({ contact }) => contact.key)
  const turns = keys.map((key) => repairTurn(new Uint8Array(32).fill(3), key, keys))
  expect(turns.toSorted((left, right) => left - right)).toEqual([0, 1, 2, 3, 4])
})
