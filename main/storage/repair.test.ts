import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { MINUTE_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { HolderSurvey } from './holder-survey.ts'
import { RepairDesk } from './repair.ts'
import { type Placed, type TestHolder, TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

const RING = 0

function createDesk(holder: TestHolder): RepairDesk {
  const { puller, offers } = holder.createDesks()
  return new RepairDesk(holder.parts, offers, puller, new HolderSurvey(holder.parts))
}

function entryAt(world: TestHolders, holder: TestHolder, { mailbox, slot }: Placed) {
  const entry = holder.vault.entry(mailbox, slot, world.now)
  if (!entry) throw new Error('the holder has the record')
  return entry
}

/** Runs one desk of one node, whose upkeep sleeps. */
function run(world: TestHolders, desk: RepairDesk, durationMs: number): void {
  const end = world.now + durationMs
  while (world.now < end) {
    world.run(Math.min(1_000, end - world.now))
    desk.handleTimeout(world.now)
    world.settle()
  }
}

/** A record at its places, of which the second of ring 0 lost its copy; third and fourth are far off in other rings. */
function createWorld() {
  for (let seed = propertySeed(); ; seed += 1) {
    const world = new TestHolders(seed, 30)
    const placed = world.deposit()
    const [first, second, third, fourth] = world.order(RING, placed.places[RING] ?? 0)
    if (!first || !second || !third || !fourth) throw new Error('four nodes')
    const areApart = [third, fourth].every(({ rings }) =>
      [1, 2].every((ring) => (rings.rank(ring, placed.places[ring] ?? 0) ?? 8) >= 4),
    )
    if (!areApart) continue
    second.vault.drop(placed.mailbox, placed.slot)
    return { world, placed, first, second, third }
  }
}

test('a missing copy is offered again to the first without it, after a second look a minute later', () => {
  const { world, placed, first, second, third } = createWorld()
  const desk = createDesk(first)
  desk.suspect(entryAt(world, first, placed), RING, world.now)
  expect(desk.isMissing(entryAt(world, first, placed))).toBe(true)
  run(world, desk, MINUTE_MS - 2_000)
  expect(second.holds(placed, world.now)).toBe(false)
  run(world, desk, MINUTE_MS)
  expect(second.holds(placed, world.now)).toBe(true)
  expect(third.holds(placed, world.now)).toBe(false)
  run(world, desk, 2 * MINUTE_MS)
  expect(desk.suspectCount).toBe(0)
})

test('no miss counts within a minute of a change among the nodes', () => {
  const { world, placed, first, second } = createWorld()
  const desk = createDesk(first)
  desk.suspect(entryAt(world, first, placed), RING, world.now)
  const other = createDesk(first)
  other.noteChange(RING, world.now + 30_000)
  other.suspect(entryAt(world, first, placed), RING, world.now + 30_000)
  expect((other.nextTimeout()?.at ?? 0) - world.now).toBeGreaterThanOrEqual(90_000)
  expect((desk.nextTimeout()?.at ?? 0) - world.now).toBe(MINUTE_MS)
  expect(second.holds(placed, world.now)).toBe(false)
})

test('what has come back by itself is not offered', () => {
  const { world, placed, first, second, third } = createWorld()
  const desk = createDesk(first)
  desk.suspect(entryAt(world, first, placed), RING, world.now)
  world.put(second, placed)
  run(world, desk, 5 * MINUTE_MS)
  expect(first.counters.get('upkeep: offers made')).toBe(0)
  expect(third.holds(placed, world.now)).toBe(false)
  expect(desk.suspectCount).toBe(0)
})

test('a node without room makes the next one clockwise the holder', () => {
  const { world, placed, first, second, third } = createWorld()
  second.vault.setLimits({ ...second.vault.limits, allocationBytes: 100 }, world.now)
  const desk = createDesk(first)
  desk.suspect(entryAt(world, first, placed), RING, world.now)
  run(world, desk, 3 * MINUTE_MS)
  expect(second.holds(placed, world.now)).toBe(false)
  expect(third.holds(placed, world.now)).toBe(true)
})

test('a spare copy goes once two before it proved theirs, and not before', () => {
  const { world, placed, second, third } = createWorld()
  world.put(third, placed)
  const desk = createDesk(third)
  const examine = () => {
    const others = third.parts.view.others(RING, placed.places[RING] ?? 0)
    desk.examine(RING, [entryAt(world, third, placed)], others, world.now)
    world.settle()
  }
  examine()
  expect(third.holds(placed, world.now)).toBe(true)
  world.put(second, placed)
  examine()
  expect(third.holds(placed, world.now)).toBe(false)
})

test('of two spare copies only the one behind goes', () => {
  const { world, placed, first, third } = createWorld()
  const fourth = world.at(RING, placed.places[RING] ?? 0, 3)
  for (const holder of [third, fourth]) world.put(holder, placed)
  for (const holder of [third, fourth]) {
    const others = holder.parts.view.others(RING, placed.places[RING] ?? 0)
    createDesk(holder).examine(RING, [entryAt(world, holder, placed)], others, world.now)
    world.settle()
  }
  expect([first, third, fourth].map((holder) => holder.holds(placed, world.now))).toEqual([true, true, false])
})

/** A record of which one of the first two of ring 1 counts for ring 0, and the third of ring 1 is one of ring 2's. */
function createCrossing() {
  for (let seed = propertySeed(); ; seed += 1) {
    const world = new TestHolders(seed, 14)
    const placed = world.deposit()
    const firstOf = (ring: number) => world.order(ring, placed.places[ring] ?? 0).slice(0, 2)
    const third = world.at(1, placed.places[1] ?? 0, 2)
    const isThere = firstOf(1).filter((holder) => firstOf(0).includes(holder)).length === 1
    if (isThere && !firstOf(0).includes(third) && firstOf(2).includes(third)) return { world, placed, third }
  }
}

test('a copy that stands in for one of the first of a ring is not counted again in the next', () => {
  const { world, placed, third } = createCrossing()
  const entry = entryAt(world, third, placed)
  expect(third.parts.view.isSharedIn(entry, 2)).toBe(false)
  const others = third.parts.view.others(1, placed.places[1] ?? 0)
  createDesk(third).examine(1, [entry], others, world.now)
  world.settle()
  expect(third.parts.view.isSharedIn(entry, 2)).toBe(true)
})

test('a record that lies far from its place is brought home, then dropped', () => {
  const world = new TestHolders(propertySeed(), 30)
  const placed = world.record()
  const far = world.order(RING, placed.places[RING] ?? 0).at(-1)
  if (!far) throw new Error('a node')
  world.put(far, placed)
  const isElsewhere = (holder: TestHolder) =>
    !world
      .order(RING, placed.places[RING] ?? 0)
      .slice(0, 2)
      .includes(holder)
  for (const holder of world
    .order(1, placed.places[1] ?? 0)
    .slice(0, 4)
    .filter(isElsewhere))
    world.put(holder, placed)
  const desk = createDesk(far)
  desk.bringHome(entryAt(world, far, placed), world.now)
  world.settle()
  expect(far.counters.get('upkeep: offers made')).toBe(2)
  for (const rank of [0, 1]) world.put(world.at(RING, placed.places[RING] ?? 0, rank), placed)
  const firstTwo = [0, 1].map((rank) => world.at(RING, placed.places[RING] ?? 0, rank))
  const areShared = firstTwo.some(({ parts }) => parts.view.isSharedIn({ ...placed, copiesPerRing: 2 }, RING))
  desk.bringHome(entryAt(world, far, placed), world.now)
  world.settle()
  expect(far.holds(placed, world.now)).toBe(areShared)
})
