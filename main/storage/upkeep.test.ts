import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { fuzzCaseCount, propertySeed } from '../base/test-seed.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { encode } from '../wire/codec.ts'
import { evictionNotice, UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import { slotTagOf } from './slot-tag.ts'
import { TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

test('a holder that silently loses a record has it again after a check', () => {
  const world = new TestHolders(propertySeed(), 20)
  const placed = world.deposit()
  world.start()
  world.run(6 * MINUTE_MS)
  const loser = world.at(1, placed.places[1] ?? 0, 0)
  const before = world.copies(placed).length
  loser.vault.drop(placed.mailbox, placed.slot)
  expect(world.copies(placed)).toHaveLength(before - 1)
  world.run(8 * MINUTE_MS)
  expect(world.copies(placed)).toHaveLength(before)
  expect(loser.holds(placed, world.now)).toBe(true)
})

test('a quiet network makes no copies and drops none', () => {
  const world = new TestHolders(propertySeed(), 20)
  const records = Array.from({ length: 10 }, () => world.deposit())
  world.start()
  world.run(20 * MINUTE_MS)
  const copies = records.map((placed) => world.copies(placed).map(({ contact }) => contact.key.hex))
  world.run(HOUR_MS)
  expect(records.map((placed) => world.copies(placed).map(({ contact }) => contact.key.hex))).toEqual(copies)
  for (const held of copies) {
    expect(held.length).toBeGreaterThanOrEqual(5)
    expect(held.length).toBeLessThanOrEqual(8)
  }
})

/** A network that a node joins to which some of the records belong: few lie on a short piece of the rings. */
function createJoined() {
  for (let seed = propertySeed(); ; seed += 1) {
    const world = new TestHolders(seed, 20)
    const records = Array.from({ length: 40 }, () => world.deposit())
    world.start()
    world.run(6 * MINUTE_MS)
    const newcomer = world.add()
    const isFirst = (place: number, ring: number): boolean => world.order(ring, place).slice(0, 2).includes(newcomer)
    if (records.filter(({ places }) => places.some(isFirst)).length > 2) return { world, records, newcomer }
  }
}

test('a copy that a newcomer makes needless goes within seconds after the newcomer has its own', () => {
  const { world, records, newcomer } = createJoined()
  world.announce()
  newcomer.upkeep.handleRingsEvent({ kind: 'roleChanged', isStorage: true, why: 'joined' }, world.now)
  world.run(4 * SECOND_MS)
  const taken = records.filter((placed) => newcomer.holds(placed, world.now))
  expect(taken.length).toBeGreaterThan(0)
  for (const placed of taken) expect(world.copies(placed).length).toBeLessThanOrEqual(6)
})

test.each([1, 2, 3, 5])('with %i nodes every record is at all of them, and comes back to one that lost it', (count) => {
  const world = new TestHolders(propertySeed() + count, count)
  const placed = world.deposit()
  expect(world.copies(placed)).toHaveLength(count)
  world.start()
  world.run(6 * MINUTE_MS)
  expect(world.copies(placed)).toHaveLength(count)
  if (count > 1) world.at(0, placed.places[0] ?? 0, 0).vault.drop(placed.mailbox, placed.slot)
  world.run(20 * MINUTE_MS)
  expect(world.copies(placed)).toHaveLength(count)
})

test('a tombstone reaches all other holders within a minute', () => {
  const world = new TestHolders(propertySeed(), 20)
  const placed = world.deposit()
  world.start()
  world.run(10 * MINUTE_MS)
  const [holder] = world.copies(placed)
  const signed = placed.record.payments[0]
  if (!holder || !signed || !('signed' in signed)) throw new Error('a holder and a header')
  const { header } = signed.signed
  const entry = { kind: 1 as const, slot: placed.slot, bodyHash: header.bodyHash, collectSecret: new Uint8Array(32) }
  expect(holder.node.takeTombstone({ signed: signed.signed, entry }, world.now).kind).toBe('stored')
  world.run(11 * MINUTE_MS)
  const mates = [0, 1, 2].flatMap((ring) => {
    const firstTwo = world.order(ring, placed.places[ring] ?? 0).slice(0, 2)
    return firstTwo.includes(holder) ? firstTwo : []
  })
  for (const mate of mates) expect(mate.vault.entry(placed.mailbox, placed.slot, world.now)?.kind).toBe('collected')
})

test('an eviction is told to the other holders, who look after the copy; it is not fetched again by who evicted it', () => {
  const world = new TestHolders(propertySeed(), 20)
  const placed = world.deposit()
  world.start()
  world.run(6 * MINUTE_MS)
  const evicting = world.at(0, placed.places[0] ?? 0, 0)
  evicting.vault.setLimits({ ...evicting.vault.limits, allocationBytes: 1 }, world.now)
  world.run(SECOND_MS)
  expect(evicting.holds(placed, world.now)).toBe(false)
  evicting.vault.setLimits({ ...evicting.vault.limits, allocationBytes: 1_000_000 }, world.now)
  const left = world.copies(placed).length
  world.run(15 * MINUTE_MS)
  expect(evicting.holds(placed, world.now)).toBe(false)
  expect(world.copies(placed).length).toBeGreaterThanOrEqual(left)
  // Ring 0 has two copies again: at its second and its third.
  const live = world.order(0, placed.places[0] ?? 0).slice(0, 4)
  expect(live.filter((holder) => holder.holds(placed, world.now)).length).toBeGreaterThanOrEqual(2)
})

test('of one source only so many eviction notices are heeded, then one now and then', () => {
  const world = new TestHolders(propertySeed(), 6)
  const [holder, teller] = world.holders
  if (!holder || !teller) throw new Error('two nodes')
  const placed = world.record()
  world.put(holder, placed)
  const tell = (tag: Uint8Array, now: number) => {
    const body = encode(evictionNotice, { ring: 0, slots: [{ place: placed.places[0] ?? 0, tag }] })
    holder.upkeep.handleRequest(UPKEEP_KIND.evictionNotice, teller.contact, new Uint8Array(8), body, now)
  }
  const tag = slotTagOf(placed.mailbox, placed.slot)
  for (let turn = 0; turn < 64; turn += 1) tell(new Uint8Array(8), world.now)
  tell(tag, world.now)
  expect(holder.upkeep.state.missing).toBe(0)
  tell(tag, world.now + SECOND_MS)
  expect(holder.upkeep.state.missing).toBe(1)
})

test('after a suspend nothing is served until every range was compared', () => {
  const world = new TestHolders(propertySeed(), 12)
  const placed = world.deposit()
  world.start()
  world.run(6 * MINUTE_MS)
  const [sleeper] = world.copies(placed)
  if (!sleeper) throw new Error('a holder')
  sleeper.rings.isStorage = false
  sleeper.upkeep.handleRingsEvent({ kind: 'roleChanged', isStorage: false, why: 'suspended' }, world.now)
  expect(sleeper.node.isServing).toBe(false)
  sleeper.rings.isStorage = true
  let isOpen = false
  world.filter = (_, __, to) => isOpen || to !== sleeper
  sleeper.upkeep.handleRingsEvent({ kind: 'roleChanged', isStorage: true, why: 'joined' }, world.now)
  world.run(5 * SECOND_MS)
  expect(sleeper.node.isServing).toBe(false)
  isOpen = true
  world.run(15 * SECOND_MS)
  expect(sleeper.node.isServing).toBe(true)
})

test('whatever bytes come, nothing is thrown but a DecodeError', () => {
  const world = new TestHolders(propertySeed(), 5)
  world.deposit()
  world.start()
  const [holder, other] = world.holders
  if (!holder || !other) throw new Error('two nodes')
  fc.assert(
    fc.property(fc.integer({ min: 0x58, max: 0x6f }), fc.uint8Array({ maxLength: 300 }), (kind, body) => {
      try {
        holder.upkeep.handleRequest(kind, other.contact, new Uint8Array(8), body, world.now)
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
      }
    }),
    { seed: propertySeed(), numRuns: fuzzCaseCount() },
  )
  world.run(MINUTE_MS)
})

test('kinds that are not upkeep’s are left to others', () => {
  const world = new TestHolders(1, 2)
  const [holder, other] = world.holders
  if (!holder || !other) throw new Error('two nodes')
  expect(holder.upkeep.handleRequest(0x40, other.contact, new Uint8Array(8), new Uint8Array(0), world.now)).toBe(false)
  expect(holder.upkeep.state).toEqual({ checkIntervalMs: 5 * MINUTE_MS, pulling: 0, missing: 0 })
})
