import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { propertySeed } from '../base/test-seed.ts'
import { PublicKey } from '../crypto/keys.ts'
import {
  announceRequest,
  announceRequestInOnion,
  announceRequestPlain,
  announceResponse,
  announceResponsePlain,
  dataRequest,
  dataRequestInOnion,
  dataResponse,
  dhtKeyAnnounce,
  dhtKeyAnnounceRequest,
  friendRequestData,
  ONION_FRIEND_DATA_BYTES_MAX,
  onionDataPlain,
} from './announce-packets.ts'
import { type Codec, decode, encode } from './codec.ts'

const ALL: readonly Codec<unknown>[] = [
  announceRequestInOnion,
  announceRequest,
  announceRequestPlain,
  announceResponse,
  announceResponsePlain,
  dataRequestInOnion,
  dataRequest,
  dataResponse,
  onionDataPlain,
  friendRequestData,
  dhtKeyAnnounce,
  dhtKeyAnnounceRequest,
] as unknown as Codec<unknown>[]

const KEY = new PublicKey(new Uint8Array(32).fill(9))
const NODE = { publicKey: KEY, address: new Address(Uint8Array.of(10, 0, 0, 1), 33_445) }

test('has the sizes of the Tox spec', () => {
  const request = { nonce: new Uint8Array(24), requestKey: KEY, sealed: new Uint8Array(120) }
  expect(encode(announceRequestInOnion, request)).toHaveLength(177)
  expect(encode(announceRequest, { ...request, onionReturn: new Uint8Array(177) })).toHaveLength(354)
  expect(ONION_FRIEND_DATA_BYTES_MAX).toBe(1_021)
})

test('an announce response may name no node, and no more than four', () => {
  const response = { isStored: 0, pingIdOrKey: new Uint8Array(32), nodes: [] } as const
  expect(decode(announceResponsePlain, encode(announceResponsePlain, response)).nodes).toEqual([])
  const four = encode(announceResponsePlain, { ...response, nodes: [NODE, NODE, NODE, NODE] })
  expect(four).toHaveLength(33 + 4 * 39)
  expect(() => decode(announceResponsePlain, Uint8Array.of(...four, ...four.subarray(33, 33 + 39)))).toThrow(
    DecodeError,
  )
})

test('an announce response with an unknown state is malformed', () => {
  expect(() => decode(announceResponsePlain, new Uint8Array(33).fill(3))).toThrow(DecodeError)
})

test('a data request at the node is split before the 177 bytes of the way back', () => {
  const sealed = new Uint8Array(100).fill(5)
  const inOnion = encode(dataRequestInOnion, { receiverKey: KEY, nonce: new Uint8Array(24), temporaryKey: KEY, sealed })
  const arrived = Uint8Array.of(...inOnion, ...new Uint8Array(177).fill(6))
  const value = decode(dataRequest, arrived)
  expect(value.sealed).toEqual(sealed)
  expect(value.onionReturn).toEqual(new Uint8Array(177).fill(6))
})

test('a DHT key announce may hold TCP relays', () => {
  const nodes = [
    { ...NODE, isTcp: true },
    { ...NODE, isTcp: false },
  ]
  const bytes = encode(dhtKeyAnnounce, { noReplay: 1_700_000_000, dhtKey: KEY, nodes })
  expect(bytes).toHaveLength(1 + 8 + 32 + 2 * 39)
  expect([...bytes.subarray(0, 9)]).toEqual([0x9c, 0, 0, 0, 0, 0x65, 0x53, 0xf1, 0])
  expect(decode(dhtKeyAnnounce, bytes).nodes.map((node) => node.isTcp)).toEqual([true, false])
})

test('an empty friend request is malformed', () => {
  expect(() => decode(friendRequestData, Uint8Array.of(0x20, 1, 2, 3, 4))).toThrow(DecodeError)
  expect(decode(friendRequestData, Uint8Array.of(0x20, 1, 2, 3, 4, 65)).message).toEqual(Uint8Array.of(65))
})

test('decoding gives a value that encodes and decodes to itself, or DecodeError', () => {
  const input = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .tuple(fc.constantFrom(0x20, 0x83, 0x84, 0x85, 0x86, 0x9c), fc.uint8Array({ maxLength: 1_450 }))
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
      // A mapped IPv6 address becomes IPv4, so the first pass may shorten.
      const again = encode(codec, value)
      expect(again.length).toBeLessThanOrEqual(bytes.length)
      expect(encode(codec, decode(codec, again))).toEqual(again)
    }),
    { seed: propertySeed(), numRuns: 500 },
  )
})
