import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { fromHex, isAllZero, toHex } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { propertySeed } from '../base/test-seed.ts'
import { createKeyPair, keyPairOf, PublicKey, SecretKey } from './keys.ts'
import { sodiumReady } from './sodium.ts'

beforeAll(() => sodiumReady)

test('the public key of a known secret key (RFC 7748, 6.1)', () => {
  const alice = keyPairOf(new SecretKey(fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a')))
  expect(alice.publicKey.hex).toBe('8520F0098930A754748B7DDCB43EF75A0DBF3A0D26381AF4EBA4A98EAA9B4E6A')
})

test('a key outlives the packet it came in, and is named by its hex', () => {
  const bytes = new Uint8Array(32).fill(0xab)
  const key = new PublicKey(bytes)
  bytes.fill(0)
  expect(key.hex).toBe('AB'.repeat(32))
  expect(key.equals(new PublicKey(fromHex('ab'.repeat(32))))).toBe(true)
  expect(key.equals(new PublicKey(bytes))).toBe(false)
})

test('keys have 32 bytes', () => {
  for (const length of [0, 31, 33]) {
    expect(() => new PublicKey(new Uint8Array(length))).toThrow(AssertionError)
    expect(() => new SecretKey(new Uint8Array(length))).toThrow(AssertionError)
  }
})

test('a wiped secret key is zero, and the bytes it was made from are untouched', () => {
  const bytes = new Uint8Array(32).fill(1)
  const secret = new SecretKey(bytes)
  secret.wipe()
  expect(isAllZero(secret.bytes)).toBe(true)
  expect(isAllZero(bytes)).toBe(false)
})

test('a fresh pair comes from the given chance alone, and belongs together', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const pair = createKeyPair(new SeededRandom(seed))
      expect(createKeyPair(new SeededRandom(seed)).publicKey.equals(pair.publicKey)).toBe(true)
      expect(keyPairOf(pair.secretKey).publicKey.hex).toBe(toHex(pair.publicKey.bytes))
    }),
    { seed: propertySeed(), numRuns: 30 },
  )
})

test('a key that packets repeat is the same object, and never another one that begins alike', () => {
  const bytes = new Uint8Array(32).fill(7)
  const key = PublicKey.read(bytes)
  expect(PublicKey.read(bytes.slice())).toBe(key)
  const other = bytes.slice()
  other[31] = 8
  expect(PublicKey.read(other).bytes).toEqual(other)
  expect(PublicKey.read(bytes).bytes).toEqual(bytes)
})
