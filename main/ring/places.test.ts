import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { fromHex } from '../base/bytes.ts'
import { createKeyPair, PublicKey } from '../crypto/keys.ts'
import { VerifyKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { PLACE_COUNT } from './circle.ts'
import { mailboxPlace, NodePlaces, nodePlace } from './places.ts'

beforeAll(() => sodiumReady)

const KEY_BYTES = fromHex('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F')

test('a place is the first 6 bytes of BLAKE2b-256 over label, ring and key', () => {
  // From Python: hashlib.blake2b(b'ampoule node place 1' + bytes([ring]) + bytes(range(32)), digest_size=32).digest()[:6]
  const key = new PublicKey(KEY_BYTES)
  expect([0, 1, 2].map((ring) => nodePlace(key, ring).toString(16).padStart(12, '0'))).toEqual([
    '520bffb34daa',
    'ca9b59a1c28e',
    '3db5e4ba400a',
  ])
  expect(mailboxPlace(new VerifyKey(KEY_BYTES), 0).toString(16).padStart(12, '0')).toBe('88f879625f6c')
})

test('the rings order the same nodes differently', () => {
  const random = new SeededRandom(1)
  const keys = Array.from({ length: 50 }, () => createKeyPair(random).publicKey)
  const orders = [0, 1, 2].map((ring) => {
    const sorted = [...keys].sort((a, b) => nodePlace(a, ring) - nodePlace(b, ring))
    return sorted.map((key) => keys.indexOf(key)).join()
  })
  expect(new Set(orders).size).toBe(3)
})

test('places are spread evenly', () => {
  const random = new SeededRandom(2)
  const places = Array.from({ length: 500 }, () => nodePlace(createKeyPair(random).publicKey, 0))
  for (let part = 0; part < 5; part += 1) {
    const count = places.filter((place) => Math.floor((place / PLACE_COUNT) * 5) === part).length
    expect(count).toBeGreaterThan(65)
    expect(count).toBeLessThan(135)
  }
})

test('remembered places are the same as computed ones', () => {
  const places = new NodePlaces(3)
  const key = new PublicKey(KEY_BYTES)
  expect(places.of(key)).toEqual([nodePlace(key, 0), nodePlace(key, 1), nodePlace(key, 2)])
  expect(places.of(key)).toBe(places.of(new PublicKey(KEY_BYTES)))
})
