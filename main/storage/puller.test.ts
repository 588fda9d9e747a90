import { beforeAll, expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { propertySeed } from '../base/test-seed.ts'
import { HOUR_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import type { Puller, Wanted } from './puller.ts'
import { slotTagOf } from './slot-tag.ts'
import { type Placed, type TestHolder, TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

function wantedOf({ mailbox, slot, places }: Placed, source: TestHolder): Wanted {
  return { ring: 0, place: places[0] ?? 0, tag: slotTagOf(mailbox, slot), source: source.contact, why: 'gained' }
}

function pull(world: TestHolders, puller: Puller, wanted: Wanted): boolean {
  const outcomes: boolean[] = []
  puller.want(wanted, world.now, (isHeld) => outcomes.push(isHeld))
  world.run(60_000)
  expect(outcomes).toHaveLength(1)
  return outcomes[0] === true
}

function createPair() {
  const world = new TestHolders(propertySeed(), 2)
  const [asker, source] = world.holders
  if (!asker || !source) throw new Error('two nodes')
  return { world, asker, source, puller: asker.createDesks().puller }
}

test.each([256, 956, 4_096, 65_536])('gets a copy with a body of %i bytes', (length) => {
  const { world, asker, source, puller } = createPair()
  const placed = world.record({ body: new Uint8Array(length).fill(3) })
  world.put(source, placed)
  expect(pull(world, puller, wantedOf(placed, source))).toBe(true)
  expect(asker.vault.get(placed.mailbox, placed.slot, world.now)).toEqual({ kind: 'record', record: placed.record })
  expect(asker.vault.entry(placed.mailbox, placed.slot, world.now)?.origin.kind).toBe('repair')
})

test('what the source no longer has is not held, and nobody is blamed', () => {
  const { world, asker, source, puller } = createPair()
  expect(pull(world, puller, wantedOf(world.record(), source))).toBe(false)
  expect(asker.parts.offerers.isRefused(source.contact, world.now)).toBe(false)
})

test('a source that sends what nobody signed is refused from then on', () => {
  const { world, asker, source, puller } = createPair()
  const placed = world.record()
  const { record } = placed
  world.put(source, { ...placed, record: { ...record, body: new Uint8Array(record.body.length) } })
  expect(pull(world, puller, wantedOf(placed, source))).toBe(false)
  expect(asker.parts.offerers.isRefused(source.contact, world.now)).toBe(true)
  const other = world.record()
  world.put(source, other)
  expect(pull(world, puller, wantedOf(other, source))).toBe(false)
})

test('a source that sends another record than the one asked for is refused', () => {
  const { world, asker, source, puller } = createPair()
  const [one, two] = [world.record(), world.record()]
  world.put(source, one)
  world.put(source, two)
  const tagOfTwo = slotTagOf(two.mailbox, two.slot)
  // On its way the question turns into one about the other record.
  world.filter = (packet) => {
    if (packet.kind === UPKEEP_KIND.copyRequest) {
      packet.body.set(tagOfTwo, 7)
      new DataView(packet.body.buffer, packet.body.byteOffset).setUint16(1, Math.floor((two.places[0] ?? 0) / 2 ** 32))
      new DataView(packet.body.buffer, packet.body.byteOffset).setUint32(3, (two.places[0] ?? 0) % 2 ** 32)
    }
    return true
  }
  expect(pull(world, puller, wantedOf(one, source))).toBe(false)
  expect(asker.parts.offerers.isRefused(source.contact, world.now)).toBe(true)
})

test('what there was no room for is not asked for again within the hour', () => {
  const { world, asker, source, puller } = createPair()
  const placed = world.record()
  world.put(source, placed)
  asker.vault.setLimits({ ...asker.vault.limits, allocationBytes: 100 }, world.now)
  expect(pull(world, puller, wantedOf(placed, source))).toBe(false)
  asker.vault.setLimits({ ...asker.vault.limits, allocationBytes: 1_000_000 }, world.now)
  const sent = asker.sentKinds.length
  expect(pull(world, puller, wantedOf(placed, source))).toBe(false)
  expect(asker.sentKinds.length).toBe(sent)
  world.now += HOUR_MS
  expect(pull(world, puller, wantedOf(placed, source))).toBe(true)
})

test('of many wanted at once a few are under way at a time, each is got once, and all come', () => {
  const { world, asker, source, puller } = createPair()
  const records = Array.from({ length: 60 }, () => world.record())
  const outcomes: boolean[] = []
  for (const placed of records) world.put(source, placed)
  for (const placed of [...records, ...records]) {
    puller.want(wantedOf(placed, source), world.now, (isHeld) => outcomes.push(isHeld))
  }
  expect(puller.count).toBe(60)
  world.run(60_000)
  expect(outcomes).toEqual(Array.from({ length: 120 }, () => true))
  expect(asker.sentKinds.filter((kind) => kind === UPKEEP_KIND.copyRequest)).toHaveLength(60)
})

/** Junk of one node; `pullAll` lets another take over what it can get, and says how much it had at most. */
function createJunk(count: number) {
  const world = new TestHolders(propertySeed(), 30)
  const [source, asker] = world.holders
  if (!source || !asker) throw new Error('two nodes')
  /** Only nodes near a place are given what lies there. */
  const isNear = ({ places }: Placed) => world.order(0, places[0] ?? 0).indexOf(asker) < 8
  const near = (make: () => Placed): Placed => {
    for (let placed = make(); ; placed = make()) if (isNear(placed)) return placed
  }
  const junk = Array.from({ length: count }, () => near(() => world.record()))
  for (const placed of junk) world.put(source, placed)
  const { puller } = asker.createDesks()
  const pullAll = (why: Wanted['why'] = 'gained') => {
    let most = 0
    for (const placed of junk) {
      puller.want({ ...wantedOf(placed, source), why }, world.now, () => {})
      world.run(100)
      most = Math.max(most, junk.filter((one) => asker.holds(one, world.now)).length)
    }
    return most
  }
  return { world, junk, source, asker, pullAll, near }
}

test('of a proven bringer’s old copies one in eight is asked for elsewhere; once nobody has one, all of them are', () => {
  const { world, junk, source, asker, pullAll, near } = createJunk(150)
  // Two hours later none of them is too young to be everywhere.
  world.now += 2 * HOUR_MS
  for (let count = 0; count < 8; count += 1) asker.parts.offerers.noteProof(source.contact)
  const most = pullAll()
  expect(most).toBeLessThan(100)
  expect(asker.parts.offerers.isWatched(source.contact, world.now)).toBe(true)
  expect(junk.filter((placed) => asker.holds(placed, world.now))).toEqual([])
  // A depositor who went no further may have left it there: that is no reason to take nothing from this node.
  expect(asker.parts.offerers.isRefused(source.contact, world.now)).toBe(false)
  const good = near(() => world.deposit())
  world.put(source, good)
  asker.vault.drop(good.mailbox, good.slot)
  expect(pull(world, asker.createDesks().puller, wantedOf(good, source))).toBe(true)
})

test('the first of what a node brings is asked for elsewhere, however old it is said to be', () => {
  const { world, source, asker, pullAll, near } = createJunk(20)
  world.now += 2 * HOUR_MS
  // Seven good ones do not yet make it trusted.
  const good = Array.from({ length: 8 }, () => near(() => world.deposit()))
  for (const placed of good) {
    world.put(source, placed)
    asker.vault.drop(placed.mailbox, placed.slot)
  }
  const { puller } = asker.createDesks()
  for (const placed of good.slice(0, 7)) expect(pull(world, puller, wantedOf(placed, source))).toBe(true)
  expect(asker.parts.offerers.isProven(source.contact)).toBe(false)
  expect(pullAll()).toBe(0)
})

test('of a whole range that a proven bringer gives most is taken without asking elsewhere', () => {
  const { world, source, asker, near } = createJunk(0)
  for (let count = 0; count < 8; count += 1) asker.parts.offerers.noteProof(source.contact)
  const good = Array.from({ length: 80 }, () => near(() => world.deposit()))
  for (const placed of good) {
    world.put(source, placed)
    asker.vault.drop(placed.mailbox, placed.slot)
  }
  world.now += 2 * HOUR_MS
  const { puller } = asker.createDesks()
  for (const placed of good) expect(pull(world, puller, wantedOf(placed, source))).toBe(true)
  // Two other rings for one in eight: 20, and never half of the 160 that asking for all would be.
  expect(asker.counters.get('upkeep: cross-checks')).toBeLessThan(80)
})

test('a single old copy of a proven bringer is asked for elsewhere, where a whole range of them is not', () => {
  const { world, source, asker, pullAll } = createJunk(20)
  world.now += 2 * HOUR_MS
  for (let count = 0; count < 8; count += 1) asker.parts.offerers.noteProof(source.contact)
  expect(pullAll('compared')).toBe(0)
})

test('where nobody elsewhere can be asked, old copies are taken and young ones are not', () => {
  const { world, junk, source, asker, pullAll, near } = createJunk(5)
  world.filter = ({ kind }) => kind !== UPKEEP_KIND.slotsCheck
  expect(pullAll()).toBe(0)
  world.run(HOUR_MS)
  expect(junk.filter((placed) => asker.holds(placed, world.now))).toEqual([])
  world.now += 2 * HOUR_MS
  const old = near(() => world.record())
  world.put(source, old)
  world.now += 2 * HOUR_MS
  expect(pull(world, asker.createDesks().puller, { ...wantedOf(old, source), why: 'compared' })).toBe(true)
})

test('every young copy is asked for elsewhere: junk is not taken even once', () => {
  const { junk, asker, pullAll } = createJunk(40)
  expect(pullAll()).toBe(0)
  expect(asker.counters.get('upkeep: junk declined')).toBe(junk.length)
})

test('what nobody else has is not asked for again within the hour', () => {
  const { asker, pullAll } = createJunk(3)
  pullAll()
  const sent = asker.sentKinds.length
  pullAll()
  expect(asker.sentKinds.length).toBe(sent)
})

test('notices of leaving in any number leave room for others, and are over when their senders are gone', () => {
  const { world, asker, source, puller } = createPair()
  const placed = world.record()
  world.put(source, placed)
  const silent = world.record()
  const gone = { ...source.contact, address: new Address(Uint8Array.of(203, 0, 113, 1), 1) }
  const notice = { ...wantedOf(silent, source), source: gone, why: 'leaving' as const, until: world.now + 10_000 }
  for (let number = 0; number < 5_000; number += 1) {
    const tag = Uint8Array.of(1, 2, 3, 4, 5, 6, number >> 8, number & 255)
    puller.want({ ...notice, tag }, world.now, () => {})
  }
  expect(puller.count).toBe(2_048)
  expect(pull(world, puller, wantedOf(placed, source))).toBe(true)
  expect(asker.holds(placed, world.now)).toBe(true)
  expect(puller.count).toBe(0)
})
