import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { propertySeed } from '../base/test-seed.ts'
import { PublicKey } from '../crypto/keys.ts'
import { type Codec, decode, encode } from './codec.ts'
import {
  cookieContents,
  cookieRequest,
  cookieResponse,
  cookieResponsePlain,
  handshake,
  handshakePlain,
} from './handshake-packets.ts'

const key = (byte: number) => new PublicKey(new Uint8Array(32).fill(byte))
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte)

test('has the sizes of the Tox spec', () => {
  expect(encode(cookieRequest, { realKey: key(1), unused: filled(32, 0), echo: filled(8, 2) }).length).toBe(72)
  expect(encode(cookieResponse, { nonce: filled(24, 1), sealed: filled(136, 2) }).length).toBe(161)
  expect(encode(cookieResponsePlain, { cookie: filled(112, 1), echo: filled(8, 2) }).length).toBe(120)
  expect(encode(cookieContents, { issuedAt: 5, realKey: key(1), dhtKey: key(2) }).length).toBe(72)
  const plain = {
    baseNonce: filled(24, 1),
    sessionKey: key(2),
    cookieHash: filled(64, 3),
    ownCookie: filled(112, 4),
  }
  expect(encode(handshakePlain, plain).length).toBe(232)
  expect(encode(handshake, { cookie: filled(112, 1), nonce: filled(24, 2), sealed: filled(248, 3) }).length).toBe(385)
})

test('the fields of a handshake lie where the spec puts them', () => {
  const packet = encode(handshake, { cookie: filled(112, 1), nonce: filled(24, 2), sealed: filled(248, 3) })
  expect(packet[0]).toBe(0x1a)
  expect([packet[1], packet[112], packet[113], packet[136], packet[137], packet[384]]).toEqual([1, 1, 2, 2, 3, 3])
  const plain = encode(handshakePlain, {
    baseNonce: filled(24, 1),
    sessionKey: key(2),
    cookieHash: filled(64, 3),
    ownCookie: filled(112, 4),
  })
  expect([plain[0], plain[24], plain[56], plain[120], plain[231]]).toEqual([1, 2, 3, 4, 4])
})

test('any bytes give a value that encodes to them, or a DecodeError', () => {
  const codecs = [cookieRequest, cookieResponse, cookieResponsePlain, cookieContents, handshake, handshakePlain]
  const sizes = [72, 161, 120, 385, 232]
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    ...sizes.flatMap((size) =>
      [-1, 0, 1].map((more) => fc.uint8Array({ minLength: size + more, maxLength: size + more })),
    ),
  )
  fc.assert(
    fc.property(bytes, fc.constantFrom(undefined, 0x19, 0x1a), (input, id) => {
      if (id !== undefined && input.length > 0) input[0] = id
      for (const codec of codecs as unknown as Codec<unknown>[]) {
        try {
          expect(encode(codec, decode(codec, input))).toEqual(input)
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error
        }
      }
    }),
    { seed: propertySeed(), numRuns: 500 },
  )
})
