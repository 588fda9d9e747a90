import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { VAULT_SEAL_BYTES, VaultCipher } from './vault-cipher.ts'

beforeAll(() => sodiumReady)

const row = Uint8Array.from({ length: 300 }, (_, at) => at % 251)
const name = new Uint8Array(36).fill(1)

test('opens its own rows under their own name, and nothing else', () => {
  const cipher = new VaultCipher(new SeededRandom(1))
  const hash = cipher.hashOf(name)
  const sealed = cipher.seal(hash, row)
  expect(sealed.length).toBe(row.length + VAULT_SEAL_BYTES)
  expect(cipher.open(hash, sealed)).toEqual(row)
  expect(cipher.open(cipher.hashOf(new Uint8Array(36)), sealed)).toBeUndefined()
  expect(cipher.open(hash, sealed.with(40, (sealed[40] ?? 0) ^ 1))).toBeUndefined()
  expect(cipher.open(hash, sealed.subarray(0, 20))).toBeUndefined()
})

test('another process finds neither the name nor the row', () => {
  const [cipher, next] = [new VaultCipher(new SeededRandom(1)), new VaultCipher(new SeededRandom(2))]
  const hash = cipher.hashOf(name)
  expect(next.hashOf(name)).not.toEqual(hash)
  expect(next.open(hash, cipher.seal(hash, row))).toBeUndefined()
})

test('sealing the same row twice gives different bytes, and a wiped cipher opens nothing', () => {
  const cipher = new VaultCipher(new SeededRandom(3))
  const hash = cipher.hashOf(name)
  const sealed = cipher.seal(hash, row)
  expect(cipher.seal(hash, row)).not.toEqual(sealed)
  cipher.wipe()
  expect(cipher.open(hash, sealed)).toBeUndefined()
})
