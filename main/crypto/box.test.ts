import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { fromHex, isAllZero, toHex } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { propertySeed } from '../base/test-seed.ts'
import {
  advanceNonce,
  MAC_BYTES,
  open,
  openSecret,
  precompute,
  randomNonce,
  SharedKey,
  seal,
  sealSecret,
} from './box.ts'
import { createKeyPair, PublicKey, SecretKey } from './keys.ts'
import { sodiumReady } from './sodium.ts'

beforeAll(() => sodiumReady)

const seed = propertySeed()

/** The example of "Cryptography in NaCl" (Bernstein, 2009), which NaCl's own tests use. */
const ALICE_SECRET = '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'
const BOB_PUBLIC = 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'
const FIRST_KEY = '1B27556473E985D462CD51197A9A46C76009549EAC6474F206C4EE0844F68389'
const NONCE = fromHex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37')
const PLAIN = fromHex(
  'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f4' +
    '1db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52' +
    'f0a089bc76897040e082f937763848645e0705',
)
const SEALED =
  'F3FFC7703F9400E52A7DFB4B3D3305D98E993B9F48681273C29650BA32FC76CE48332EA7164D96A4476FB8C531A1186AC0DFC17C98DCE87B' +
  '4DA7F011EC48C97271D2C20F9B928FE2270D6FB863D51738B48EEEE314A7CC8AB932164548E526AE90224368517ACFEABD6BB3732BC0E9DA' +
  '99832B61CA01B6DE56244A9E88D5F9B37973F622A43D14A6599B1F654CB45A74E355A5'

function example(): SharedKey {
  const shared = precompute(new PublicKey(fromHex(BOB_PUBLIC)), new SecretKey(fromHex(ALICE_SECRET)))
  if (!shared) throw new Error('no shared key')
  return shared
}

test('the shared key, the box and its opening are those of NaCl', () => {
  const shared = example()
  expect(toHex(shared.bytes)).toBe(FIRST_KEY)
  expect(toHex(seal(shared, NONCE, PLAIN))).toBe(SEALED)
  expect(open(shared, NONCE, fromHex(SEALED))).toEqual(PLAIN)
})

test('a box with a precomputed key is a secretbox with that key', () => {
  expect(toHex(sealSecret(fromHex(FIRST_KEY), NONCE, PLAIN))).toBe(SEALED)
  expect(openSecret(fromHex(FIRST_KEY), NONCE, fromHex(SEALED))).toEqual(PLAIN)
})

test('both sides have the same key, and what one seals the other opens', () => {
  const sides = fc.tuple(fc.nat(), fc.nat(), fc.uint8Array({ maxLength: 200 }))
  fc.assert(
    fc.property(sides, ([one, two, plain]) => {
      const alice = createKeyPair(new SeededRandom(one))
      const bob = createKeyPair(new SeededRandom(two + 2 ** 31))
      const there = precompute(bob.publicKey, alice.secretKey)
      const back = precompute(alice.publicKey, bob.secretKey)
      if (!there || !back) throw new Error('no shared key')
      const nonce = randomNonce(new SeededRandom(one))
      const sealed = seal(there, nonce, plain)
      expect(sealed).toHaveLength(plain.length + MAC_BYTES)
      expect(open(back, nonce, sealed)).toEqual(plain)
    }),
    { seed, numRuns: 50 },
  )
})

test('any changed bit of nonce, MAC or text opens nothing', () => {
  const shared = example()
  const sealed = fromHex(SEALED)
  fc.assert(
    fc.property(fc.nat({ max: (sealed.length + NONCE.length) * 8 - 1 }), (bit) => {
      const both = Uint8Array.from([...NONCE, ...sealed])
      both[bit >> 3] = (both[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const nonce = both.subarray(0, NONCE.length)
      expect(open(shared, nonce, both.subarray(NONCE.length))).toBeUndefined()
      expect(openSecret(shared.bytes, nonce, both.subarray(NONCE.length))).toBeUndefined()
    }),
    { seed },
  )
})

test('what is too short to hold a MAC opens nothing', () => {
  for (let length = 0; length <= MAC_BYTES; length += 1) {
    expect(open(example(), NONCE, new Uint8Array(length))).toBeUndefined()
    expect(openSecret(fromHex(FIRST_KEY), NONCE, new Uint8Array(length))).toBeUndefined()
  }
})

test('public keys of low order give no shared key', () => {
  const secret = createKeyPair(new SeededRandom(1)).secretKey
  const lowOrder = [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    `ec${'ff'.repeat(30)}7f`,
    `ed${'ff'.repeat(30)}7f`,
    `ee${'ff'.repeat(30)}7f`,
  ]
  for (const hex of lowOrder) expect(precompute(new PublicKey(fromHex(hex)), secret)).toBeUndefined()
})

test('a nonce counts as a 24-byte big-endian number, around its end', () => {
  const asNumber = (nonce: Uint8Array) => BigInt(`0x${toHex(nonce)}`)
  const nonce = fc.oneof(
    fc.uint8Array({ minLength: 24, maxLength: 24 }),
    fc.nat({ max: 300 }).map((below) => fromHex((2n ** 192n - 1n - BigInt(below)).toString(16).padStart(48, '0'))),
  )
  fc.assert(
    fc.property(nonce, fc.oneof(fc.nat({ max: 70_000 }), fc.constant(1)), (start, count) => {
      const advanced = start.slice()
      advanceNonce(advanced, count)
      expect(asNumber(advanced)).toBe((asNumber(start) + BigInt(count)) % 2n ** 192n)
    }),
    { seed, numRuns: 300 },
  )
})

test('a wiped shared key is zero, and one of another length is none', () => {
  const shared = example()
  shared.wipe()
  expect(isAllZero(shared.bytes)).toBe(true)
  expect(() => new SharedKey(new Uint8Array(31))).toThrow(AssertionError)
})
