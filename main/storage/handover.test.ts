import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { isInRange } from '../ring/circle.ts'
import { Handover } from './handover.ts'
import { HolderSurvey } from './holder-survey.ts'
import { RangeSync } from './range-sync.ts'
import { RepairDesk } from './repair.ts'
import { type TestHolder, TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

const RINGS = [0, 1, 2]

function createHandover(holder: TestHolder): Handover {
  const { puller, offers } = holder.createDesks()
  const repair = new RepairDesk(holder.parts, offers, puller, new HolderSurvey(holder.parts))
  return new Handover(holder.parts, new RangeSync(holder.parts, puller), repair)
}

function run(world: TestHolders, handover: Handover, durationMs: number): void {
  const end = world.now + durationMs
  while (world.now < end) {
    world.run(100)
    handover.handleTimeout(world.now)
    world.settle()
  }
}

function createWorld() {
  const world = new TestHolders(propertySeed(), 12)
  const records = Array.from({ length: 40 }, () => world.deposit())
  const newcomer = world.add()
  return { world, records, newcomer, handover: createHandover(newcomer) }
}

test('a newcomer pulls all of which it is one of the first two, and only then says that it owns its range', () => {
  const { world, records, newcomer, handover } = createWorld()
  handover.restart(world.now)
  expect(handover.isComplete).toBe(false)
  run(world, handover, SECOND_MS)
  expect(handover.isComplete).toBe(true)
  for (const placed of records) {
    const isFirst = RINGS.some((ring) =>
      world
        .order(ring, placed.places[ring] ?? 0)
        .slice(0, 2)
        .includes(newcomer),
    )
    expect(newcomer.holds(placed, world.now)).toBe(isFirst)
  }
  for (const ring of RINGS) {
    expect(newcomer.rings.pulled).toContainEqual({ ring, range: newcomer.rings.ownerRange(ring) })
  }
})

test('while its successor is silent it tries again, asks the next one, and does not own its range', () => {
  const { world, records, newcomer, handover } = createWorld()
  let isOpen = false
  world.filter = () => isOpen
  handover.restart(world.now)
  run(world, handover, 12 * SECOND_MS)
  expect(newcomer.rings.pulled).toEqual([])
  isOpen = true
  run(world, handover, 12 * SECOND_MS)
  const owned = records.filter(({ places }) => {
    const own = newcomer.rings.ownerRange(0)
    return own && isInRange(own, places[0] ?? 0)
  })
  expect(owned.every((placed) => newcomer.holds(placed, world.now))).toBe(true)
  expect(newcomer.rings.pulled.length).toBeGreaterThanOrEqual(RINGS.length)
})

test('when the node before it fails it pulls what became its own', () => {
  const { world, newcomer, handover } = createWorld()
  handover.restart(world.now)
  run(world, handover, SECOND_MS)
  for (const ring of RINGS) {
    const before = world.holders.find(({ contact }) => newcomer.rings.predecessors(ring)[1]?.key.equals(contact.key))
    if (before) before.isRunning = false
    for (const other of RINGS) handover.noteChange(other, world.now)
    run(world, handover, 2 * SECOND_MS)
  }
  const placed = world.deposit()
  world.deposit()
  for (const ring of RINGS) handover.noteChange(ring, world.now)
  run(world, handover, SECOND_MS)
  expect(handover.isComplete).toBe(true)
  expect(world.copies(placed).length).toBeGreaterThan(0)
  for (const ring of RINGS) {
    expect(newcomer.rings.pulled.at(-1)).toBeDefined()
    expect(newcomer.rings.pulled).toContainEqual({ ring, range: newcomer.rings.ownerRange(ring) })
  }
})

test('alone in the network it owns everything at once', () => {
  const world = new TestHolders(1, 1)
  const [alone] = world.holders
  if (!alone) throw new Error('a node')
  const handover = createHandover(alone)
  handover.restart(world.now)
  run(world, handover, SECOND_MS)
  expect(handover.isComplete).toBe(true)
  expect(alone.rings.pulled.map(({ ring }) => ring)).toEqual(RINGS)
})

test('after it stopped being a member nothing is pulled', () => {
  const { world, newcomer, handover } = createWorld()
  handover.restart(world.now)
  handover.stop()
  run(world, handover, SECOND_MS)
  expect(newcomer.sentKinds).toEqual([])
  expect(handover.nextTimeout()).toBeUndefined()
})
