import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { AssertionError } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { concat, fromHex, toHex } from '../base/bytes.ts'
import { propertySeed } from '../base/test-seed.ts'
import { PublicKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode, encode } from './codec.ts'
import { announcedNode, packedNode, packedNodes } from './node-format.ts'

beforeAll(() => sodiumReady)

const seed = propertySeed()
const KEY = 'AB'.repeat(32)
const publicKey = new PublicKey(fromHex(KEY))

function address(host: string, port: number): Address {
  const parsed = Address.parse(host, port)
  if (!parsed) throw new Error('no address')
  return parsed
}

const ip = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4 }),
  fc.uint8Array({ minLength: 15, maxLength: 15 }).map((rest) => Uint8Array.of(0x20, ...rest)),
)
const anyNode = fc.record({
  publicKey: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((key) => new PublicKey(key)),
  address: fc.tuple(ip, fc.nat({ max: 0xffff })).map(([host, port]) => new Address(host, port)),
})

test('an IPv4 node has 39 bytes, an IPv6 node 51, in the order family, IP, port, key', () => {
  const ipv4 = encode(packedNode, { publicKey, address: address('127.0.0.1', 33_445) })
  expect(toHex(ipv4)).toBe(`027F00000182A5${KEY}`)
  const ipv6 = encode(packedNode, { publicKey, address: address('::1', 33_445) })
  expect(toHex(ipv6)).toBe(`0A${'00'.repeat(15)}0182A5${KEY}`)
  expect([ipv4.length, ipv6.length]).toEqual([39, 51])
})

test('TCP relays are read only where they may stand, and families that do not exist nowhere', () => {
  const relay = fromHex(`827F00000182A5${KEY}`)
  expect(decode(announcedNode, relay)).toMatchObject({ isTcp: true })
  expect(decode(announcedNode, fromHex(`8A${'00'.repeat(15)}0182A5${KEY}`)).isTcp).toBe(true)
  expect(decode(announcedNode, fromHex(`027F00000182A5${KEY}`)).isTcp).toBe(false)
  expect(() => decode(packedNode, relay)).toThrow('TCP')
  for (let family = 0; family < 256; family += 1) {
    if ([2, 10, 130, 138].includes(family)) continue
    const node = concat(Uint8Array.of(family), new Uint8Array(50))
    expect(() => decode(announcedNode, node)).toThrow(DecodeError)
    expect(() => decode(packedNode, node)).toThrow(DecodeError)
  }
})

test('every node survives packing, alone, as an announced node and in a list', () => {
  const nodes = packedNodes(packedNode, 4)
  fc.assert(
    fc.property(fc.array(anyNode, { maxLength: 4 }), fc.boolean(), (list, isTcp) => {
      expect(decode(nodes, encode(nodes, list))).toEqual(list)
      for (const node of list) {
        expect(decode(announcedNode, encode(announcedNode, { ...node, isTcp }))).toEqual({ ...node, isTcp })
      }
    }),
    { seed },
  )
})

test('a list has a bound, on both ways', () => {
  const nodes = packedNodes(packedNode, 2)
  const one = fromHex(`027F00000182A5${KEY}`)
  expect(decode(nodes, concat(one, one))).toHaveLength(2)
  expect(() => decode(nodes, concat(one, one, one))).toThrow('too many nodes')
  const node = decode(packedNode, one)
  expect(() => encode(nodes, [node, node, node])).toThrow(AssertionError)
  expect(decode(nodes, new Uint8Array(0))).toEqual([])
})

test('a cut node is a DecodeError, and any bytes are nodes or a DecodeError', () => {
  const one = fromHex(`027F00000182A5${KEY}`)
  for (let length = 0; length < one.length; length += 1) {
    expect(() => decode(packedNode, one.subarray(0, length))).toThrow(DecodeError)
  }
  const family = fc.constantFrom(2, 10, 130, 138, 0)
  fc.assert(
    fc.property(family, fc.uint8Array({ minLength: 30, maxLength: 110 }), (first, rest) => {
      const bytes = Uint8Array.of(first, ...rest)
      try {
        expect(decode(packedNodes(announcedNode, 3), bytes).length).toBeLessThanOrEqual(3)
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
      }
    }),
    { seed, numRuns: 1_000 },
  )
})

test('an IPv4 address in IPv6 clothing reads as an IPv4 node', () => {
  const mapped = fromHex(`0A${'00'.repeat(10)}FFFF0A00000182A5${KEY}`)
  const node = decode(packedNode, mapped)
  expect(node.address.text).toBe('10.0.0.1:33445')
  expect(encode(packedNode, node)).toHaveLength(39)
})
