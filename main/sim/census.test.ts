import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { clockwise } from '../ring/circle.ts'
import { HolderWorld } from './holder-world.ts'

beforeAll(() => sodiumReady)

test('names the members from a place on, clockwise, and goes round the end of the circle', () => {
  const world = new HolderWorld(propertySeed())
  world.grow(6, SECOND_MS)
  world.simulation.runFor(20 * SECOND_MS)
  const census = world.census()
  const places = world.members.flatMap(({ rings, contact }) => rings.nodePlaces(contact.key)[1] ?? [])
  for (const place of [...places, 0, 2 ** 48 - 1, ...places.map((each) => each + 1)]) {
    const order = census.order(1, place)
    const steps = order.map(({ rings, contact }) => clockwise(place, rings.nodePlaces(contact.key)[1] ?? 0))
    expect(steps).toEqual(steps.toSorted((left, right) => left - right))
    expect(census.first(1, place, 4)).toEqual(order.slice(0, 4))
  }
  expect(census.first(1, 0, 99)).toHaveLength(6)
})
