import { beforeAll, expect, test } from 'vitest'
import { isAllZero } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { precompute } from './box.ts'
import { createKeyPair, PublicKey } from './keys.ts'
import { SharedKeys } from './shared-keys.ts'
import { sodiumReady } from './sodium.ts'

beforeAll(() => sodiumReady)

const random = new SeededRandom(6)

test('gives the shared key, and the same one again', () => {
  const self = createKeyPair(random)
  const peer = createKeyPair(random)
  const keys = new SharedKeys(self.secretKey)
  const shared = keys.get(peer.publicKey)
  expect(shared?.bytes).toEqual(precompute(self.publicKey, peer.secretKey)?.bytes)
  expect(keys.get(new PublicKey(peer.publicKey.bytes))).toBe(shared)
})

test('forgets, and wipes, the key that was not used for longest', () => {
  const keys = new SharedKeys(createKeyPair(random).secretKey, 2)
  const peers = [createKeyPair(random).publicKey, createKeyPair(random).publicKey, createKeyPair(random).publicKey]
  const [first, second, third] = peers
  if (!first || !second || !third) throw new Error('no peers')
  const oldest = keys.get(first)
  const kept = keys.get(second)
  keys.get(third)
  expect(oldest && isAllZero(oldest.bytes)).toBe(true)
  expect(keys.get(second)).toBe(kept)
  expect(kept && isAllZero(kept.bytes)).toBe(false)
})

test('a peer of low order has no shared key, and takes no room', () => {
  const keys = new SharedKeys(createKeyPair(random).secretKey, 1)
  const peer = createKeyPair(random).publicKey
  const shared = keys.get(peer)
  expect(keys.get(new PublicKey(new Uint8Array(32)))).toBeUndefined()
  expect(keys.get(peer)).toBe(shared)
})

test('wiping leaves no key behind', () => {
  const keys = new SharedKeys(createKeyPair(random).secretKey)
  const shared = keys.get(createKeyPair(random).publicKey)
  keys.wipe()
  expect(shared && isAllZero(shared.bytes)).toBe(true)
})

test('finds the peer of a packet: one object for all packets of one key', () => {
  const keys = new SharedKeys(createKeyPair(random).secretKey)
  const peer = createKeyPair(random).publicKey
  const packet = new Uint8Array(40)
  packet.set(peer.bytes, 3)
  const found = keys.peerAt(packet, 3)
  packet.fill(0)
  expect(found?.key.equals(peer)).toBe(true)
  expect(found?.shared).toBe(keys.get(peer))
  packet.set(peer.bytes, 8)
  expect(keys.peerAt(packet, 8)).toBe(found)
})

test('peers whose keys begin alike are told apart', () => {
  const self = createKeyPair(random)
  const keys = new SharedKeys(self.secretKey)
  const peer = createKeyPair(random).publicKey
  const alike = peer.bytes.slice()
  alike[20] = (alike[20] ?? 0) ^ 1
  for (const key of [peer, new PublicKey(alike), peer]) {
    expect(keys.get(key)?.bytes).toEqual(precompute(key, self.secretKey)?.bytes)
  }
})
