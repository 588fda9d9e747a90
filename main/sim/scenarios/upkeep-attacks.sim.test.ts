import { beforeAll, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { decode, encode } from '../../wire/codec.ts'
import {
  copyBody,
  offer,
  RANGE_OUTCOME,
  rangeDigestBody,
  rangeListing,
  SLOT_STANDING,
  slotsCheck,
  slotsProof,
  UPKEEP_KIND,
} from '../../wire/upkeep-packets.ts'
import type { Tombstone } from '../../wire/storage-record.ts'
import { paidState } from '../../storage/payments.ts'
import { HolderWorld, type WorldRecord } from '../holder-world.ts'
import type { SimHolderOptions } from '../sim-holder.ts'

beforeAll(() => sodiumReady)

const RINGS = [0, 1, 2]

type Holder = HolderWorld['holders'][number]

function createWorld(nodeCount: number, recordCount: number): HolderWorld {
  const world = new HolderWorld(propertySeed())
  world.grow(nodeCount, SECOND_MS)
  world.simulation.runFor(2 * MINUTE_MS)
  for (let index = 0; index < recordCount; index += 1) world.deposit({ ttlMs: 14 * DAY_MS })
  world.simulation.runFor(8 * MINUTE_MS)
  return world
}

test('a holder that silently loses a record fails a check, and the copy is made anew', () => {
  const world = createWorld(20, 10)
  const [record] = world.records
  if (!record) throw new Error('a record')
  const before = world.liveCopies(record).length
  expect(before).toBeGreaterThanOrEqual(5)
  const [loser] = world.order(1, record.places[1] ?? 0)
  loser?.vault.drop(record.mailbox, record.slot)
  const held = [before, world.liveCopies(record).length]
  for (let minute = 0; minute < 12; minute += 1) {
    world.simulation.runFor(MINUTE_MS)
    held.push(world.liveCopies(record).length)
  }
  expect(held[1], world.describe()).toBe(before - 1)
  expect(held.at(-1), world.describe()).toBe(before)
  expect(Math.max(...held)).toBeLessThanOrEqual(8)
})

test('a ring that lost a record altogether gets it back from the others', () => {
  const world = createWorld(12, 4)
  const [record] = world.records
  if (!record) throw new Error('a record')
  for (const holder of world.order(2, record.places[2] ?? 0).slice(0, 3)) holder.vault.drop(record.mailbox, record.slot)
  expect(world.copies(record).length).toBeGreaterThan(0)
  // Each of two owners looks at one other ring every 4 hours.
  world.simulation.runFor(8 * HOUR_MS + 30 * MINUTE_MS)
  const firstTwo = world.order(2, record.places[2] ?? 0).slice(0, 2)
  expect(
    firstTwo.map((holder) => world.holds(holder, record)),
    world.describe(),
  ).toEqual([true, true])
})

/** Junk that is paid for in full, by an issuer of the attacker's own, at places of the attacker's in ring 0. */
function makeJunk(world: HolderWorld, attacker: Holder, count: number, ageMs: number): WorldRecord[] {
  const junk: WorldRecord[] = []
  while (junk.length < count) {
    const record = world.create({ ttlMs: 14 * DAY_MS }, ageMs)
    if (world.order(0, record.places[0] ?? 0)[0] === attacker) junk.push(record)
  }
  return junk
}

function copiesAtOthers(world: HolderWorld, attacker: Holder, junk: readonly WorldRecord[]): number {
  return junk.flatMap((record) => world.copies(record).filter((holder) => holder !== attacker)).length
}

test('junk that is offered or lies at the attacker’s own place is not pulled, and honest records keep their copies', () => {
  const world = createWorld(24, 10)
  for (const record of world.records) expect(world.liveCopies(record).length).toBeGreaterThanOrEqual(5)
  const attacker = world.anyMember()
  const young = makeJunk(world, attacker, 60, 0)
  for (const record of young) world.put(attacker, record)
  // It is pushed at the third and fourth of each ring too, where no check between the first two leads.
  for (const record of young) {
    for (const target of RINGS.flatMap((ring) => world.order(ring, record.places[ring] ?? 0).slice(2, 4))) {
      pushOffer(attacker, target, record)
    }
    world.simulation.runFor(SECOND_MS)
  }
  world.simulation.runFor(30 * MINUTE_MS)
  expect(copiesAtOthers(world, attacker, young), world.describe()).toBe(0)
  const refused = world.holders.map(({ counters }) => counters.get('upkeep: offerer refused: nobody else has it'))
  expect(refused.some((count) => count > 0)).toBe(true)
  for (const record of world.records) expect(world.liveCopies(record).length).toBeGreaterThanOrEqual(5)
})

test('what is left with one honest node harms nobody, and old junk is taken as little as young', () => {
  const world = createWorld(24, 10)
  const attacker = world.anyMember()
  const [victim] = world.members.filter((holder) => holder !== attacker)
  if (!victim) throw new Error('another member')
  const left = makeJunk(world, victim, 20, 0)
  for (const record of left) world.put(victim, record)
  world.simulation.runFor(10 * MINUTE_MS)
  expect(copiesAtOthers(world, victim, left), world.describe()).toBe(0)
  const refused = world.holders.map(({ counters }) => counters.get('upkeep: offerer refused: nobody else has it'))
  expect(refused.filter((count) => count > 0)).toEqual([])

  // A mailbox key costs nothing, and neither does a date.
  const old = makeJunk(world, attacker, 60, 3 * HOUR_MS)
  for (const record of old) world.put(attacker, record)
  world.simulation.runFor(15 * MINUTE_MS)
  expect(copiesAtOthers(world, attacker, old), world.describe()).toBe(0)
  for (const record of world.records) expect(world.liveCopies(record).length).toBeGreaterThanOrEqual(5)
})

test('whoever served well for long spreads no junk: not by offers, nor where ranges are compared', () => {
  const world = createWorld(24, 60)
  world.simulation.runFor(70 * MINUTE_MS)
  const attacker = world.anyMember()
  const old = makeJunk(world, attacker, 60, 3 * HOUR_MS)
  for (const record of old) {
    // One to each: whoever is offered a single one draws no check in seven of eight cases, if chance decides.
    const targets = RINGS.flatMap((ring) => world.order(ring, record.places[ring] ?? 0).slice(0, 4))
    world.put(attacker, record)
    for (const target of targets) pushOffer(attacker, target, record)
    world.simulation.runFor(SECOND_MS)
  }
  world.simulation.runFor(15 * MINUTE_MS)
  expect(copiesAtOthers(world, attacker, old), world.describe()).toBe(0)
  for (const record of world.records) expect(world.liveCopies(record).length).toBeGreaterThanOrEqual(5)
})

function pushOffer(attacker: Holder, target: Holder, record: WorldRecord): void {
  if (target === attacker) return
  const state = paidState(record.record.payments)
  if (!state) throw new Error('a header')
  const { signed, notAfter } = state
  for (const ring of RINGS) {
    const body = encode(offer, { ring, signed, kind: 0, counter: 0, notAfter, payments: record.record.payments })
    attacker.act((now) => attacker.exchange.notify(target.contact, UPKEEP_KIND.offer, body, now))
  }
}

/** Answers every check with falsehoods: it lists nothing, denies, and serves a tombstone of another record. */
function liar(replayed: () => Tombstone | undefined): NonNullable<SimHolderOptions['intercept']> {
  return (holder, { kind, requestId, body }, from, now) => {
    const say = (answerKind: number, answer: Uint8Array) =>
      holder.exchange.respond(from, answerKind, requestId, answer, now)
    switch (kind) {
      case UPKEEP_KIND.rangeCheck: {
        const digest = { outcome: RANGE_OUTCOME.digest, count: 1, digest: new Uint8Array(32).fill(1) }
        say(UPKEEP_KIND.rangeDigest, encode(rangeDigestBody, digest))
        return true
      }
      case UPKEEP_KIND.rangeList:
        say(UPKEEP_KIND.rangeListing, encode(rangeListing, { isLast: true, copies: [] }))
        return true
      case UPKEEP_KIND.slotsCheck: {
        const { slots } = decode(slotsCheck, body)
        const denied = slots.map((_, index) => ({
          standing: index % 2 === 0 ? SLOT_STANDING.differs : SLOT_STANDING.notHeld,
          digest: new Uint8Array(16),
        }))
        say(UPKEEP_KIND.slotsProof, encode(slotsProof, { slots: denied }))
        return true
      }
      case UPKEEP_KIND.copyRequest: {
        const tombstone = replayed()
        say(UPKEEP_KIND.copy, encode(copyBody, tombstone ? { kind: 'tombstone', tombstone } : { kind: 'none' }))
        return true
      }
      default:
        return false
    }
  }
}

test('nodes that deny records, claim junk digests and replay tombstones bury nothing', () => {
  const world = new HolderWorld(propertySeed())
  world.grow(20, SECOND_MS)
  const replayed: Tombstone[] = []
  for (let index = 0; index < 4; index += 1) world.add({ intercept: liar(() => replayed[0]) })
  world.simulation.runFor(3 * MINUTE_MS)
  const liars = world.holders.slice(-4)
  for (let index = 0; index < 20; index += 1) world.deposit({ ttlMs: 14 * DAY_MS })
  // An authentic tombstone of a record that was truly collected.
  const [collected, ...others] = world.records
  const signed = collected && paidState(collected.record.payments)?.signed
  if (!collected || !signed) throw new Error('a record')
  const entry = {
    kind: 1 as const,
    slot: collected.slot,
    bodyHash: signed.header.bodyHash,
    collectSecret: new Uint8Array(32),
  }
  replayed.push({ signed, entry })
  for (const holder of world.copies(collected))
    holder.act((now) => holder.storageNode.takeTombstone({ signed, entry }, now))

  world.simulation.runFor(HOUR_MS)
  for (const record of others) {
    const honest = world.holders.filter((holder) => !liars.includes(holder))
    const entries = honest.map(({ vault }) => vault.entry(record.mailbox, record.slot, world.now)?.kind)
    expect(
      entries.filter((kind) => kind !== undefined && kind !== 'record'),
      world.describe(),
    ).toEqual([])
    for (const ring of RINGS) {
      const firstTwo = world.order(ring, record.places[ring] ?? 0).slice(0, 2)
      for (const holder of firstTwo.filter((one) => honest.includes(one)))
        expect(world.holds(holder, record)).toBe(true)
    }
  }
})
