import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { EFFORT_PER_SECOND_DESKTOP } from '../storage/effort.ts'
import { VAULT_LIMITS_DEFAULT } from '../storage/quota.ts'
import { MemoryShelf } from '../storage/vault-memory.ts'
import { bootstrapNode, createVault, secondsPerMessage } from './start.ts'

await sodiumReady

test('each vault has a key of its own', () => {
  const names: Uint8Array[] = []
  for (const seed of [1, 2]) {
    const { vault } = createVault(new SeededRandom(seed), VAULT_LIMITS_DEFAULT, (cipher) => {
      names.push(cipher.hashOf(new Uint8Array(36)))
      return new MemoryShelf()
    })
    expect(vault.usage().records).toBe(0)
  }
  expect(names[0]).not.toEqual(names[1])
})

test('a bootstrap node is an address and a key in hex', () => {
  const address = new Address(Uint8Array.of(127, 0, 0, 1), 33_445)
  expect(bootstrapNode(address, 'ab'.repeat(32)).publicKey.hex).toBe('AB'.repeat(32))
})

test('one text for 14 days costs a desktop thread about 3 s over all rings', () => {
  const seconds = secondsPerMessage(EFFORT_PER_SECOND_DESKTOP)
  expect(seconds).toBeGreaterThan(2.5)
  expect(seconds).toBeLessThan(3.5)
  expect(secondsPerMessage(2 * EFFORT_PER_SECOND_DESKTOP)).toBeCloseTo(seconds / 2)
})
