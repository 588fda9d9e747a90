import { expect, test } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { VerifyKey } from '../crypto/sign.ts'
import { decode, encode } from './codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from './extension-packet.ts'
import {
  DELETE_ENTRIES_MAX,
  deleteCommand,
  deleted,
  fetchCommand,
  fetchedRecord,
  KNOWN_SLOTS_MAX,
  LISTED_SLOT_BYTES_MAX,
  LISTED_SLOTS_MAX,
  type ListedSlot,
  listedSlot,
  listing,
  mailboxRequest,
  SEGMENT_BITMAP_BYTES,
  SEGMENT_BYTES_MAX,
  SEGMENTS_MAX,
  segment,
  segmentAck,
  signedProofRequest,
  STORAGE_KIND,
  standing,
  TRANSFER_BYTES_MAX,
} from './storage-packets.ts'
import { BODY_BYTES_MAX, ONE_DATAGRAM_BODY_BYTES, PAYMENTS_MAX } from './storage-proof.ts'
import { type RecordHeader, TOMBSTONE_KIND } from './storage-record.ts'

const NOW = 1_767_225_600_000
const hash = new Uint8Array(32).fill(7)
const signature = new Uint8Array(64).fill(8)
const mailbox = new VerifyKey(new Uint8Array(32).fill(1))
const cancelled = { kind: TOMBSTONE_KIND.cancelled, slot: 2, bodyHash: hash, signature }

function headerOf(length: number): RecordHeader {
  const place = { version: 1, mailbox, slot: 2, revision: 0, nonce: new Uint8Array(24), copiesPerRing: 2 } as const
  return { ...place, createdAt: NOW, notAfter: NOW + 60_000, length, bodyHash: hash, collectHash: hash }
}

test('every kind is a storage kind of its own', () => {
  const kinds = Object.values(STORAGE_KIND)
  expect(new Set(kinds).size).toBe(kinds.length)
  expect(kinds.every((kind) => kind >= 0x40 && kind <= 0x57)).toBe(true)
})

test('whatever stands in the way is shorter than the request that asked', () => {
  const claim = { operation: 1, algorithm: 1, header: headerOf(256), counter: 0, notAfter: NOW } as const
  const request = encode(signedProofRequest, { claim, signature })
  expect(request).toHaveLength(216)
  const signed = { header: headerOf(256), signature }
  const renewal = { recordId: hash, counter: 1, notAfter: NOW, signature }
  for (const value of [
    { kind: 'record', signed },
    { kind: 'tombstone', entry: cancelled },
    { kind: 'renewal', renewal },
  ] as const) {
    const bytes = encode(standing, value)
    expect(bytes.length).toBeLessThan(request.length)
    expect(decode(standing, bytes)).toEqual(value)
    expect(() => decode(standing, bytes.with(0, 3))).toThrow('unknown kind of standing')
  }
})

test('a record has the body that its header says, and a class P record goes in one datagram', () => {
  const signed = { header: headerOf(ONE_DATAGRAM_BODY_BYTES), signature }
  const renewal = { recordId: hash, counter: 1, notAfter: NOW, signature }
  const body = new Uint8Array(ONE_DATAGRAM_BODY_BYTES)
  const bytes = encode(fetchedRecord, { signed, renewal, body })
  expect(bytes.length).toBeLessThanOrEqual(EXTENSION_BODY_BYTES_MAX)
  expect(decode(fetchedRecord, bytes)).toEqual({ signed, renewal, body })
  expect(() => decode(fetchedRecord, bytes.subarray(0, -1))).toThrow(DecodeError)
  expect(() => encode(fetchedRecord, { signed, renewal, body: body.subarray(1) })).toThrow(AssertionError)
})

test('a listed slot is held or gone', () => {
  const held: ListedSlot = {
    kind: 'held',
    slot: 2,
    revision: 1,
    bodyHash: hash,
    length: 256,
    notAfter: NOW,
    counter: 0,
  }
  const gone: ListedSlot = { kind: 'gone', revision: 1, entry: cancelled }
  for (const value of [held, gone]) expect(decode(listedSlot, encode(listedSlot, value))).toEqual(value)
  expect(encode(listedSlot, gone)).toHaveLength(LISTED_SLOT_BYTES_MAX)
  expect(() => decode(listedSlot, encode(listedSlot, held).with(0, 2))).toThrow('unknown kind of slot')
  const slots = Array.from({ length: LISTED_SLOTS_MAX + 1 }, () => held)
  expect(() => encode(listing, { isLast: true, slots, record: undefined })).toThrow(AssertionError)
})

test('the longest commands and their answers fit a datagram', () => {
  const known = Array.from({ length: KNOWN_SLOTS_MAX }, (_, slot) => ({ slot, revision: 0 }))
  const entries = Array.from({ length: DELETE_ENTRIES_MAX }, () => cancelled)
  for (const command of [
    encode(fetchCommand, { fromSlot: 0, wantsBody: true, known }),
    encode(deleteCommand, { entries }),
  ]) {
    const request = encode(mailboxRequest, { mailbox, token: new Uint8Array(16), signature, command })
    expect(request.length).toBeLessThanOrEqual(EXTENSION_BODY_BYTES_MAX)
  }
  const outcomes = entries.map(({ slot }) => ({ slot, outcome: 2, standing: cancelled }) as const)
  expect(encode(deleted, { outcomes }).length).toBeLessThanOrEqual(EXTENSION_BODY_BYTES_MAX)
  expect(() => decode(deleteCommand, Uint8Array.of(0))).toThrow('list length out of bounds')
})

test('segments hold the longest record with the longest chain of payments, each one a bit of the bitmap', () => {
  const paymentBytes = 1 + 206 + 235
  expect(TRANSFER_BYTES_MAX).toBeGreaterThanOrEqual(1 + PAYMENTS_MAX * paymentBytes + BODY_BYTES_MAX)
  expect(SEGMENT_BITMAP_BYTES * 8).toBe(SEGMENTS_MAX)
  const transferId = new Uint8Array(8)
  const longest = { transferId, index: SEGMENTS_MAX - 1, bytes: new Uint8Array(SEGMENT_BYTES_MAX) }
  expect(decode(segment, encode(segment, longest))).toEqual(longest)
  expect(() => encode(segment, { ...longest, bytes: new Uint8Array(SEGMENT_BYTES_MAX + 1) })).toThrow(AssertionError)
  expect(() => decode(segment, new Uint8Array(10))).toThrow('last field out of bounds')
  expect(() => decode(segmentAck, new Uint8Array(8 + SEGMENT_BITMAP_BYTES + 1))).toThrow('trailing bytes')
})
