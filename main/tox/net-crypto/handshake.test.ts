import { expect, test } from 'vitest'
import { randomBytes, SeededRandom } from '../../base/random.ts'
import { precompute, type SharedKey } from '../../crypto/box.ts'
import { createKeyPair, PublicKey } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { decode } from '../../wire/codec.ts'
import { handshake } from '../../wire/handshake-packets.ts'
import { OwnSessionKeys, openHandshake, sealHandshake } from './handshake.ts'

await sodiumReady

const random = new SeededRandom(1)
const alice = createKeyPair(random)
const bob = createKeyPair(random)

function sharedOf(own: typeof alice, other: typeof alice): SharedKey {
  const shared = precompute(other.publicKey, own.secretKey)
  if (!shared) throw new Error('low order')
  return shared
}

function sealed() {
  const keys = new OwnSessionKeys(random)
  const [peerCookie, ownCookie] = [randomBytes(random, 112), randomBytes(random, 112)]
  const packet = sealHandshake({ realShared: sharedOf(alice, bob), keys, peerCookie, ownCookie }, random)
  return { keys, peerCookie, ownCookie, packet }
}

test('a handshake has 385 bytes, shows the cookie, and opens with the other real key', () => {
  const { keys, peerCookie, ownCookie, packet } = sealed()
  expect(packet.length).toBe(385)
  const outer = decode(handshake, packet)
  expect(outer.cookie).toEqual(peerCookie)
  const opened = openHandshake(outer, sharedOf(bob, alice))
  expect(opened?.baseNonce).toEqual(keys.baseNonce)
  expect(opened?.sessionKey.hex).toBe(keys.publicKey.hex)
  expect(opened?.ownCookie).toEqual(ownCookie)
})

test('it opens neither for others, nor when a byte is changed, nor under another cookie', () => {
  const { packet } = sealed()
  const eve = createKeyPair(random)
  expect(openHandshake(decode(handshake, packet), sharedOf(eve, alice))).toBeUndefined()
  for (const at of [1, 60, 112, 113, 140, 384]) {
    const spoiled = packet.slice()
    spoiled[at] = (spoiled[at] ?? 0) ^ 1
    expect(openHandshake(decode(handshake, spoiled), sharedOf(bob, alice)), `byte ${at}`).toBeUndefined()
  }
})

test('both sides agree on one session key, and none with a key of low order', () => {
  const [left, right] = [new OwnSessionKeys(random), new OwnSessionKeys(random)]
  expect(left.agree(right.publicKey)?.bytes).toEqual(right.agree(left.publicKey)?.bytes)
  expect(left.agree(new PublicKey(new Uint8Array(32)))).toBeUndefined()
  expect(left.agree(new PublicKey(Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : 0))))).toBeUndefined()
})
