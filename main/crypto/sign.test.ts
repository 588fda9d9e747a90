import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { fromHex, toHex } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { propertySeed } from '../base/test-seed.ts'
import { open, precompute, seal } from './box.ts'
import { createKeyPair, keyPairOf, PublicKey } from './keys.ts'
import { curveKeyOf, isCurveKeyOf, isSignatureOf, SigningKey, VerifyKey } from './sign.ts'
import { sodiumReady } from './sodium.ts'

beforeAll(() => sodiumReady)

/** RFC 8032, 7.1: seed, public key, message, signature. */
const VECTORS = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const

test('keys and signatures are those of RFC 8032', () => {
  for (const [seed, publicKey, message, signature] of VECTORS) {
    const key = new SigningKey(fromHex(seed))
    expect(key.verifyKey.hex).toBe(publicKey.toUpperCase())
    expect(toHex(key.sign(fromHex(message)))).toBe(signature.toUpperCase())
    expect(isSignatureOf(new VerifyKey(fromHex(publicKey)), fromHex(message), fromHex(signature))).toBe(true)
  }
})

test('a signature is of one key and one message, to the bit', () => {
  const key = SigningKey.create(new SeededRandom(1))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 511 }), (message, bit) => {
      const signature = key.sign(message)
      expect(isSignatureOf(key.verifyKey, message, signature)).toBe(true)
      expect(isSignatureOf(key.verifyKey, Uint8Array.of(...message, 0), signature)).toBe(false)
      expect(isSignatureOf(SigningKey.create(new SeededRandom(2)).verifyKey, message, signature)).toBe(false)
      signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(isSignatureOf(key.verifyKey, message, signature)).toBe(false)
    }),
    { seed: propertySeed(), numRuns: 50 },
  )
})

test('what cannot be a signature or a key is a no, not a throw', () => {
  const key = SigningKey.create(new SeededRandom(1))
  for (const length of [0, 63, 65])
    expect(isSignatureOf(key.verifyKey, new Uint8Array(1), new Uint8Array(length))).toBe(false)
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.uint8Array({ minLength: 64, maxLength: 64 }),
      (bytes, signature) => {
        expect(isSignatureOf(new VerifyKey(bytes), new Uint8Array(3), signature)).toBe(false)
      },
    ),
    { seed: propertySeed() },
  )
})

test('a key of low order verifies nothing', () => {
  const neutral = new VerifyKey(Uint8Array.of(1, ...new Uint8Array(31)))
  const forged = Uint8Array.of(1, ...new Uint8Array(63))
  expect(isSignatureOf(neutral, new Uint8Array(5), forged)).toBe(false)
  expect(curveKeyOf(neutral)).toBeUndefined()
})

test('the Curve25519 form of a key pair belongs together, and boxes with it open', () => {
  const signing = SigningKey.create(new SeededRandom(9))
  const pair = signing.toKeyPair()
  expect(keyPairOf(pair.secretKey).publicKey.hex).toBe(pair.publicKey.hex)
  expect(curveKeyOf(signing.verifyKey)?.hex).toBe(pair.publicKey.hex)
  const friend = createKeyPair(new SeededRandom(10))
  const there = precompute(pair.publicKey, friend.secretKey)
  const back = precompute(friend.publicKey, pair.secretKey)
  const nonce = new Uint8Array(24)
  expect(there && back && open(back, nonce, seal(there, nonce, Uint8Array.of(7)))).toEqual(Uint8Array.of(7))
})

test('a key comes back from its seed, which is a copy, and a wiped key signs nothing of its own', () => {
  const key = SigningKey.create(new SeededRandom(3))
  const { seed } = key
  expect(new SigningKey(seed).verifyKey.equals(key.verifyKey)).toBe(true)
  seed.fill(0)
  const signature = key.sign(Uint8Array.of(1))
  expect(isSignatureOf(key.verifyKey, Uint8Array.of(1), signature)).toBe(true)
  key.wipe()
  expect(isSignatureOf(key.verifyKey, Uint8Array.of(1), key.sign(Uint8Array.of(1)))).toBe(false)
})

test('seeds and keys have 32 bytes', () => {
  expect(() => new SigningKey(new Uint8Array(31))).toThrow(AssertionError)
  expect(() => new VerifyKey(new Uint8Array(33))).toThrow(AssertionError)
})

test('the Curve25519 form is known without making it: it fits its own key and no other', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat({ max: 255 }), (seed, bit) => {
      const { verifyKey } = SigningKey.create(new SeededRandom(seed))
      const curveKey = curveKeyOf(verifyKey)
      if (!curveKey) throw new Error('a key that was made is a point')
      expect(isCurveKeyOf(verifyKey, curveKey)).toBe(true)
      const altered = curveKey.bytes.slice()
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(isCurveKeyOf(verifyKey, new PublicKey(altered))).toBe(false)
      expect(isCurveKeyOf(SigningKey.create(new SeededRandom(seed + 1)).verifyKey, curveKey)).toBe(false)
    }),
    { seed: propertySeed() },
  )
})

test('numbers beyond the field, and keys of low order, have no Curve25519 form that fits', () => {
  const two = new VerifyKey(Uint8Array.of(2, ...new Uint8Array(31)))
  // Of y = 2, u is -3; its other spelling, larger by the prime, has no room in 255 bits, that of y has none below it.
  const minusThree = fromHex(`ea${'ff'.repeat(30)}7f`)
  expect(isCurveKeyOf(two, new PublicKey(minusThree))).toBe(true)
  const spelledOtherwise = new VerifyKey(fromHex(`ef${'ff'.repeat(30)}7f`))
  expect(isCurveKeyOf(spelledOtherwise, new PublicKey(minusThree))).toBe(false)
  const neutral = new VerifyKey(Uint8Array.of(1, ...new Uint8Array(31)))
  for (const hex of ['00'.repeat(32), `01${'00'.repeat(31)}`, 'ff'.repeat(32)]) {
    expect(isCurveKeyOf(neutral, new PublicKey(fromHex(hex)))).toBe(false)
  }
})
