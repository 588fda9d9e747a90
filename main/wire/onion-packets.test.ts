import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { propertySeed } from '../base/test-seed.ts'
import { PublicKey } from '../crypto/keys.ts'
import { type Codec, decode, encode } from './codec.ts'
import {
  ONION_DATA_BYTES_MAX,
  ONION_RESPONSE_BYTES_MAX,
  ONION_RETURN_1_BYTES,
  ONION_RETURN_2_BYTES,
  ONION_RETURN_3_BYTES,
  onionAddress,
  onionLastLayer,
  onionFirstLayer,
  onionSecondLayer,
  onionReturn1,
  onionReturn2,
  onionReturn3,
  onionReturnPlain,
  onionSend1,
  onionSend2,
  onionSendInitial,
} from './onion-packets.ts'

const ALL: readonly Codec<unknown>[] = [
  onionAddress,
  onionSendInitial,
  onionSend1,
  onionSend2,
  onionFirstLayer,
  onionSecondLayer,
  onionLastLayer,
  onionReturn3,
  onionReturn2,
  onionReturn1,
  onionReturnPlain,
] as unknown as Codec<unknown>[]

function packetOf(id: number, length: number): Uint8Array {
  const packet = new Uint8Array(length).fill(7)
  packet[0] = id
  return packet
}

test('has the sizes of the Tox spec', () => {
  expect([ONION_RETURN_1_BYTES, ONION_RETURN_2_BYTES, ONION_RETURN_3_BYTES]).toEqual([59, 118, 177])
  expect([ONION_DATA_BYTES_MAX, ONION_RESPONSE_BYTES_MAX]).toEqual([1_174, 1_222])
})

test.each([
  [onionSendInitial, 226],
  [onionSend1, 218],
  [onionSend2, 210],
  [onionReturn3, 178],
  [onionReturn2, 119],
  [onionReturn1, 60],
])(
  'takes onion packets longer than the least size and up to 1,400 bytes',
  (codec: Codec<unknown> & { id: number }, tooShort) => {
    expect(() => decode(codec, packetOf(codec.id, tooShort))).toThrow(DecodeError)
    expect(() => decode(codec, packetOf(codec.id, 1_401))).toThrow(DecodeError)
    for (const length of [tooShort + 1, 1_400]) {
      const packet = packetOf(codec.id, length)
      expect(encode(codec, decode(codec, packet))).toEqual(packet)
    }
  },
)

test('an address is 19 bytes for IPv4 and IPv6 alike', () => {
  const ipv4 = encode(onionAddress, new Address(Uint8Array.of(127, 0, 0, 1), 33_445))
  expect([...ipv4]).toEqual([2, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x82, 0xa5])
  const ipv6 = new Address(
    Uint8Array.from({ length: 16 }, (_, at) => at + 1),
    1,
  )
  expect(encode(onionAddress, ipv6)).toHaveLength(19)
  expect(decode(onionAddress, encode(onionAddress, ipv6)).equals(ipv6)).toBe(true)
})

test('a TCP family in an onion is malformed', () => {
  for (const family of [0, 1, 3, 130, 138]) {
    const bytes = new Uint8Array(19)
    bytes[0] = family
    expect(() => decode(onionAddress, bytes)).toThrow(DecodeError)
  }
})

test('the way back stands at the end of sends 1 and 2, and everything before it is the layer', () => {
  const senderKey = new PublicKey(new Uint8Array(32).fill(1))
  const value = {
    nonce: new Uint8Array(24).fill(2),
    senderKey,
    sealed: new Uint8Array(150).fill(3),
    onionReturn: new Uint8Array(59).fill(4),
  }
  const bytes = encode(onionSend1, value)
  expect(bytes).toHaveLength(1 + 24 + 32 + 150 + 59)
  expect(decode(onionSend1, bytes).sealed).toEqual(value.sealed)
  expect(bytes.subarray(-59)).toEqual(value.onionReturn)
})

test('decoding gives a value that encodes and decodes to itself, or DecodeError', () => {
  const input = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .tuple(fc.constantFrom(0x80, 0x81, 0x82, 0x8c, 0x8d, 0x8e), fc.uint8Array({ minLength: 100, maxLength: 1_450 }))
      .map(([id, rest]) => Uint8Array.of(id, ...rest)),
  )
  fc.assert(
    fc.property(input, fc.constantFrom(...ALL), (bytes, codec) => {
      let value: unknown
      try {
        value = decode(codec, bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
        return
      }
      // The 12 bytes behind an IPv4 address are ignored when read and zero when written, so compare values.
      const again = encode(codec, value)
      expect(again).toHaveLength(bytes.length)
      expect(encode(codec, decode(codec, again))).toEqual(again)
    }),
    { seed: propertySeed(), numRuns: 500 },
  )
})
