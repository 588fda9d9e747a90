import { expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { HandshakeMemory } from './handshake-memory.ts'

await sodiumReady

const random = new SeededRandom(1)
const keys = Array.from({ length: 12 }, () => createKeyPair(random).publicKey)
const [first, second] = keys as [(typeof keys)[0], (typeof keys)[0]]

test('knows session keys that were used', () => {
  const memory = new HandshakeMemory()
  expect(memory.isNew(first, 1_000)).toBe(true)
  memory.note(first, 1_000)
  expect(memory.isNew(first, 1_000)).toBe(false)
  expect(memory.isNew(first, 9_000)).toBe(false)
  expect(memory.isNew(second, 1_000)).toBe(true)
})

test('refuses a handshake on a cookie older than that of the last one taken', () => {
  const memory = new HandshakeMemory()
  memory.note(first, 1_000)
  expect(memory.isNew(second, 999)).toBe(false)
})

test('what it no longer remembers by key it refuses by age', () => {
  const memory = new HandshakeMemory()
  for (const [index, key] of keys.entries()) memory.note(key, 1_000 * index)
  for (const [index, key] of keys.entries()) expect(memory.isNew(key, 1_000 * index)).toBe(false)
})
