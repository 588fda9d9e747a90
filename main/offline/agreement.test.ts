import { expect, test } from 'vitest'
import { toHex } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { createKeyPair, PublicKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { agree, longTermSecret } from './agreement.ts'

await sodiumReady
const random = new SeededRandom(7)
const [alice, bob, mallory] = [createKeyPair(random), createKeyPair(random), createKeyPair(random)]
const [freshAlice, freshBob] = [createKeyPair(random), createKeyPair(random)]

function agreed(...args: Parameters<typeof agree>) {
  const epoch = agree(...args)
  if (!epoch) throw new Error('no agreement')
  return epoch
}

test('two friends agree on one epoch, with each direction and each confirmation crossed over', () => {
  const near = agreed(alice, bob.publicKey, freshAlice, freshBob.publicKey)
  const far = agreed(bob, alice.publicKey, freshBob, freshAlice.publicKey)
  expect(near.id).toEqual(far.id)
  expect(new Set([near.role, far.role])).toEqual(new Set(['A', 'B']))
  expect(near.sendMailboxSeed).toEqual(far.receiveMailboxSeed)
  expect(near.receiveMailboxSeed).toEqual(far.sendMailboxSeed)
  expect(near.sendChainKey).toEqual(far.receiveChainKey)
  expect(near.receiveChainKey).toEqual(far.sendChainKey)
  expect(near.ownConfirmation).toEqual(far.peerConfirmation)
  expect(near.peerConfirmation).toEqual(far.ownConfirmation)
  const secrets = Object.values(near).filter((value) => value instanceof Uint8Array)
  expect(new Set(secrets.map(toHex)).size).toBe(7)
})

test('who holds one long-term secret only cannot make the confirmation of the friend', () => {
  // Goal: no key-compromise impersonation. Method: Mallory has Alice's secret and poses as Bob to her.
  const atAlice = agreed(alice, bob.publicKey, freshAlice, freshBob.publicKey)
  const asBobWithAliceKey = agreed(alice, bob.publicKey, freshBob, freshAlice.publicKey)
  const asMallory = agreed(mallory, alice.publicKey, freshBob, freshAlice.publicKey)
  for (const attempt of [asBobWithAliceKey, asMallory]) {
    expect(attempt.ownConfirmation).not.toEqual(atAlice.peerConfirmation)
    expect(attempt.peerConfirmation).not.toEqual(atAlice.peerConfirmation)
  }
})

test('a fresh key of low order, our own fresh key sent back, and ourselves as peer are refused', () => {
  const lowOrder = new PublicKey(new Uint8Array(32))
  expect(agree(alice, bob.publicKey, freshAlice, lowOrder)).toBeUndefined()
  expect(agree(alice, lowOrder, freshAlice, freshBob.publicKey)).toBeUndefined()
  expect(agree(alice, bob.publicKey, freshAlice, freshAlice.publicKey)).toBeUndefined()
  expect(agree(alice, alice.publicKey, freshAlice, freshBob.publicKey)).toBeUndefined()
  expect(longTermSecret(alice, lowOrder)).toBeUndefined()
})

test('each meeting gives another epoch', () => {
  const first = agreed(alice, bob.publicKey, freshAlice, freshBob.publicKey)
  const second = agreed(alice, bob.publicKey, createKeyPair(random), freshBob.publicKey)
  expect(first.id).not.toEqual(second.id)
  expect(first.sendChainKey).not.toEqual(second.sendChainKey)
})
