import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import type { RoleReason } from '../../ring/ring-access.ts'
import { untrueLists } from '../ring-invariants.ts'
import { RingWorld } from '../ring-world.ts'
import type { SimRingNode } from '../sim-ring-node.ts'
import { printOnFailure } from '../test-print.ts'

beforeAll(() => sodiumReady)

const RINGS = [0, 1, 2]

/** What the node said about its role, in order. */
function rolesOf({ events }: SimRingNode): RoleReason[] {
  return events.flatMap((event) => (event.kind === 'roleChanged' ? [event.why] : []))
}

/** Who has this node in a successor or predecessor list. */
function listersOf(world: RingWorld, { rings: { selfKey } }: SimRingNode): number {
  const lists = (node: SimRingNode) =>
    RINGS.flatMap((ring) => [...node.rings.successors(ring), ...node.rings.predecessors(ring)])
  return world.running.filter((node) => lists(node).some(({ key }) => key.equals(selfKey))).length
}

function expectLookups(world: RingWorld): void {
  const { wrong, notFound } = world.lookUpFromEveryNode(1)
  expect([wrong, notFound]).toEqual([[], 0])
}

test.each(['restricted', 'symmetric'] as const)(
  'a node behind a %s NAT stays a client everywhere, says why, and looks up',
  (nat) => {
    const world = new RingWorld(propertySeed() + 2)
    printOnFailure(world)
    const [first] = world.grow(20, 200)
    world.simulation.runFor(30 * SECOND_MS)
    const hidden = world.create({ nat })
    hidden.join(first)
    world.simulation.runFor(2 * MINUTE_MS)
    expect(rolesOf(hidden)).toEqual(['joining', 'unreachable'])
    expect(hidden.rings.isStorage).toBe(false)
    expect(listersOf(world, hidden)).toBe(0)
    expectLookups(world)
  },
)

test('a member whose NAT closes leaves the rings at its next test, and comes back when it opens', () => {
  const world = new RingWorld(propertySeed() + 3)
  printOnFailure(world)
  const nodes = world.grow(40, 200)
  const member = nodes[9]
  world.simulation.runFor(MINUTE_MS)
  if (!member) throw new Error('no such node')
  expect(member.rings.isStorage).toBe(true)
  world.simulation.network.attach(member.contact.address, 'restricted')
  world.simulation.runFor(30 * MINUTE_MS)
  expect(rolesOf(member)).toEqual(['joining', 'joined', 'unreachable'])
  expect(listersOf(world, member)).toBe(0)
  world.simulation.network.attach(member.contact.address, 'open')
  world.simulation.runFor(32 * MINUTE_MS)
  expect(rolesOf(member).at(-1)).toBe('joined')
  for (const ring of RINGS) expect(untrueLists(world, ring)).toEqual([])
})

test('on loopback, and where there are fewer than eight, answering is enough', () => {
  const loopback = new RingWorld(propertySeed() + 4, { addressing: { kind: 'loopback' } })
  printOnFailure(loopback)
  loopback.grow(12, 200)
  loopback.simulation.runFor(30 * SECOND_MS)
  expect(loopback.members.length).toBe(12)

  const small = new RingWorld(propertySeed() + 5)
  const [first] = small.grow(4, 200)
  const hidden = small.create({ nat: 'restricted' })
  hidden.join(first)
  small.simulation.runFor(30 * SECOND_MS)
  expect(rolesOf(hidden)).toEqual(['joining', 'joined'])
})

test('a client looks up as well as a member, and is in no answer and no list', () => {
  const world = new RingWorld(propertySeed() + 6)
  printOnFailure(world)
  const [first] = world.grow(24, 200)
  const client = world.create()
  client.act((rings, now) => first && rings.probe(first.contact, true, now))
  world.simulation.runFor(MINUTE_MS)
  expect(client.rings.isStorage).toBe(false)
  expect(listersOf(world, client)).toBe(0)
  expectLookups(world)
})

test('who slept for ten minutes has left, and joins anew', () => {
  const world = new RingWorld(propertySeed() + 7)
  printOnFailure(world)
  const nodes = world.grow(12, 200)
  world.simulation.runFor(MINUTE_MS)
  const sleeper = nodes[5]
  if (!sleeper) throw new Error('no such node')
  sleeper.node.suspend()
  world.simulation.runFor(10 * MINUTE_MS)
  expect(listersOf(world, sleeper)).toBe(0)
  sleeper.node.resume()
  world.simulation.runFor(MINUTE_MS)
  expect(rolesOf(sleeper)).toEqual(['joining', 'joined', 'suspended', 'suspended', 'joined'])
  for (const ring of RINGS) expect(untrueLists(world, ring)).toEqual([])
})

test('a stop of the whole network loses nobody: the same nodes find the same rings again', () => {
  const world = new RingWorld(propertySeed() + 8, { loss: 0.05 })
  printOnFailure(world)
  world.grow(16, 200)
  world.simulation.runFor(MINUTE_MS)
  for (const { node } of world.running) node.suspend()
  world.simulation.runFor(10 * MINUTE_MS)
  for (const { node } of world.running) node.resume()
  world.simulation.runFor(5 * MINUTE_MS)
  expect(world.members.length).toBe(16)
  for (const ring of RINGS) expect(untrueLists(world, ring)).toEqual([])
})
