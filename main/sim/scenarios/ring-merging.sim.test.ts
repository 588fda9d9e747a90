import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { untrueLists } from '../ring-invariants.ts'
import { RingWorld } from '../ring-world.ts'
import type { SimRingNode } from '../sim-ring-node.ts'
import { printOnFailure } from '../test-print.ts'

beforeAll(() => sodiumReady)

const RINGS = [0, 1, 2]
/** Within which two rings must be one. */
const MERGED_WITHIN_MS = 10 * MINUTE_MS

function untrue(world: RingWorld): string[] {
  return RINGS.flatMap((ring) => untrueLists(world, ring))
}

function runUntilOne(world: RingWorld): void {
  const end = world.simulation.now + MERGED_WITHIN_MS
  while (world.simulation.now < end && untrue(world).length > 0) world.simulation.runFor(20 * SECOND_MS)
  expect(untrue(world)).toEqual([])
}

/**
 * Goal: two rings formed apart become one, though each is perfect by itself.
 * Method: twice as many nodes on two bootstrap lists; then one node of one ring hears of one node of the other.
 */
test('two rings formed apart merge over a single contact', () => {
  const world = new RingWorld(propertySeed())
  printOnFailure(world)
  const left = world.grow(24, 200)
  const right = world.grow(24, 200)
  world.simulation.runFor(MINUTE_MS)
  const keysOf = (nodes: typeof left) => new Set(nodes.map(({ rings }) => rings.selfKey.hex))
  const rightKeys = keysOf(right)
  expect(left.some(({ rings }) => rings.successors(0).some(({ key }) => rightKeys.has(key.hex)))).toBe(false)

  const [across] = right
  left[7]?.act((rings, now) => across && rings.probe(across.contact, false, now))
  runUntilOne(world)
  const { wrong, notFound } = world.lookUpFromEveryNode(2)
  expect([wrong, notFound]).toEqual([[], 0])
})

/**
 * Goal: a network that was cut in two long enough for each half to forget the other finds itself again.
 * Method: a partition of ten minutes; the halves then know each other only by a bootstrap entry each.
 */
test('the halves of a healed partition merge', () => {
  const world = new RingWorld(propertySeed() + 1)
  printOnFailure(world)
  const nodes = world.grow(20, 200)
  world.simulation.runFor(MINUTE_MS)
  const half = nodes.filter((_, index) => index % 2 === 0)
  world.simulation.network.partition([half.map(({ contact }) => contact.address)])
  world.simulation.runFor(10 * MINUTE_MS)
  const inHalf = new Set(half.map(({ rings }) => rings.selfKey.hex))
  for (const { rings } of half) expect(rings.successors(0).every(({ key }) => inHalf.has(key.hex))).toBe(true)
  world.simulation.network.heal()
  runUntilOne(world)
})

/** Nodes that start within a second, each by way of the first. */
function startTogether(world: RingWorld, count: number): SimRingNode[] {
  const nodes: SimRingNode[] = []
  for (let index = 0; index < count; index += 1) {
    const node = world.create()
    node.join(nodes[0])
    nodes.push(node)
    world.simulation.runFor(SECOND_MS / count)
  }
  return nodes
}

/** As the DHT does within a second of its own start. */
function introduceAll(nodes: readonly SimRingNode[]): void {
  for (const node of nodes) {
    for (const { contact } of nodes.filter((other) => other !== node)) {
      node.act((rings, now) => rings.probe(contact, false, now))
    }
  }
}

/**
 * Goal: newcomers that only meet each other do not wait for the join patience of half a minute.
 * Method: three seconds are enough for the first in order of keys, and the others join it; in 1,000 worlds the last had
 * joined after 9 s, and after 12 s where they knew of the first alone.
 */
test.each([0, 1, 2, 3, 4, 5])('ten nodes that start at once found one set of rings in seconds (world %i)', (offset) => {
  const world = new RingWorld(propertySeed() + offset)
  printOnFailure(world)
  const nodes = startTogether(world, 10)
  if (offset % 2 === 0) introduceAll(nodes)
  world.simulation.runFor(20 * SECOND_MS)
  expect(world.members).toHaveLength(10)
  world.simulation.runFor(20 * SECOND_MS)
  expect(untrue(world)).toEqual([])
})

test('newcomers of which one knows of a ring end in that ring', () => {
  const world = new RingWorld(propertySeed())
  printOnFailure(world)
  const [old] = world.grow(5, 200)
  world.simulation.runFor(MINUTE_MS)
  introduceAll(startTogether(world, 10))
  world.nodes.at(-1)?.act((rings, now) => old && rings.probe(old.contact, false, now))
  world.simulation.runFor(40 * SECOND_MS)
  expect(world.members).toHaveLength(15)
  runUntilOne(world)
})
