import fc from 'fast-check'
import { createHash, createHmac, hkdfSync } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { fromHex, toHex, utf8Encode } from '../base/bytes.ts'
import { propertySeed } from '../base/test-seed.ts'
import { blake2b, deriveKey, hkdf, hmac, isHmac, sha256, sha512 } from './hash.ts'
import { sodiumReady } from './sodium.ts'

beforeAll(() => sodiumReady)

const seed = propertySeed()
const ABC = utf8Encode('abc')

test('SHA-256 and SHA-512 of "abc" (FIPS 180), and of anything as another library has them', () => {
  expect(toHex(sha256(ABC))).toBe('BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD')
  expect(toHex(sha512(ABC)).slice(0, 32)).toBe('DDAF35A193617ABACC417349AE204131')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha256(bytes)).toEqual(new Uint8Array(createHash('sha256').update(bytes).digest()))
      expect(sha512(bytes)).toEqual(new Uint8Array(createHash('sha512').update(bytes).digest()))
      expect(blake2b(bytes, 64)).toEqual(new Uint8Array(createHash('blake2b512').update(bytes).digest()))
    }),
    { seed },
  )
})

test('BLAKE2b of "abc" (RFC 7693), of other lengths, and with a key (its authors\' vectors)', () => {
  expect(toHex(blake2b(ABC, 64))).toBe(
    'BA80A53F981C4D0D6A2797B69F12F6E94C212F14685AC4B74B12BB6FDBFFA2D17D87C5392AAB792DC252D5DE4533CC9518D38AA8DBF1925AB92386EDD4009923',
  )
  expect(toHex(blake2b(ABC))).toBe('BDDD813C634239723171EF3FEE98579B94964E3BB1CB3E427262C8C068D52319')
  const key = Uint8Array.from({ length: 64 }, (_, at) => at)
  expect(toHex(blake2b(new Uint8Array(0), 64, key))).toBe(
    '10EBB67700B1868EFB4417987ACF4690AE9D972FB7A590C2F02871799AAA4786B5E996E8F0F4EB981FC214B005F42D2FF4233499391653DF7AEFCBC13FC51568',
  )
})

test('a message authentication code is the first half of HMAC-SHA-512, and only its own', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.uint8Array(), (key, bytes) => {
      const tag = new Uint8Array(createHmac('sha512', key).update(bytes).digest().subarray(0, 32))
      expect(hmac(key, bytes)).toEqual(tag)
      expect(isHmac(key, bytes, tag)).toBe(true)
      tag[31] = (tag[31] ?? 0) ^ 1
      expect(isHmac(key, bytes, tag)).toBe(false)
      expect(isHmac(key, bytes, tag.subarray(1))).toBe(false)
    }),
    { seed },
  )
})

test('HKDF gives the outputs of RFC 5869, A.1 to A.3', () => {
  const range = (from: number, to: number) => Uint8Array.from({ length: to - from + 1 }, (_, at) => from + at)
  expect(toHex(hkdf(new Uint8Array(22).fill(0x0b), range(0, 0x0c), range(0xf0, 0xf9), 42))).toBe(
    '3CB25F25FAACD57A90434F64D0362F2A2D2D0A90CF1A5A4C5DB02D56ECC4C5BF34007208D5B887185865',
  )
  expect(toHex(hkdf(range(0, 0x4f), range(0x60, 0xaf), range(0xb0, 0xff), 82))).toBe(
    'B11E398DC80327A1C8E7F78C596A49344F012EDA2D4EFAD8A050CC4C19AFA97C59045A99CAC7827271CB41C65E590E09DA3275600C2F09B8367793A9ACA3DB71CC30C58179EC3E87C14C01D5C1F3434F1D87',
  )
  const nothing = new Uint8Array(0)
  expect(toHex(hkdf(new Uint8Array(22).fill(0x0b), nothing, nothing, 42))).toBe(
    '8DA4E775A563C18F715F802A063C5A31B8A11F5C5EE1879EC3454E5F3C738D2D9D201395FAA4B61A96C8',
  )
})

test('HKDF of anything is as another library has it', () => {
  const bytes = fc.uint8Array({ maxLength: 100 })
  fc.assert(
    fc.property(bytes, bytes, bytes, fc.integer({ min: 1, max: 200 }), (input, salt, info, length) => {
      expect(hkdf(input, salt, info, length)).toEqual(new Uint8Array(hkdfSync('sha256', input, salt, info, length)))
    }),
    { seed },
  )
  for (const length of [0, 8_161]) expect(() => hkdf(ABC, ABC, ABC, length)).toThrow(AssertionError)
  expect(hkdf(ABC, ABC, ABC, 8_160)).toHaveLength(8_160)
})

test('a derived key is bound to key, label and context, and label and context do not run into each other', () => {
  const key = new Uint8Array(32).fill(1)
  const derived = [
    deriveKey(key, 'a'),
    deriveKey(key, 'b'),
    deriveKey(key, 'a', Uint8Array.of(1)),
    deriveKey(key, 'a', Uint8Array.of(2)),
    deriveKey(key, 'ab'),
    deriveKey(key, 'a', utf8Encode('b')),
    deriveKey(new Uint8Array(32).fill(2), 'a'),
  ]
  expect(new Set(derived.map(toHex)).size).toBe(derived.length)
  expect(derived.every(({ length }) => length === 32)).toBe(true)
  expect(deriveKey(key, 'a')).toEqual(blake2b(fromHex('6100'), 32, key))
})
