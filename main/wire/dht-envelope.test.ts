import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { DecodeError } from '../base/byte-reader.ts'
import { SeededRandom } from '../base/random.ts'
import { propertySeed } from '../base/test-seed.ts'
import { open, precompute } from '../crypto/box.ts'
import { createKeyPair, PublicKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { DHT_ENVELOPE_BYTES, DhtEnvelopes } from './dht-envelope.ts'

beforeAll(() => sodiumReady)

const seed = propertySeed()

function pair() {
  const random = new SeededRandom(seed)
  const aliceKeys = createKeyPair(random)
  const bobKeys = createKeyPair(random)
  return {
    aliceKeys,
    bobKeys,
    alice: new DhtEnvelopes(aliceKeys, random),
    bob: new DhtEnvelopes(bobKeys, random),
  }
}

test('is id, key, nonce and a box of the two DHT keys, as the specification has it', () => {
  const { alice, aliceKeys, bobKeys } = pair()
  const plain = Uint8Array.of(1, 2, 3)
  const sealed = alice.seal(0x02, bobKeys.publicKey, plain)
  if (!sealed) throw new Error('not sealed')
  expect(sealed).toHaveLength(DHT_ENVELOPE_BYTES + plain.length)
  expect(sealed[0]).toBe(0x02)
  expect(new PublicKey(sealed.subarray(1, 33)).equals(aliceKeys.publicKey)).toBe(true)
  const shared = precompute(aliceKeys.publicKey, bobKeys.secretKey)
  expect(shared && open(shared, sealed.subarray(33, 57), sealed.subarray(57))).toEqual(plain)
})

test('what one seals the other opens, and nobody else does', () => {
  const { alice, bob, aliceKeys } = pair()
  const stranger = new DhtEnvelopes(createKeyPair(new SeededRandom(1)), new SeededRandom(1))
  fc.assert(
    fc.property(fc.nat({ max: 255 }), fc.uint8Array({ maxLength: 1_300 }), (id, plain) => {
      const sealed = alice.seal(id, bob.publicKey, plain)
      if (!sealed) throw new Error('not sealed')
      const opened = bob.open(sealed)
      expect(opened).toMatchObject({ id, plain })
      expect(opened.sender.equals(aliceKeys.publicKey)).toBe(true)
      expect(() => stranger.open(sealed)).toThrow(DecodeError)
    }),
    { seed, numRuns: 50 },
  )
})

test('two seals of one text share neither nonce nor ciphertext', () => {
  const { alice, bob } = pair()
  const plain = new Uint8Array(8)
  const [first, second] = [alice.seal(0, bob.publicKey, plain), alice.seal(0, bob.publicKey, plain)]
  expect(first?.subarray(33, 57)).not.toEqual(second?.subarray(33, 57))
  expect(first?.subarray(57)).not.toEqual(second?.subarray(57))
})

test('any changed bit but those of the id is a DecodeError, and so is any cut', () => {
  const { alice, bob } = pair()
  const sealed = alice.seal(4, bob.publicKey, new Uint8Array(20))
  if (!sealed) throw new Error('not sealed')
  fc.assert(
    fc.property(fc.integer({ min: 8, max: sealed.length * 8 - 1 }), (bit) => {
      const changed = sealed.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      // Curve25519 ignores the top bit of a key: such a packet opens, from the same peer under another name.
      if (bit !== 32 * 8 + 7) expect(() => bob.open(changed)).toThrow(DecodeError)
    }),
    { seed, numRuns: 300 },
  )
  for (let length = 0; length < sealed.length; length += 1) {
    expect(() => bob.open(sealed.subarray(0, length))).toThrow(DecodeError)
  }
})

test('a packet from our own key, or from a key of low order, is refused; to such a key nothing is sealed', () => {
  const { alice, bob } = pair()
  const toSelf = alice.seal(0, alice.publicKey, new Uint8Array(8))
  expect(toSelf && (() => alice.open(toSelf))).toThrow('own key')
  const lowOrder = new Uint8Array(100)
  expect(() => bob.open(lowOrder)).toThrow('low order')
  expect(alice.seal(0, new PublicKey(new Uint8Array(32)), new Uint8Array(8))).toBeUndefined()
})

test('any bytes give an opened packet or a DecodeError', () => {
  const { bob } = pair()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        bob.open(bytes)
        expect.unreachable()
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
      }
    }),
    { seed, numRuns: 300 },
  )
})
