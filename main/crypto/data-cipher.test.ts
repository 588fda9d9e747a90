import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { DataCipher, DataCipherError } from './data-cipher.ts'
import { sodiumReady } from './sodium.ts'

await sodiumReady
const cipher = new DataCipher(new Uint8Array(32).fill(1), new SeededRandom(1))
const text = utf8Encode('hello')

test('a sealed value opens for its purpose and no other, and never looks the same twice', () => {
  const sealed = cipher.seal('a', text)
  expect(cipher.open('a', sealed)).toEqual(text)
  expect(() => cipher.open('b', sealed)).toThrow(DataCipherError)
  expect(cipher.seal('a', text)).not.toEqual(sealed)
})

test('an altered or cut value and another key are refused', () => {
  const sealed = cipher.seal('a', text)
  const altered = sealed.slice()
  altered[30] = (altered[30] ?? 0) ^ 1
  expect(() => cipher.open('a', altered)).toThrow(DataCipherError)
  for (const length of [0, 10, 39, sealed.length - 1]) {
    expect(() => cipher.open('a', sealed.subarray(0, length))).toThrow(DataCipherError)
  }
  const other = new DataCipher(new Uint8Array(32).fill(2), new SeededRandom(1))
  expect(() => other.open('a', sealed)).toThrow(DataCipherError)
})

test('fingerprints tell equal values of one purpose', () => {
  expect(cipher.fingerprint('a', text)).toEqual(cipher.fingerprint('a', text))
  expect(cipher.fingerprint('a', text)).not.toEqual(cipher.fingerprint('b', text))
  expect(cipher.fingerprint('a', text)).toHaveLength(16)
})
