import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { advance, PLACE_COUNT } from '../ring/circle.ts'
import { decode, encode } from '../wire/codec.ts'
import { STORAGE_KIND } from '../wire/storage-packets.ts'
import {
  copyBody,
  copyRequest,
  HELD_KIND,
  rangeCheck,
  rangeDigestBody,
  rangeList,
  rangeListing,
  SLOT_STANDING,
  slotsCheck,
  slotsProof,
  UPKEEP_KIND,
} from '../wire/upkeep-packets.ts'
import { askedSlotOf } from './check.ts'
import { slotTagOf } from './slot-tag.ts'
import { TestHolders } from './test-holders.ts'
import { UpkeepAnswers } from './upkeep-answers.ts'

beforeAll(() => sodiumReady)

/** A holder with one record among 30 nodes; the second of the place, and one far from it. */
function createWorld() {
  const world = new TestHolders(propertySeed(), 30)
  const placed = world.record()
  const order = world.order(0, placed.places[0] ?? 0)
  const [holder, near] = order
  const far = order.at(-1)
  if (!holder || !near || !far) throw new Error('nodes')
  const entry = world.put(holder, placed)
  const { offers, leaving } = holder.createDesks()
  const answers = new UpkeepAnswers(holder.parts, offers, leaving, { noteCompared: () => {} })
  const place = placed.places[0] ?? 0
  const tag = slotTagOf(placed.mailbox, placed.slot)
  return { world, placed, holder, near, far, entry, offers, answers, place, tag }
}

test('a copy goes to who stands at its place or was offered it, and to nobody else', () => {
  const { world, holder, near, far, offers, answers, place, tag } = createWorld()
  const request = encode(copyRequest, { ring: 0, place, tag, padding: new Uint8Array(32) })
  const kindFor = (asker: typeof near) => {
    const answer = answers.answer(UPKEEP_KIND.copyRequest, asker.contact, request, world.now)
    return answer?.kind === UPKEEP_KIND.copy ? decode(copyBody, answer.body).kind : answer?.kind
  }
  // An address that has not proved itself gets no more than it sent: segments wait for its word.
  expect(kindFor(near)).toBe(STORAGE_KIND.transferReady)
  world.introduce(holder, near)
  expect(kindFor(near)).toBe('record')
  world.introduce(holder, far)
  expect(kindFor(far)).toBe('none')
  offers.noteOffered(far.contact, tag, world.now)
  expect(kindFor(far)).toBe('record')
})

test('what lies at a place is listed for the nodes about it alone', () => {
  const { world, holder, near, far, answers, place, tag } = createWorld()
  const request = encode(rangeList, {
    ring: 0,
    from: advance(place, PLACE_COUNT - 1),
    to: place,
    skip: 0,
    padding: new Uint8Array(64),
  })
  const listedFor = (asker: typeof near) => {
    world.introduce(holder, asker)
    const answer = answers.answer(UPKEEP_KIND.rangeList, asker.contact, request, world.now)
    return answer && decode(rangeListing, answer.body)
  }
  expect(listedFor(near)?.copies.map((copy) => copy.tag)).toEqual([tag])
  expect(listedFor(far)).toEqual({ isLast: true, copies: [] })
})

test('to an address that has not proved itself no answer is longer than its question', () => {
  const { world, near, answers, entry, place, tag } = createWorld()
  const nonce = new Uint8Array(16)
  const questions = [
    [UPKEEP_KIND.rangeCheck, encode(rangeCheck, { ring: 0, from: 0, to: 0, nonce, padding: new Uint8Array(8) })],
    [UPKEEP_KIND.rangeList, encode(rangeList, { ring: 0, from: 0, to: 0, skip: 0, padding: new Uint8Array(60) })],
    [UPKEEP_KIND.rangeList, encode(rangeList, { ring: 0, from: 0, to: 0, skip: 0, padding: new Uint8Array(0) })],
    [UPKEEP_KIND.slotsCheck, encode(slotsCheck, { ring: 0, nonce, slots: [askedSlotOf(entry, 0)] })],
    [UPKEEP_KIND.copyRequest, encode(copyRequest, { ring: 0, place, tag, padding: new Uint8Array(32) })],
  ] as const
  for (const [kind, body] of questions) {
    const answer = answers.answer(kind, near.contact, body, world.now)
    expect(answer?.body.length ?? 0).toBeLessThanOrEqual(body.length)
  }
})

test('a slot is proved by content: held, held in another state, or not at all', () => {
  const { world, placed, near, answers, entry } = createWorld()
  const asked = askedSlotOf(entry, 0)
  const standingOf = (slot: typeof asked) => {
    const body = encode(slotsCheck, { ring: 0, nonce: new Uint8Array(16), slots: [slot] })
    const answer = answers.answer(UPKEEP_KIND.slotsCheck, near.contact, body, world.now)
    return answer && decode(slotsProof, answer.body).slots[0]
  }
  expect(standingOf(asked)?.standing).toBe(SLOT_STANDING.held)
  expect(standingOf(asked)?.digest).not.toEqual(new Uint8Array(16))
  expect(standingOf({ ...asked, kind: HELD_KIND.collected })).toEqual({
    standing: SLOT_STANDING.differs,
    digest: new Uint8Array(16),
  })
  expect(standingOf({ ...asked, tag: slotTagOf(placed.mailbox, 9) })?.standing).toBe(SLOT_STANDING.notHeld)
})

test('more records than one digest is made over are said to be too many', () => {
  const { world, holder, near, answers } = createWorld()
  for (let count = 0; count < 70; count += 1) world.put(holder, world.record())
  const own = holder.rings.nodePlaces(holder.contact.key)[0] ?? 0
  const question = { ring: 0, from: own, to: own, nonce: new Uint8Array(16), padding: new Uint8Array(8) }
  const neighbour = world.holders.find(({ contact }) => holder.rings.successors(0)[0]?.key.equals(contact.key)) ?? near
  const answer = answers.answer(UPKEEP_KIND.rangeCheck, neighbour.contact, encode(rangeCheck, question), world.now)
  expect(answer && decode(rangeDigestBody, answer.body).outcome).toBe(1)
})

test('a ring that does not exist, and a flood of questions, get no answer', () => {
  const { world, near, answers, place, tag } = createWorld()
  const foreign = encode(copyRequest, { ring: 7, place, tag, padding: new Uint8Array(32) })
  expect(answers.answer(UPKEEP_KIND.copyRequest, near.contact, foreign, world.now)).toBeUndefined()
  const request = encode(copyRequest, { ring: 0, place, tag: new Uint8Array(8), padding: new Uint8Array(32) })
  const answered = Array.from({ length: 2_000 }, () =>
    answers.answer(UPKEEP_KIND.copyRequest, near.contact, request, world.now),
  ).filter((answer) => answer !== undefined)
  expect(answered.length).toBeLessThan(600)
})
