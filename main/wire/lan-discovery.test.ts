import { expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { fromHex, toHex } from '../base/bytes.ts'
import { PublicKey } from '../crypto/keys.ts'
import { decode, encode } from './codec.ts'
import { lanDiscovery } from './lan-discovery.ts'

test('is 33 bytes: the id and the key', () => {
  const publicKey = new PublicKey(new Uint8Array(32).fill(0xab))
  const packet = encode(lanDiscovery, { publicKey })
  expect(toHex(packet)).toBe(`21${'AB'.repeat(32)}`)
  expect(decode(lanDiscovery, packet).publicKey.hex).toBe(publicKey.hex)
})

test('refuses any other length', () => {
  expect(() => decode(lanDiscovery, fromHex(`21${'AB'.repeat(31)}`))).toThrow(DecodeError)
  expect(() => decode(lanDiscovery, fromHex(`21${'AB'.repeat(33)}`))).toThrow(DecodeError)
})
