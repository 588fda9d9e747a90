import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { propertySeed } from '../base/test-seed.ts'
import { VerifyKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { type Codec, decode, encode } from './codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from './extension-packet.ts'
import {
  deleteCommand,
  deleted,
  fetchCommand,
  fetchedRecord,
  getCommand,
  LISTED_SLOTS_MAX,
  listedSlot,
  listing,
  mailboxRequest,
  segment,
  segmentAck,
  signedProofRequest,
  standing,
  STORAGE_KIND,
  tokenBody,
  tokenRequest,
  transferReady,
} from './storage-packets.ts'
import { BODY_CLASSES, PAID_OPERATION } from './storage-proof.ts'
import { TOMBSTONE_KIND } from './storage-record.ts'

beforeAll(() => sodiumReady)

const filled = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const u32s = fc.integer({ min: 0, max: 0xffffffff })
const seconds = u32s.map((value) => value * 1_000)
const keys = filled(32).map((value) => new VerifyKey(value))
const headers = fc.record({
  version: fc.constant(1 as const),
  mailbox: keys,
  slot: u32s,
  revision: u32s,
  nonce: filled(24),
  createdAt: fc.integer({ min: 0, max: 7_158_278 }).map((value) => value * 600_000),
  notAfter: seconds,
  length: fc.constantFrom(...BODY_CLASSES),
  copiesPerRing: fc.constantFrom(2 as const, 3 as const),
  bodyHash: filled(32),
  collectHash: filled(32),
})
const signed = fc.record({ header: headers, signature: filled(64) })
const renewals = fc.record({ recordId: filled(32), counter: u32s, notAfter: seconds, signature: filled(64) })
const entries = fc.oneof(
  fc.record({
    kind: fc.constant(TOMBSTONE_KIND.collected),
    slot: u32s,
    bodyHash: filled(32),
    collectSecret: filled(32),
  }),
  fc.record({ kind: fc.constant(TOMBSTONE_KIND.cancelled), slot: u32s, bodyHash: filled(32), signature: filled(64) }),
)
const slots = fc.oneof(
  fc.record({
    kind: fc.constant('held' as const),
    slot: u32s,
    revision: u32s,
    bodyHash: filled(32),
    length: u32s,
    notAfter: seconds,
    counter: u32s,
  }),
  fc.record({ kind: fc.constant('gone' as const), revision: u32s, entry: entries }),
)
const records = fc
  .record({ signed, renewal: fc.option(renewals, { nil: undefined }) })
  .chain((value) => filled(value.signed.header.length).map((body) => ({ ...value, body })))
const claims = fc.record({
  operation: fc.constantFrom(...Object.values(PAID_OPERATION)),
  algorithm: fc.integer({ min: 0, max: 255 }),
  header: headers,
  counter: u32s,
  notAfter: seconds,
})
const known = fc.array(fc.record({ slot: u32s, revision: u32s }), { maxLength: 64 })

function expectRoundTrip<T>(codec: Codec<T>, values: fc.Arbitrary<T>, bytesMax = EXTENSION_BODY_BYTES_MAX): void {
  fc.assert(
    fc.property(values, (value) => {
      const bytes = encode(codec, value)
      expect(bytes.length).toBeLessThanOrEqual(bytesMax)
      expect(decode(codec, bytes)).toEqual(value)
      expect(() => decode(codec, bytes.subarray(0, bytes.length - 1))).toThrow(DecodeError)
    }),
    { seed: propertySeed(), numRuns: 60 },
  )
}

test('requests come back as they were written, and all fit a datagram', () => {
  expectRoundTrip(signedProofRequest, fc.record({ claim: claims, signature: filled(64) }), 216)
  expectRoundTrip(tokenRequest, fc.record({ padding: filled(16) }), 16)
  expectRoundTrip(fetchCommand, fc.record({ fromSlot: u32s, wantsBody: fc.boolean(), known }), 518)
  expectRoundTrip(getCommand, fc.record({ slot: u32s, revision: u32s, wantsBody: fc.boolean() }), 9)
  expectRoundTrip(deleteCommand, fc.record({ entries: fc.array(entries, { minLength: 1, maxLength: 8 }) }), 809)
})

test('answers come back as they were written', () => {
  expectRoundTrip(tokenBody, fc.record({ token: filled(16) }), 16)
  expectRoundTrip(listedSlot, slots, 106)
  expectRoundTrip(fetchedRecord, records, 207 + 104 + 65_536)
  const none = fc.constant(undefined)
  const listings = fc.record({ isLast: fc.boolean(), slots: fc.array(slots, { maxLength: 12 }), record: none })
  expectRoundTrip(listing, listings)
  const outcome = fc.record({
    slot: u32s,
    outcome: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
    standing: fc.option(entries, { nil: undefined }),
  })
  expectRoundTrip(deleted, fc.record({ outcomes: fc.array(outcome, { minLength: 1, maxLength: 8 }) }))
})

test('what stands in the way is never longer than the request for a challenge', () => {
  const values = fc.oneof(
    fc.record({ kind: fc.constant('record' as const), signed }),
    fc.record({ kind: fc.constant('tombstone' as const), entry: entries }),
    fc.record({ kind: fc.constant('renewal' as const), renewal: renewals }),
  )
  expectRoundTrip(standing, values, 207)
})

test('parts of a transfer come back as they were written', () => {
  const transferId = filled(8)
  expectRoundTrip(transferReady, fc.record({ transferId, length: u32s, hash: filled(32) }), 44)
  expectRoundTrip(segmentAck, fc.record({ transferId, received: filled(9) }), 17)
  const parts = fc.record({ transferId, index: fc.integer({ min: 0, max: 65_535 }), bytes: filled(1_024) })
  fc.assert(
    fc.property(parts, (part) => {
      expect(decode(segment, encode(segment, part))).toEqual(part)
    }),
    { seed: propertySeed(), numRuns: 30 },
  )
  expect(() => decode(segment, new Uint8Array(10))).toThrow(DecodeError)
})

test('a mailbox request carries any command that fits', () => {
  const values = fc.record({
    mailbox: keys,
    token: filled(16),
    signature: filled(64),
    command: fc.uint8Array({ minLength: 1, maxLength: 1_206 }),
  })
  fc.assert(
    fc.property(values, (value) => {
      expect(decode(mailboxRequest, encode(mailboxRequest, value))).toEqual(value)
    }),
    { seed: propertySeed(), numRuns: 50 },
  )
  expect(() => decode(mailboxRequest, new Uint8Array(112))).toThrow(DecodeError)
})

test('unknown kinds and counts beyond their bounds are malformed', () => {
  expect(() => decode(standing, Uint8Array.of(3))).toThrow(DecodeError)
  expect(() => decode(listedSlot, Uint8Array.of(2, 0, 0, 0, 0))).toThrow(DecodeError)
  expect(() => decode(listing, Uint8Array.of(1, LISTED_SLOTS_MAX + 1))).toThrow(DecodeError)
  expect(() => decode(deleteCommand, Uint8Array.of(0))).toThrow(DecodeError)
})

test('no two kinds of storage packets share a number, and all lie in their range', () => {
  const kinds = Object.values(STORAGE_KIND)
  expect(new Set(kinds).size).toBe(kinds.length)
  expect(kinds.every((kind) => kind >= 0x40 && kind <= 0x7f)).toBe(true)
})
