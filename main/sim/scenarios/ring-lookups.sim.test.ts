import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { CONTACTS_PER_RING_MAX, untrueLists, zaveViolations } from '../ring-invariants.ts'
import { type LookupReport, RingWorld } from '../ring-world.ts'
import { HOSTILE_NETWORK } from '../sim-network.ts'
import { printOnFailure } from '../test-print.ts'

beforeAll(() => sodiumReady)

const RINGS = [0, 1, 2]
/** How often invariants are looked at while the network changes. */
const INVARIANT_INTERVAL_MS = 5 * SECOND_MS

function expectTrueOwners(world: RingWorld, randomCount: number): LookupReport {
  const report = world.lookUpFromEveryNode(randomCount)
  expect(report.wrong).toEqual([])
  expect(report.notFound).toBe(0)
  return report
}

/** Lets time pass and asserts Zave's invariant and the bound on contacts on the way. Returns the most contacts seen. */
function runUnderInvariants(world: RingWorld, durationMs: number): number {
  let most = 0
  for (let passed = 0; passed < durationMs; passed += INVARIANT_INTERVAL_MS) {
    world.simulation.runFor(INVARIANT_INTERVAL_MS)
    for (const ring of RINGS) {
      expect(zaveViolations(world, ring)).toEqual([])
      most = Math.max(most, ...world.members.map(({ rings }) => rings.contactCount(ring)))
    }
  }
  expect(most).toBeLessThanOrEqual(CONTACTS_PER_RING_MAX)
  return most
}

function expectTrueLists(world: RingWorld): void {
  for (const ring of RINGS) expect(untrueLists(world, ring)).toEqual([])
}

/**
 * Goal: every lookup from every node ends at the true owner, in rings of any size, after joins, clean leaves and crashes;
 * nobody holds more than 60 contacts of a ring; at 100 nodes a lookup takes more than one request and fewer than three.
 * Method: real packets and crypto on an ordinary network (1 % loss); compared with the sorted list of who is alive.
 */
test.each([1, 2, 3, 10, 32, 100])('a ring of %i finds the owner of every place', (size) => {
  const world = new RingWorld(propertySeed() + size)
  printOnFailure(world)
  const perNode = size >= 32 ? 2 : 6
  world.grow(size, 500)
  const mostContacts = runUnderInvariants(world, MINUTE_MS)
  expect(world.members.length).toBe(size)
  expectTrueLists(world)
  const { meanHops } = expectTrueOwners(world, perNode)
  if (size === 100) {
    expect(meanHops).toBeGreaterThan(1)
    expect(meanHops).toBeLessThan(3)
    // Fingers too, not only the twenty neighbours.
    expect(mostContacts).toBeGreaterThan(24)
  }

  const leaving = world.members.filter((_, index) => index % 5 === 2)
  for (const node of leaving) node.act((rings, now) => rings.leave(now))
  runUnderInvariants(world, 15 * SECOND_MS)
  for (const { node } of leaving) node.crash()
  expectTrueLists(world)
  expectTrueOwners(world, perNode)

  for (const { node } of world.members.filter((_, index) => index % 3 === 1)) node.crash()
  runUnderInvariants(world, MINUTE_MS)
  expectTrueOwners(world, perNode)
  world.simulation.runFor(MINUTE_MS)
  expectTrueLists(world)
})

/**
 * Goal: no lookup names a wrong owner even while a third of the nodes is dead and nobody knows it yet.
 * Method: 5 % loss, doubles and reordering; lookups in the very moment of the crash, and once more for those without result.
 */
/**
 * One in twenty datagrams is lost: of a lookup's four requests to one node, all come to nothing once in ten thousand times,
 * and that node is passed over. In some three hundred lookups that is 1 in thirty worlds, three such are 1 in 200,000.
 */
const PASSED_OVER_MAX = 2

test('a lookup at the moment of a crash finds the owner, but for one to whom nothing gets through', () => {
  const world = new RingWorld(propertySeed() + 7, HOSTILE_NETWORK)
  printOnFailure(world)
  world.grow(32, 500)
  world.simulation.runFor(MINUTE_MS)
  for (const { node } of world.members.filter((_, index) => index % 3 === 1)) node.crash()
  const first = world.lookUpFromEveryNode(2)
  expect(first.wrong.slice(PASSED_OVER_MAX)).toEqual([])
  expect(first.notFound / first.count).toBeLessThan(0.03)
  const second = world.lookUpFromEveryNode(2)
  expect(second.wrong.slice(PASSED_OVER_MAX)).toEqual([])
  expect(second.notFound).toBe(0)
  runUnderInvariants(world, MINUTE_MS)
  expectTrueLists(world)
})
