import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { HOUR_MS, MINUTE_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode } from '../wire/codec.ts'
import type { Tombstone } from '../wire/storage-record.ts'
import { slotsCheck, UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import { CROSS_INTERVAL_MS, CrossRings } from './cross-rings.ts'
import { HolderSurvey } from './holder-survey.ts'
import { paidState } from './payments.ts'
import { cancelledEntry } from './record.ts'
import { type Placed, type TestHolder, TestHolders } from './test-holders.ts'
import type { VaultEntry } from './vault.ts'

beforeAll(() => sodiumReady)

function createWorld(seed = propertySeed()) {
  const world = new TestHolders(seed, 40)
  const placed = world.deposit()
  const owner = world.at(0, placed.places[0] ?? 0, 0)
  const entry = owner.vault.entry(placed.mailbox, placed.slot, world.now)
  if (!entry) throw new Error('the owner has the record')
  const crossRings = new CrossRings(owner.parts, new HolderSurvey(owner.parts), owner.createDesks().offers)
  return { world, placed, owner, entry, crossRings }
}

/** Visits every ten seconds for a while. */
function visit(world: TestHolders, crossRings: CrossRings, entry: VaultEntry, durationMs: number): void {
  const end = world.now + durationMs
  while (world.now < end) {
    crossRings.visit(0, [entry], world.now)
    world.run(10_000)
  }
}

function holdersIn(world: TestHolders, placed: Placed, ring: number): TestHolder[] {
  return world
    .order(ring, placed.places[ring] ?? 0)
    .slice(0, 4)
    .filter((holder) => holder.holds(placed, world.now))
}

test('one other ring is looked at every four hours, after the first time without a lookup', () => {
  const { world, owner, entry, crossRings } = createWorld()
  visit(world, crossRings, entry, 5 * CROSS_INTERVAL_MS)
  const checks = owner.sentKinds.filter((kind) => kind === UPKEEP_KIND.slotsCheck).length
  expect(checks).toBeGreaterThanOrEqual(3)
  // Looking a ring up asks its first 4 once; from then on one node, once every four hours.
  expect(checks).toBeLessThanOrEqual(2 * 4 + 4)
  expect(owner.counters.get('upkeep: rings that lost a record')).toBe(0)
})

test('both other rings are looked at within eight hours, again and again, and never our own', () => {
  const { world, owner, entry, crossRings } = createWorld()
  const rings: number[] = []
  world.filter = ({ kind, body }, from) => {
    if (kind === UPKEEP_KIND.slotsCheck && from === owner) rings.push(decode(slotsCheck, body).ring)
    return true
  }
  for (let round = 0; round < 3; round += 1) {
    rings.length = 0
    visit(world, crossRings, entry, 2 * CROSS_INTERVAL_MS + MINUTE_MS)
    expect(new Set(rings)).toEqual(new Set([1, 2]))
  }
})

/** A record whose holders of ring 1 hold it for that ring alone. */
function createApart() {
  for (let seed = propertySeed(); ; seed += 1) {
    const made = createWorld(seed)
    const firstsOf = (ring: number) => made.world.order(ring, made.placed.places[ring] ?? 0).slice(0, 4)
    if (!firstsOf(1).some((holder) => [...firstsOf(0), ...firstsOf(2)].includes(holder))) return made
  }
}

test('a ring that lost the record gets it again, after a second look', () => {
  const { world, placed, entry, crossRings, owner } = createApart()
  for (const holder of holdersIn(world, placed, 1)) holder.vault.drop(placed.mailbox, placed.slot)
  crossRings.hurry([entry], 0, world.now)
  visit(world, crossRings, entry, 30_000)
  expect(holdersIn(world, placed, 1)).toEqual([])
  visit(world, crossRings, entry, 2 * CROSS_INTERVAL_MS + 5 * MINUTE_MS)
  expect(holdersIn(world, placed, 1).length).toBeGreaterThanOrEqual(2)
  expect(owner.counters.get('upkeep: rings that lost a record')).toBeGreaterThan(0)
})

/** A record of which a third or fourth node of ring 1 is among the first two of ring 0: its copy is ring 0's. */
function createShared() {
  for (let seed = propertySeed(); ; seed += 1) {
    const world = new TestHolders(seed, 24)
    const placed = world.deposit()
    const ofRing2 = world.order(2, placed.places[2] ?? 0).slice(0, 4)
    const order = world.order(1, placed.places[1] ?? 0)
    const ofRing0 = world.order(0, placed.places[0] ?? 0).slice(0, 2)
    const [owner] = ofRing0
    const isShared = order.slice(2, 4).some((holder) => holder !== owner && ofRing0.includes(holder))
    const isCrossing = order.slice(0, 4).some((holder) => ofRing2.includes(holder))
    if (!owner || !isShared || isCrossing || order.slice(0, 2).some((holder) => ofRing0.includes(holder))) continue
    return { world, placed, owner, lost: order.slice(0, 4).filter((holder) => !ofRing0.includes(holder)) }
  }
}

test('a copy that counts for another ring is none of the ring that is looked at', () => {
  const { world, placed, owner, lost } = createShared()
  for (const holder of lost) holder.vault.drop(placed.mailbox, placed.slot)
  const entry = owner.vault.entry(placed.mailbox, placed.slot, world.now)
  if (!entry) throw new Error('the owner has the record')
  const crossRings = new CrossRings(owner.parts, new HolderSurvey(owner.parts), owner.createDesks().offers)
  visit(world, crossRings, entry, 2 * CROSS_INTERVAL_MS + 5 * MINUTE_MS)
  expect(lost.filter((holder) => holder.holds(placed, world.now)).length).toBeGreaterThanOrEqual(2)
})

test('when its own ring lost a copy the others are looked at within half a minute', () => {
  const { world, owner, entry, crossRings } = createWorld()
  visit(world, crossRings, entry, 10_000)
  const before = owner.sentKinds.length
  crossRings.hurry([entry], 0, world.now)
  visit(world, crossRings, entry, 40_000)
  expect(owner.sentKinds.slice(before)).toContain(UPKEEP_KIND.slotsCheck)
})

test('a holder that fell silent is looked up anew, and its ring is not thought to have lost anything', () => {
  const { world, placed, owner, entry, crossRings } = createWorld()
  visit(world, crossRings, entry, 3 * CROSS_INTERVAL_MS)
  const silent = holdersIn(world, placed, 1)[0]
  if (silent && silent !== owner) silent.isRunning = false
  visit(world, crossRings, entry, 3 * CROSS_INTERVAL_MS + HOUR_MS)
  expect(owner.counters.get('upkeep: offers made')).toBe(0)
})

/** What its sender shows everywhere but at those who were silent when it was deleted. */
function tombstoneOf({ record, deposits, slot }: Placed): Tombstone {
  const signed = paidState(record.payments)?.signed
  if (!signed) throw new Error('a header')
  return { signed, entry: cancelledEntry(deposits.mailbox, slot, signed.header.bodyHash) }
}

/** A world in which the owner of ring 0 has nothing to do with the record's place in other rings. */
function createApartWorld() {
  for (let seed = propertySeed(); ; seed += 1_000) {
    const made = createWorld(seed)
    const { world, placed, owner } = made
    const firstElsewhere = [1, 2].flatMap((ring) => world.order(ring, placed.places[ring] ?? 0).slice(0, 4))
    if (!firstElsewhere.includes(owner)) return made
  }
}

test('a ring whose nodes were all silent during a deletion learns of it from the next', () => {
  const { world, placed, owner, entry, crossRings } = createApartWorld()
  const silent = world.order(0, placed.places[0] ?? 0).slice(0, 2)
  for (const holder of world.copies(placed)) {
    if (!silent.includes(holder)) holder.node.takeTombstone(tombstoneOf(placed), world.now)
  }
  expect(owner.holds(placed, world.now)).toBe(true)
  visit(world, crossRings, entry, CROSS_INTERVAL_MS + MINUTE_MS)
  expect(owner.vault.entry(placed.mailbox, placed.slot, world.now)?.kind).toBe('cancelled')
  expect(owner.counters.get('upkeep: rings that lost a record')).toBe(0)
})

test('a ring whose nodes were all silent during an update gets the newer revision', () => {
  const { world, placed, owner, crossRings } = createApartWorld()
  const record = placed.deposits.record({ revision: 1 }, world.now)
  const silent = world.order(1, placed.places[1] ?? 0).slice(0, 4)
  for (const holder of world.copies(placed)) if (!silent.includes(holder)) world.put(holder, { ...placed, record })
  const entry = owner.vault.entry(placed.mailbox, placed.slot, world.now)
  if (!entry) throw new Error('the owner has the update')
  // Two hours later it is old enough to be everywhere.
  world.now += 2 * HOUR_MS
  visit(world, crossRings, entry, 2 * CROSS_INTERVAL_MS + MINUTE_MS)
  const revisions = silent.map((holder) => holder.vault.entry(placed.mailbox, placed.slot, world.now)?.revision)
  expect(revisions.filter((revision) => revision === 0)).toEqual([])
  expect(revisions).toContain(1)
})

test('one node that says it has another state does not keep a ring that lost the record from getting it again', () => {
  const { world, placed, owner, crossRings } = createApart()
  const record = placed.deposits.record({ revision: 1 }, world.now)
  const [liar, ...others] = world.order(1, placed.places[1] ?? 0).slice(0, 4)
  for (const holder of world.copies(placed)) if (holder !== liar) world.put(holder, { ...placed, record })
  for (const holder of others) holder.vault.drop(placed.mailbox, placed.slot)
  // It has nothing newer, and takes nothing newer.
  world.filter = ({ kind }, from) => from !== liar || kind !== UPKEEP_KIND.copyRequest
  const entry = owner.vault.entry(placed.mailbox, placed.slot, world.now)
  if (!entry) throw new Error('the owner has the update')
  world.now += 2 * HOUR_MS
  visit(world, crossRings, entry, 2 * CROSS_INTERVAL_MS + 5 * MINUTE_MS)
  const revisions = others.map((holder) => holder.vault.entry(placed.mailbox, placed.slot, world.now)?.revision)
  expect(revisions.filter((revision) => revision === 1).length).toBeGreaterThanOrEqual(2)
})
