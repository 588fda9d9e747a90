import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { propertySeed } from '../base/test-seed.ts'
import { decode, encode } from './codec.ts'
import { DHT_ENVELOPE_BYTES } from './dht-envelope.ts'
import {
  EXTENSION_BODY_BYTES_MAX,
  EXTENSION_DATAGRAM_BYTES_MAX,
  EXTENSION_PLAIN_BYTES_MAX,
  extensionPacket,
} from './extension-packet.ts'

test('lays out kind, request id and body', () => {
  const requestId = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
  const plain = encode(extensionPacket, { kind: 0x40, requestId, body: Uint8Array.of(9) })
  expect([...plain]).toEqual([0x40, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(decode(extensionPacket, plain)).toEqual({ kind: 0x40, requestId, body: Uint8Array.of(9) })
})

test('the longest body makes a datagram of exactly 1,400 bytes', () => {
  expect(EXTENSION_BODY_BYTES_MAX).toBe(1_318)
  const value = { kind: 1, requestId: new Uint8Array(8), body: new Uint8Array(EXTENSION_BODY_BYTES_MAX) }
  expect(encode(extensionPacket, value).length + DHT_ENVELOPE_BYTES).toBe(EXTENSION_DATAGRAM_BYTES_MAX)
  expect(() => decode(extensionPacket, new Uint8Array(EXTENSION_PLAIN_BYTES_MAX + 1))).toThrow(DecodeError)
})

test('any bytes are a packet or a DecodeError', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 1_400 }), (input) => {
    try {
      expect([...encode(extensionPacket, decode(extensionPacket, input))]).toEqual([...input])
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeError)
    }
  })
  fc.assert(property, { seed: propertySeed() })
})
