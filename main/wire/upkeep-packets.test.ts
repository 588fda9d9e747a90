import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { SeededRandom } from '../base/random.ts'
import { propertySeed } from '../base/test-seed.ts'
import { SigningKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { type Codec, decode, encode } from './codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from './extension-packet.ts'
import {
  copyBody,
  copyRequest,
  evictionNotice,
  HELD_KIND,
  isWanted,
  leavingAnswer,
  leavingNotice,
  LISTED_COPIES_MAX,
  LISTED_COPY_BYTES,
  listedCopy,
  NAMED_SLOTS_MAX,
  offer,
  offerAnswer,
  RANGE_LISTING_OVERHEAD,
  RANGE_OUTCOME,
  rangeCheck,
  rangeDigestBody,
  rangeList,
  rangeListing,
  SLOT_STANDING,
  SLOTS_PER_CHECK_MAX,
  slotsCheck,
  slotsProof,
  wantedBitmap,
} from './upkeep-packets.ts'

beforeAll(() => sodiumReady)

const tag = new Uint8Array(8).fill(7)
const copy = {
  place: 5,
  tag,
  id: new Uint8Array(16),
  revision: 1,
  kind: HELD_KIND.record,
  counter: 0,
  copiesPerRing: 2 as const,
}

function sizeOf<T>(codec: Codec<T>, value: T): number {
  const bytes = encode(codec, value)
  expect(decode(codec, bytes)).toEqual(value)
  return bytes.length
}

test('no answer is longer than what asks for it', () => {
  const range = { ring: 0, from: 1, to: 2 }
  const nonce = new Uint8Array(16)
  const check = sizeOf(rangeCheck, { ...range, nonce, padding: new Uint8Array(8) })
  const digest = { outcome: RANGE_OUTCOME.digest, count: 3, digest: new Uint8Array(32) }
  expect(sizeOf(rangeDigestBody, digest)).toBeLessThanOrEqual(check)

  const slot = { place: 5, tag, idStart: new Uint8Array(8), kind: HELD_KIND.record, counter: 0 }
  const asked = sizeOf(slotsCheck, { ring: 0, nonce, slots: [slot] })
  const proof = { standing: SLOT_STANDING.held, digest: new Uint8Array(16) }
  expect(sizeOf(slotsProof, { slots: [proof] })).toBeLessThanOrEqual(asked)

  const transferReadyBytes = 44
  expect(sizeOf(copyRequest, { ring: 0, place: 5, tag, padding: new Uint8Array(32) })).toBeGreaterThanOrEqual(
    transferReadyBytes,
  )
})

test('the fullest of each packet fits a datagram', () => {
  const issuer = SigningKey.create(new SeededRandom(1)).verifyKey
  const named = Array.from({ length: NAMED_SLOTS_MAX }, () => ({ place: 1, tag }))
  const statement = { issuer, createdAt: 1_000, ring: 0, slots: named }
  const asked = { place: 5, tag, idStart: new Uint8Array(8), kind: HELD_KIND.record, counter: 0 }
  const copies = Array.from({ length: LISTED_COPIES_MAX }, () => copy)
  const sizes = [
    sizeOf(leavingNotice, { statement, signature: new Uint8Array(64) }),
    sizeOf(evictionNotice, { ring: 0, slots: named }),
    sizeOf(slotsCheck, {
      ring: 0,
      nonce: new Uint8Array(16),
      slots: Array.from({ length: SLOTS_PER_CHECK_MAX }, () => asked),
    }),
    sizeOf(rangeListing, { isLast: true, copies }),
  ]
  for (const size of sizes) expect(size).toBeLessThanOrEqual(EXTENSION_BODY_BYTES_MAX)
  expect(sizes.at(-1)).toBe(RANGE_LISTING_OVERHEAD + LISTED_COPIES_MAX * LISTED_COPY_BYTES)
})

test('a bitmap says just which slots are wanted', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(NAMED_SLOTS_MAX - 1)), (wanted) => {
      const { wanted: bitmap } = decode(leavingAnswer, encode(leavingAnswer, { wanted: wantedBitmap(wanted) }))
      const read = Array.from({ length: NAMED_SLOTS_MAX }, (_, index) => index).filter((index) =>
        isWanted(bitmap, index),
      )
      expect(read).toEqual(wanted.toSorted((left, right) => left - right))
    }),
    { seed: propertySeed() },
  )
})

test('any bytes give a value or a DecodeError, and a value gives its bytes again', () => {
  const codecs: readonly Codec<never>[] = [
    rangeCheck,
    rangeDigestBody,
    rangeList,
    rangeListing,
    listedCopy,
    slotsCheck,
    slotsProof,
    copyRequest,
    copyBody,
    offer,
    offerAnswer,
    leavingNotice,
    leavingAnswer,
    evictionNotice,
  ].map((codec) => codec as unknown as Codec<never>)
  fc.assert(
    fc.property(fc.constantFrom(...codecs), fc.uint8Array({ maxLength: 400 }), (codec, bytes) => {
      try {
        expect(encode(codec, decode(codec, bytes))).toEqual(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
      }
    }),
    { seed: propertySeed(), numRuns: 3_000 },
  )
})
