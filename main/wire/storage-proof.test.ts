import { beforeAll, expect, test } from 'vitest'
import fc from 'fast-check'
import { DecodeError } from '../base/byte-reader.ts'
import { SeededRandom } from '../base/random.ts'
import { propertySeed } from '../base/test-seed.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { VerifyKey } from '../crypto/sign.ts'
import { type Codec, decode, encode } from './codec.ts'
import { DhtEnvelopes } from './dht-envelope.ts'
import { EXTENSION_PACKET_ID, extensionPacket } from './extension-packet.ts'
import {
  BODY_CLASSES,
  challenge,
  copyProof,
  deposit,
  ONE_DATAGRAM_BODY_BYTES,
  proofRequest,
  receipt,
  RECEIPT_BYTES,
  refusalBody,
  renewDeposit,
  storedRecord,
  wholeDeposit,
} from './storage-proof.ts'
import {
  RECORD_HEADER_BYTES,
  recordHeader,
  renewal,
  RENEWAL_BYTES,
  SIGNED_HEADER_BYTES,
  signedHeader,
  tombstone,
  tombstoneEntry,
} from './storage-record.ts'

beforeAll(() => sodiumReady)

const filled = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const u32s = fc.integer({ min: 0, max: 0xffffffff })
const seconds = u32s.map((value) => value * 1_000)
const keys = filled(32).map((value) => new VerifyKey(value))
const algorithms = fc.constantFrom(1 as const, 2 as const)
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
const solutions = fc.array(fc.integer({ min: 0, max: 2 ** 48 - 1 }), { minLength: 1, maxLength: 16 })
const price = {
  id: filled(16),
  tag: filled(32),
  expiresAt: seconds,
  effort: u32s,
  algorithm: algorithms,
  formulaVersion: fc.nat(255),
}
const proofs = fc.record({ ...price, solutions })
const copyProofs = fc.record({
  issuer: keys,
  tag: filled(32),
  effort: u32s,
  algorithm: algorithms,
  formulaVersion: fc.nat(255),
  acceptedAt: seconds,
  signature: filled(64),
  solutions,
})
const entries = fc.oneof(
  fc.record({ kind: fc.constant(1 as const), slot: u32s, bodyHash: filled(32), collectSecret: filled(32) }),
  fc.record({ kind: fc.constant(2 as const), slot: u32s, bodyHash: filled(32), signature: filled(64) }),
)
const payments = fc.oneof(
  fc.record({ operation: fc.constantFrom(1 as const, 2 as const), signed, proof: copyProofs }),
  fc.record({ operation: fc.constant(3 as const), renewal: renewals, proof: copyProofs }),
)
const operations = fc.constantFrom(1 as const, 2 as const)
const storedRecords = fc
  .tuple(fc.record({ operation: operations, signed, proof: copyProofs }), fc.array(payments, { maxLength: 7 }))
  .map(([first, rest]) => {
    const last = [first, ...rest].findLast((payment) => payment.operation !== 3)
    return {
      payments: [first, ...rest],
      body: new Uint8Array(last && 'signed' in last ? last.signed.header.length : 0),
    }
  })

const cases: readonly [string, Codec<never>, fc.Arbitrary<unknown>][] = [
  ['recordHeader', recordHeader, headers],
  ['signedHeader', signedHeader, signed],
  ['renewal', renewal, renewals],
  ['tombstoneEntry', tombstoneEntry, entries],
  ['tombstone', tombstone, fc.record({ signed, entry: entries })],
  [
    'proofRequest',
    proofRequest,
    fc.record({
      operation: fc.constantFrom(1 as const, 2 as const, 3 as const),
      algorithm: fc.nat(255),
      header: headers,
      counter: u32s,
      notAfter: seconds,
    }),
  ],
  ['challenge', challenge, fc.record({ issuer: keys, ...price })],
  ['deposit', deposit, fc.record({ operation: operations, signed, proof: proofs })],
  [
    'wholeDeposit',
    wholeDeposit,
    fc.record({ operation: operations, signed, proof: proofs, body: fc.uint8Array({ minLength: 1, maxLength: 956 }) }),
  ],
  ['renewDeposit', renewDeposit, fc.record({ mailbox: keys, slot: u32s, renewal: renewals, proof: proofs })],
  ['copyProof', copyProof, copyProofs],
  [
    'receipt',
    receipt,
    fc.record({
      issuer: keys,
      recordId: filled(32),
      seed: filled(32),
      effort: u32s,
      algorithm: algorithms,
      formulaVersion: fc.nat(255),
      operation: fc.constantFrom(1 as const, 2 as const, 3 as const),
      counter: u32s,
      notAfter: seconds,
      acceptedAt: seconds,
      signature: filled(64),
    }),
  ],
  ['storedRecord', storedRecord, storedRecords],
  ['refusalBody', refusalBody, fc.record({ code: fc.nat(255), retryAfterSeconds: u32s, nodeTime: seconds })],
] as unknown as readonly [string, Codec<never>, fc.Arbitrary<unknown>][]

test.each(cases)('%s: what was encoded decodes to the same bytes', (_name, codec, values) => {
  fc.assert(
    fc.property(values, (value) => {
      const bytes = encode(codec, value as never)
      expect(encode(codec, decode(codec, bytes))).toEqual(bytes)
    }),
    { seed: propertySeed(), numRuns: 50 },
  )
})

test.each(cases)('%s: cut, lengthened or altered bytes give a value or a DecodeError', (_name, codec, values) => {
  const altered = fc.tuple(values, fc.nat(), fc.nat(255), fc.integer({ min: -3, max: 3 }))
  fc.assert(
    fc.property(altered, ([value, at, byte, longer]) => {
      const good = encode(codec, value as never)
      const bytes = new Uint8Array(Math.max(0, good.length + longer))
      bytes.set(good.subarray(0, bytes.length))
      if (bytes.length > 0) bytes[at % bytes.length] = byte
      try {
        expect(encode(codec, decode(codec, bytes))).toEqual(bytes)
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
      }
    }),
    { seed: propertySeed(), numRuns: 200 },
  )
})

test('a whole insert of class P is one datagram of just 1,400 bytes', () => {
  const random = new SeededRandom(1)
  const envelopes = new DhtEnvelopes(createKeyPair(random), random)
  const [largest] = fc.sample(
    fc.record({
      operation: operations,
      signed,
      proof: fc.record({ ...price, solutions: fc.constant(Array.from({ length: 16 }, () => 2 ** 48 - 1)) }),
      body: filled(ONE_DATAGRAM_BODY_BYTES),
    }),
    { seed: 1, numRuns: 1 },
  )
  expect(largest).toBeDefined()
  if (!largest) return
  const plain = encode(extensionPacket, {
    kind: 0x40,
    requestId: new Uint8Array(8),
    body: encode(wholeDeposit, largest),
  })
  expect(envelopes.seal(EXTENSION_PACKET_ID, createKeyPair(random).publicKey, plain)?.length).toBe(1_400)
  expect(ONE_DATAGRAM_BODY_BYTES).toBe(956)
})

test('the lengths that the tables state are those on the wire', () => {
  const sample = <T>(values: fc.Arbitrary<T>): T => fc.sample(values, { seed: 2, numRuns: 1 })[0] as T
  expect(encode(recordHeader, sample(headers)).length).toBe(RECORD_HEADER_BYTES)
  expect(encode(signedHeader, sample(signed)).length).toBe(SIGNED_HEADER_BYTES)
  expect(encode(renewal, sample(renewals)).length).toBe(RENEWAL_BYTES)
  expect(RECEIPT_BYTES).toBe(32 + 32 + 32 + 4 + 1 + 1 + 1 + 4 + 4 + 4 + 64)
  expect(encode(challenge, sample(fc.record({ issuer: keys, ...price }))).length).toBe(90)
})
