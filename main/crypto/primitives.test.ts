import fc from 'fast-check'
import { assert, expect, test } from 'vitest'
import { fromHex, toHex } from '../base/bytes.ts'
import { propertySeed } from '../base/test-seed.ts'
import { nativePrimitives, type Primitives, primitives, wasmPrimitives } from './primitives.ts'
import { nativeSodium, sodiumReady } from './sodium.ts'

/**
 * Goal: nobody can tell which build of libsodium answers.
 * Method: every function of both, side by side, with what is right and what is wrong. Where no native build loads the
 * reference is compared with itself; vectors of the functions stand beside box, sign, hash, aead and argon2id.
 */
await sodiumReady
const native = nativeSodium()
const builds: readonly Primitives[] = [wasmPrimitives, native ? nativePrimitives(native) : wasmPrimitives]

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const text = fc.uint8Array({ maxLength: 1_500 })
const key = bytes(32)
const nonce = bytes(24)
const settings = { seed: propertySeed(), numRuns: 60 }

test('the native build is used where it loads', () => {
  expect(primitives() === wasmPrimitives).toBe(native === undefined)
})

test('secretboxes are the same, open in each other, and with a bit changed in neither', () => {
  fc.assert(
    fc.property(text, nonce, key, fc.nat(), (plain, n, k, place) => {
      const sealed = both((build) => {
        const target = new Uint8Array(plain.length + 16)
        build.sealInto(target, plain, n, k)
        return target
      })
      expect(both((build) => opened(build, sealed, n, k))).toEqual(plain)
      expect(both((build) => opened(build, flipped(sealed, place), n, k))).toBeUndefined()
    }),
    settings,
  )
})

test('sealing keeps to its place in a larger buffer', () => {
  const packet = both((build) => {
    const buffer = new Uint8Array(40).fill(7)
    build.sealInto(buffer.subarray(10, 30), new Uint8Array(4), new Uint8Array(24), new Uint8Array(32))
    return buffer
  })
  expect([...packet.subarray(0, 10), ...packet.subarray(30)]).toEqual(Array.from({ length: 20 }, () => 7))
})

test('sealed texts with associated data are the same, and open with nothing else', () => {
  fc.assert(
    fc.property(text, text, nonce, key, fc.nat(), (plain, associated, n, k, place) => {
      const sealed = both((build) => build.aeadSeal(plain, associated, n, k))
      expect(both((build) => build.aeadOpen(sealed, associated, n, k))).toEqual(plain)
      expect(both((build) => build.aeadOpen(flipped(sealed, place), associated, n, k))).toBeUndefined()
      expect(both((build) => build.aeadOpen(sealed, Uint8Array.of(...associated, 1), n, k))).toBeUndefined()
    }),
    settings,
  )
})

test('keys and signatures are the same, and what one signs the other checks', () => {
  fc.assert(
    fc.property(key, text, fc.nat(), (seed, message, place) => {
      const publicKey = both((build) => build.signingKeys(seed).publicKey)
      const secretKey = both((build) => build.signingKeys(seed).secretKey)
      const signature = both((build) => build.sign(message, secretKey))
      expect(both((build) => build.isSignature(signature, message, publicKey))).toBe(true)
      expect(both((build) => build.isSignature(flipped(signature, place), message, publicKey))).toBe(false)
      expect(both((build) => build.isSignature(signature, message, flipped(publicKey, place)))).toBe(false)
      expect(both((build) => build.curveKeyOf(publicKey))).toHaveLength(32)
      expect(both((build) => build.curveSecretOf(secretKey))).toHaveLength(32)
    }),
    settings,
  )
})

test('both say the same of signatures and keys that nobody made', () => {
  const lowOrder = ['00', '01', 'ec', 'ed', 'ee'].map((start) => fromHex(`${start}${'ff'.repeat(30)}7f`))
  const anyKey = fc.oneof(
    key,
    fc.constantFrom(...lowOrder, new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))),
  )
  const anySignature = fc.oneof(bytes(64), fc.constant(Uint8Array.of(1, ...new Uint8Array(63))))
  fc.assert(
    fc.property(anyKey, anySignature, text, (publicKey, signature, message) => {
      both((build) => build.isSignature(signature, message, publicKey))
      both((build) => build.curveKeyOf(publicKey))
      both((build) => build.publicKeyOf(publicKey))
    }),
    { ...settings, numRuns: 300 },
  )
})

test('a signature whose number is not reduced is refused by both', () => {
  const keys = wasmPrimitives.signingKeys(new Uint8Array(32))
  const message = Uint8Array.of(1)
  const signature = wasmPrimitives.sign(message, keys.secretKey)
  const order = BigInt('0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed')
  const number = BigInt(`0x${toHex(signature.slice(32).reverse())}`) + order
  const stretched = Uint8Array.of(
    ...signature.subarray(0, 32),
    ...fromHex(number.toString(16).padStart(64, '0')).reverse(),
  )
  expect(both((build) => build.isSignature(stretched, message, keys.publicKey))).toBe(false)
})

test('hashes are the same, with a key and without', () => {
  fc.assert(
    fc.property(text, key, fc.integer({ min: 16, max: 64 }), (message, k, length) => {
      expect(both((build) => build.blake2b(length, message, undefined))).toHaveLength(length)
      expect(both((build) => build.blake2b(length, message, k))).toHaveLength(length)
      expect(both((build) => build.sha512(message))).toHaveLength(64)
    }),
    settings,
  )
})

test('what was returned stays as it is when more of the same length comes', () => {
  const [first, second] = [Uint8Array.of(1), Uint8Array.of(2)].map((message) =>
    builds.map((build) => build.blake2b(32, message, undefined)),
  )
  expect(first).not.toEqual(second)
  expect(first).toEqual(builds.map((build) => build.blake2b(32, Uint8Array.of(1), undefined)))
})

test('authentication codes and Argon2id are the same', () => {
  fc.assert(
    fc.property(text, key, (message, k) => {
      expect(both((build) => build.hmac(message, k))).toHaveLength(32)
    }),
    settings,
  )
  fc.assert(
    fc.property(bytes(56), bytes(16), (password, salt) => {
      const cost = { passes: 1, memoryBytes: 2 ** 16, outputBytes: 16 }
      expect(both((build) => build.argon2id(password, salt, cost))).toHaveLength(16)
    }),
    { ...settings, numRuns: 10 },
  )
})

function opened(build: Primitives, sealed: Uint8Array, n: Uint8Array, k: Uint8Array): Uint8Array | undefined {
  const plain = new Uint8Array(sealed.length - 16)
  return build.openInto(plain, sealed, n, k) ? plain : undefined
}

/** What both builds say, which must be the same. */
function both<T>(ask: (build: Primitives) => T): T {
  const [reference, other] = builds.map((build) => ({ said: ask(build) }))
  assert(reference !== undefined && other !== undefined)
  expect(other.said).toEqual(reference.said)
  return reference.said
}

function flipped(original: Uint8Array, place: number): Uint8Array {
  const changed = original.slice()
  const bit = place % (changed.length * 8)
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}

test('scrypt of a passphrase is the same, whatever its length', () => {
  for (const length of [0, 32, 100]) {
    expect(both((build) => build.scrypt(new Uint8Array(length).fill(7), new Uint8Array(32).fill(1)))).toHaveLength(32)
  }
})
