import { beforeAll, expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { HOUR_MS, MINUTE_MS } from '../base/time.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode, encode } from '../wire/codec.ts'
import { HELD_KIND, OFFER_VERDICT, type OfferVerdict, offer, offerAnswer, UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import { collectedEntry } from './record.ts'
import { paidState } from './payments.ts'
import { type Placed, type TestHolder, TestHolders } from './test-holders.ts'

beforeAll(() => sodiumReady)

const RING = 0

/** Thirty nodes; a record at its six holders; the third of ring 0 has none. */
function createWorld() {
  const world = new TestHolders(1, 30)
  const placed = world.deposit()
  const [offerer, , third, , fifth] = world.order(RING, placed.places[RING] ?? 0)
  if (!offerer || !third || !fifth) throw new Error('five nodes')
  return { world, placed, offerer, third, fifth }
}

/** What a node says that does not ask itself whether anybody else has the record. */
function pushTo(world: TestHolders, offerer: TestHolder, receiver: TestHolder, { record }: Placed) {
  const verdicts: (OfferVerdict | undefined)[] = []
  const signed = paidState(record.payments)?.signed
  if (!signed) throw new Error('a header')
  const { notAfter } = signed.header
  const value = { ring: RING, signed, kind: HELD_KIND.record, counter: 0, notAfter, payments: record.payments }
  offerer.parts.asks.ask(receiver.contact, UPKEEP_KIND.offer, encode(offer, value), world.now, (reply) =>
    verdicts.push(reply && decode(offerAnswer, reply.body).verdict),
  )
  world.run(20_000)
  return verdicts[0]
}

function offerTo(world: TestHolders, offerer: TestHolder, receiver: TestHolder, placed: Placed) {
  const verdicts: (OfferVerdict | undefined)[] = []
  const entry = offerer.vault.entry(placed.mailbox, placed.slot, world.now)
  if (!entry) throw new Error('the offerer holds it')
  const { offers } = offerer.createDesks()
  offers.offer(receiver.contact, entry, RING, world.now, (verdict) => verdicts.push(verdict))
  world.run(20_000)
  return verdicts[0]
}

test('a node among the first 4 pulls what is offered to it', () => {
  const { world, placed, offerer, third } = createWorld()
  expect(offerTo(world, offerer, third, placed)).toBe(OFFER_VERDICT.pulls)
  expect(third.holds(placed, world.now)).toBe(true)
  expect(offerTo(world, offerer, third, placed)).toBe(OFFER_VERDICT.held)
})

test('a node further away does not', () => {
  const { world, placed, offerer, fifth } = createWorld()
  expect(offerTo(world, offerer, fifth, placed)).toBe(OFFER_VERDICT.refused)
  expect(fifth.holds(placed, world.now)).toBe(false)
})

test('junk that nobody else holds is not pulled, and who offered it is refused for a day', () => {
  const { world, third } = createWorld()
  const junk = world.record()
  // Old enough to be everywhere by now, if it were anybody else's.
  world.now += 2 * HOUR_MS
  const [offerer, , , receiver] = world.order(RING, junk.places[RING] ?? 0)
  if (!offerer || !receiver) throw new Error('four nodes')
  world.put(offerer, junk)
  expect(pushTo(world, offerer, receiver, junk)).toBe(OFFER_VERDICT.pulls)
  expect(receiver.holds(junk, world.now)).toBe(false)
  expect(receiver.sentKinds).not.toContain(UPKEEP_KIND.copyRequest)
  expect(receiver.counters.get('upkeep: offerer refused: nobody else has it')).toBe(1)
  expect(pushTo(world, offerer, receiver, junk)).toBe(OFFER_VERDICT.refused)
  expect(third.holds(junk, world.now)).toBe(false)
})

test('what nobody else has is not offered: its holder would be taken for the one who made it up', () => {
  const { world } = createWorld()
  const left = world.record()
  const [offerer, , , receiver] = world.order(RING, left.places[RING] ?? 0)
  if (!offerer || !receiver) throw new Error('four nodes')
  world.put(offerer, left)
  expect(offerTo(world, offerer, receiver, left)).toBe(undefined)
  expect(offerer.sentKinds).not.toContain(UPKEEP_KIND.offer)
  expect(offerer.counters.get('upkeep: offers withheld')).toBe(1)
})

test('a record that was not paid for at load 1 is refused before anything is pulled', () => {
  const { world } = createWorld()
  const cheap = world.record()
  const dear = { ...cheap, record: cheap.deposits.record({}, world.now, { version: 201, base: 0, floor: 1 }) }
  const header = paidState(dear.record.payments)?.signed.header
  if (!header) throw new Error('a header')
  const [offerer, , , receiver] = world.order(RING, dear.places[RING] ?? 0)
  if (!offerer || !receiver) throw new Error('four nodes')
  world.put(offerer, dear)
  expect(pushTo(world, offerer, receiver, dear)).toBe(OFFER_VERDICT.refused)
  expect(receiver.parts.counters.get('upkeep: cross-checks')).toBe(0)
})

test('false payments are blamed on the offerer only if it has answered from that address', () => {
  // Goal: a spoofed sender must not get an honest holder refused. Method: the same offer, before and after an answer.
  const { world } = createWorld()
  const cheap = world.record()
  const { payments } = cheap.deposits.record({}, world.now, { version: 201, base: 0, floor: 1 })
  const signed = paidState(payments)?.signed
  const [offerer, , , receiver] = world.order(RING, cheap.places[RING] ?? 0)
  if (!signed || !offerer || !receiver) throw new Error('a header and four nodes')
  const { notAfter } = signed.header
  const value = { ring: RING, signed, kind: HELD_KIND.record, counter: 0, notAfter, payments }
  const { offers } = receiver.createDesks()
  const { offerers } = receiver.parts
  expect(offers.handleOffer(value, offerer.contact, world.now)).toBe(OFFER_VERDICT.refused)
  expect(offerers.isRefused(offerer.contact, world.now)).toBe(false)
  world.introduce(receiver, offerer)
  expect(offers.handleOffer(value, offerer.contact, world.now)).toBe(OFFER_VERDICT.refused)
  expect(offerers.isRefused(offerer.contact, world.now)).toBe(true)
})

test('junk that comes from an address without proof is blamed on its key, not on whoever lives at that address', () => {
  const { world } = createWorld()
  const junk = world.record()
  world.now += 2 * HOUR_MS
  const [honest, , , receiver] = world.order(RING, junk.places[RING] ?? 0)
  const signed = paidState(junk.record.payments)?.signed
  if (!signed || !honest || !receiver) throw new Error('a header and four nodes')
  const liar = { key: createKeyPair(receiver.random).publicKey, address: honest.contact.address }
  const value = {
    ring: RING,
    signed,
    kind: HELD_KIND.record,
    counter: 0,
    notAfter: signed.header.notAfter,
    payments: [],
  }
  expect(receiver.createDesks().offers.handleOffer(value, liar, world.now)).toBe(OFFER_VERDICT.pulls)
  world.run(20_000)
  const { offerers } = receiver.parts
  expect([offerers.isRefused(liar, world.now), offerers.isRefused(honest.contact, world.now)]).toEqual([true, false])
})

test('offers from addresses that never answered share one allowance; who has answered has its own', () => {
  const { world, placed, offerer, third } = createWorld()
  const signed = paidState(placed.record.payments)?.signed
  if (!signed) throw new Error('a header')
  const { notAfter } = signed.header
  const value = { ring: RING, signed, kind: HELD_KIND.record, counter: 0, notAfter, payments: placed.record.payments }
  const { offers } = third.createDesks()
  const strangers = Array.from({ length: 200 }, (_, index) => ({
    key: offerer.contact.key,
    address: new Address(Uint8Array.of(9, index, 0, 1), 33_445),
  }))
  const heard = strangers.filter((from) => offers.handleOffer(value, from, world.now) !== undefined)
  expect(heard).toHaveLength(64)
  world.introduce(third, offerer)
  expect(offers.handleOffer(value, offerer.contact, world.now)).toBe(OFFER_VERDICT.pulls)
  const [stranger] = strangers
  expect(stranger && offers.handleOffer(value, stranger, world.now)).toBe(undefined)
  expect(stranger && offers.handleOffer(value, stranger, world.now + 1_000)).toBe(OFFER_VERDICT.pulls)
})

test('a full repair share refuses', () => {
  const { world, placed, offerer, third } = createWorld()
  third.vault.setLimits({ ...third.vault.limits, allocationBytes: 1_200 }, world.now)
  expect(offerTo(world, offerer, third, placed)).toBe(OFFER_VERDICT.refused)
})

test('whoever holds something newer says so', () => {
  const { world, placed, offerer, third } = createWorld()
  const newer = placed.deposits.record({ slot: placed.slot, revision: 5 }, world.now)
  world.put(third, { record: newer, places: placed.places })
  expect(offerTo(world, offerer, third, placed)).toBe(OFFER_VERDICT.differs)
})

test('a tombstone is taken only in place of a record that is held', () => {
  const { world, placed, offerer, third } = createWorld()
  const second = world.at(RING, placed.places[RING] ?? 0, 1)
  const signed = paidState(placed.record.payments)?.signed
  if (!signed) throw new Error('a header')
  const entry = collectedEntry(placed.slot, signed.header.bodyHash, new Uint8Array(32))
  offerer.node.takeTombstone({ signed, entry }, world.now)
  expect(offerTo(world, offerer, third, placed)).toBe(OFFER_VERDICT.refused)
  expect(offerTo(world, offerer, second, placed)).toBe(OFFER_VERDICT.pulls)
  expect(second.vault.entry(placed.mailbox, placed.slot, world.now)?.kind).toBe('collected')
})

test('for a few minutes who was offered a slot may ask for it', () => {
  const { world, offerer, third } = createWorld()
  const { offers } = offerer.createDesks()
  const tag = new Uint8Array(8).fill(1)
  expect(offers.wasOffered(third.contact, tag, world.now)).toBe(false)
  offers.noteOffered(third.contact, tag, world.now)
  expect(offers.wasOffered(third.contact, tag, world.now + MINUTE_MS)).toBe(true)
  expect(offers.wasOffered(third.contact, tag, world.now + HOUR_MS)).toBe(false)
  expect(offers.wasOffered(offerer.contact, tag, world.now)).toBe(false)
})
