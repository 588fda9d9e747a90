import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { CONTACTS_PER_RING_MAX, untrueLists, zaveViolations } from '../ring-invariants.ts'
import { RingWorld } from '../ring-world.ts'
import { printOnFailure } from '../test-print.ts'

beforeAll(() => sodiumReady)

const RINGS = [0, 1, 2]
/** How often invariants are looked at while the network changes. */
const INVARIANT_INTERVAL_MS = 5 * SECOND_MS

function expectTrueOwners(world: RingWorld, randomCount: number): void {
  const report = world.lookUpFromEveryNode(randomCount)
  expect(report.wrong).toEqual([])
  expect(report.notFound).toBe(0)
}

/** Lets time pass and asserts Zave's invariant on the way. */
function runUnderInvariant(world: RingWorld, durationMs: number): void {
  for (let passed = 0; passed < durationMs; passed += INVARIANT_INTERVAL_MS) {
    world.simulation.runFor(INVARIANT_INTERVAL_MS)
    for (const ring of RINGS) expect(zaveViolations(world, ring)).toEqual([])
  }
}

function expectTrueLists(world: RingWorld): void {
  for (const ring of RINGS) expect(untrueLists(world, ring)).toEqual([])
}

/**
 * Goal: every lookup from every node ends at the true owner, in rings of any size, after joins, clean leaves and crashes.
 * Method: real packets and crypto on an ordinary network (1 % loss); compared with the sorted list of who is alive.
 */
test.each([1, 2, 3, 10, 32, 100])('a ring of %i finds the owner of every place', (size) => {
  const world = new RingWorld(propertySeed() + size)
  printOnFailure(world)
  world.grow(size, 500)
  world.simulation.runFor(45 * SECOND_MS)
  expect(world.members.length).toBe(size)
  expectTrueLists(world)
  expectTrueOwners(world, size >= 32 ? 2 : 6)

  const leaving = world.members.filter((_, index) => index % 5 === 2)
  for (const node of leaving) node.act((rings, now) => rings.leave(now))
  runUnderInvariant(world, 15 * SECOND_MS)
  for (const { node } of leaving) node.crash()
  expectTrueLists(world)
  expectTrueOwners(world, size >= 32 ? 1 : 6)

  for (const { node } of world.members.filter((_, index) => index % 3 === 1)) node.crash()
  runUnderInvariant(world, 90 * SECOND_MS)
  expectTrueOwners(world, size >= 32 ? 2 : 6)
  world.simulation.runFor(2 * MINUTE_MS)
  expectTrueLists(world)
})

test('at 100 nodes nobody holds more than 60 contacts per ring, and a lookup takes between one and three requests', () => {
  const world = new RingWorld(propertySeed())
  printOnFailure(world)
  world.grow(100, 300)
  let mostContacts = 0
  for (let round = 0; round < 24; round += 1) {
    world.simulation.runFor(5 * SECOND_MS)
    for (const { rings } of world.members)
      for (const ring of RINGS) mostContacts = Math.max(mostContacts, rings.contactCount(ring))
  }
  expect(mostContacts).toBeLessThanOrEqual(CONTACTS_PER_RING_MAX)
  // Fingers too, not only the twenty neighbours.
  expect(mostContacts).toBeGreaterThan(24)
  const { meanHops, wrong } = world.lookUpFromEveryNode(4)
  expect(wrong).toEqual([])
  expect(meanHops).toBeGreaterThan(1)
  expect(meanHops).toBeLessThan(3)
})
