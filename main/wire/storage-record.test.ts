import { expect, test } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { HOUR_MS } from '../base/time.ts'
import { VerifyKey } from '../crypto/sign.ts'
import { decode, encode } from './codec.ts'
import {
  CREATED_STEP_MS,
  instantSeconds,
  RECORD_HEADER_BYTES,
  type RecordHeader,
  recordHeader,
  RENEWAL_BYTES,
  renewal,
  SIGNED_HEADER_BYTES,
  signedHeader,
  TOMBSTONE_KIND,
  tombstone,
  tombstoneEntry,
} from './storage-record.ts'

const NOW = 1_767_225_600_000
const hash = new Uint8Array(32).fill(7)
const signature = new Uint8Array(64).fill(8)
const header: RecordHeader = {
  version: 1,
  mailbox: new VerifyKey(new Uint8Array(32).fill(1)),
  slot: 2,
  revision: 3,
  nonce: new Uint8Array(24).fill(4),
  createdAt: NOW,
  notAfter: NOW + HOUR_MS,
  length: 256,
  copiesPerRing: 2,
  bodyHash: hash,
  collectHash: hash,
}
const collected = { kind: TOMBSTONE_KIND.collected, slot: 2, bodyHash: hash, collectSecret: hash }
const cancelled = { kind: TOMBSTONE_KIND.cancelled, slot: 2, bodyHash: hash, signature }

test('header, signed header, renewal and tombstone entries have the lengths of the protocol', () => {
  expect(encode(recordHeader, header)).toHaveLength(RECORD_HEADER_BYTES)
  expect(encode(signedHeader, { header, signature })).toHaveLength(SIGNED_HEADER_BYTES)
  expect(encode(renewal, { recordId: hash, counter: 1, notAfter: NOW, signature })).toHaveLength(RENEWAL_BYTES)
  expect(encode(tombstoneEntry, collected)).toHaveLength(69)
  expect(encode(tombstoneEntry, cancelled)).toHaveLength(101)
  expect(encode(tombstone, { signed: { header, signature }, entry: cancelled })).toHaveLength(206 + 101)
})

test('a header of another version, with 4 copies a ring, or created at an odd second is malformed', () => {
  const bytes = encode(recordHeader, header)
  expect(decode(recordHeader, bytes)).toEqual(header)
  expect(() => decode(recordHeader, bytes.with(0, 2))).toThrow('unknown value')
  expect(() => decode(recordHeader, bytes.with(77, 4))).toThrow('unknown value')
  expect(() => decode(recordHeader, bytes.with(68, (bytes[68] ?? 0) ^ 1))).toThrow('not rounded to 10 minutes')
  expect(() => decode(recordHeader, bytes.subarray(1))).toThrow(DecodeError)
})

test('our own times are whole seconds, and whole ten minutes for createdAt', () => {
  expect(() => encode(instantSeconds, NOW + 1)).toThrow(AssertionError)
  expect(() => encode(recordHeader, { ...header, createdAt: NOW + CREATED_STEP_MS / 2 })).toThrow(AssertionError)
  expect(decode(instantSeconds, encode(instantSeconds, NOW + 1_000))).toBe(NOW + 1_000)
})

test('the kind of a tombstone entry decides what proves it', () => {
  expect(decode(tombstoneEntry, encode(tombstoneEntry, collected))).toEqual(collected)
  expect(decode(tombstoneEntry, encode(tombstoneEntry, cancelled))).toEqual(cancelled)
  const bytes = encode(tombstoneEntry, collected)
  expect(() => decode(tombstoneEntry, bytes.with(0, TOMBSTONE_KIND.cancelled))).toThrow(DecodeError)
  expect(() => decode(tombstoneEntry, bytes.with(0, 3))).toThrow('unknown kind of tombstone')
})
