import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { advance } from '../ring/circle.ts'
import {
  askedSlotOf,
  digestOfRecords,
  digestOfSlot,
  isJust,
  listedCopyOf,
  pageAfter,
  recordsIn,
  stateOfEntry,
  stateOfListed,
} from './check.ts'
import { collectedEntry, compareSlotStates } from './record.ts'
import { slotTagOf } from './slot-tag.ts'
import { TestHolders } from './test-holders.ts'
import { paidState } from './payments.ts'
import { TestDeposits } from './test-deposits.ts'

beforeAll(() => sodiumReady)

const WHOLE = { from: 0, to: 0 }

test('two holders of the same records make the same digest, whatever the order of arrival; a third without one does not', () => {
  const world = new TestHolders(1, 3)
  const [one, two, three] = world.holders
  if (!one || !two || !three) throw new Error('three holders')
  const records = Array.from({ length: 9 }, () => world.record())
  for (const record of records) world.put(one, record)
  for (const record of records.toReversed()) world.put(two, record)
  for (const record of records.slice(1)) world.put(three, record)
  const challenge = { nonce: new Uint8Array(16), asker: one.contact.key, holder: two.contact.key }
  const digests = [one, two, three].map(({ vault }) =>
    digestOfRecords(vault, recordsIn(vault, 1, WHOLE, 100, world.now), challenge, world.now),
  )
  expect(digests[0]).toEqual(digests[1])
  expect(digests[0]).not.toEqual(digests[2])
})

test('the answer to one question is no answer to another', () => {
  const world = new TestHolders(1, 2)
  const [one, two] = world.holders
  if (!one || !two) throw new Error('two holders')
  const entry = world.put(one, world.record())
  const question = { nonce: new Uint8Array(16), asker: one.contact.key, holder: two.contact.key }
  const proof = digestOfSlot(one.vault, entry, question, world.now)
  expect(proof).toHaveLength(16)
  const turned = { ...question, asker: two.contact.key, holder: one.contact.key }
  expect(digestOfSlot(one.vault, entry, turned, world.now)).not.toEqual(proof)
  const later = { ...question, nonce: new Uint8Array(16).fill(1) }
  expect(digestOfSlot(one.vault, entry, later, world.now)).not.toEqual(proof)
})

test('a slot is found by place and tag, and by nothing less', () => {
  const world = new TestHolders(1, 1)
  const [holder] = world.holders
  if (!holder) throw new Error('a holder')
  const entry = world.put(holder, world.record())
  const tag = slotTagOf(entry.mailbox, entry.slot)
  const place = entry.places[2] ?? 0
  expect(holder.vault.findTagged(2, place, tag, world.now)?.recordId).toEqual(entry.recordId)
  expect(holder.vault.findTagged(2, advance(place, 1), tag, world.now)).toBeUndefined()
  expect(holder.vault.findTagged(2, place, new Uint8Array(8), world.now)).toBeUndefined()
})

test('going through a vault page by page leaves out no slot of a mailbox, however many it has', () => {
  const world = new TestHolders(1, 1)
  const [holder] = world.holders
  if (!holder) throw new Error('a holder')
  for (const [index, slots] of [1, 3, 1, 9, 2].entries()) {
    const deposits = new TestDeposits(50 + index)
    for (let slot = 0; slot < slots; slot += 1) {
      const record = deposits.record({ slot }, world.now)
      world.put(holder, { record, places: holder.rings.mailboxPlaces(deposits.mailbox.verifyKey) })
    }
  }
  const seen: string[] = []
  let from = 0
  for (let page = 0; page < 20; page += 1) {
    const { entries, next } = pageAfter(holder.vault, from, 4, world.now)
    seen.push(...entries.map(({ mailbox, slot }) => `${mailbox.hex} ${slot}`))
    if (next === undefined) break
    from = next
  }
  expect(seen).toHaveLength(16)
  expect(new Set(seen).size).toBe(16)
})

test('however many tombstones lie before them, records are counted up to the bound', () => {
  const world = new TestHolders(1, 1)
  const [holder] = world.holders
  if (!holder) throw new Error('a holder')
  const records = Array.from({ length: 8 }, () => world.record())
  records.sort((left, right) => (left.places[0] ?? 0) - (right.places[0] ?? 0))
  for (const placed of records) world.put(holder, placed)
  for (const { record, slot } of records.slice(0, 5)) {
    const signed = paidState(record.payments)?.signed
    if (!signed) throw new Error('a header')
    holder.node.takeTombstone(
      { signed, entry: collectedEntry(slot, signed.header.bodyHash, new Uint8Array(32)) },
      world.now,
    )
  }
  const slotsOf = (countMax: number) =>
    recordsIn(holder.vault, 0, WHOLE, countMax, world.now).map(({ mailbox }) => mailbox)
  expect(slotsOf(2)).toEqual(records.slice(5, 7).map(({ mailbox }) => mailbox))
  expect(slotsOf(10)).toHaveLength(3)
})

test('a tombstone leaves the digest of records, and beats the record in a list', () => {
  const world = new TestHolders(1, 1)
  const [holder] = world.holders
  if (!holder) throw new Error('a holder')
  const placed = world.record()
  const before = world.put(holder, placed)
  const asked = askedSlotOf(before, 0)
  expect(isJust(before, asked)).toBe(true)
  const signed = paidState(placed.record.payments)?.signed
  if (!signed) throw new Error('a header')
  const entry = collectedEntry(placed.slot, signed.header.bodyHash, new Uint8Array(32))
  expect(holder.node.takeTombstone({ signed, entry }, world.now).kind).toBe('stored')
  const after = holder.vault.entry(placed.mailbox, placed.slot, world.now)
  if (!after) throw new Error('a tombstone')
  expect(recordsIn(holder.vault, 0, WHOLE, 10, world.now)).toEqual([])
  expect(isJust(after, asked)).toBe(false)
  expect(compareSlotStates(stateOfListed(listedCopyOf(after, 0)), stateOfEntry(before))).toBeGreaterThan(0)
})
