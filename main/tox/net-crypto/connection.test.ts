import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { randomBytes } from '../../base/random.ts'
import { precompute, randomNonce, seal } from '../../crypto/box.ts'
import { sha512 } from '../../crypto/hash.ts'
import { createKeyPair, PublicKey } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { decode, encode } from '../../wire/codec.ts'
import { COOKIE_REQUEST_ID, cookieResponse, handshake, handshakePlain } from '../../wire/handshake-packets.ts'
import { openCookieResponse } from './cookie-exchange.ts'
import { areConnected, befriend, numbered, open, type TestPeer, TestWire } from './test-wire.ts'

await sodiumReady

function pair(latencyMs = 10) {
  const wire = new TestWire(1, { latencyMs })
  const [alice, bob] = [wire.addPeer(1), wire.addPeer(2)]
  befriend(alice, bob, wire.now)
  return { wire, alice, bob }
}

const idsOf = (peer: TestPeer) => peer.sent.map(({ bytes }) => bytes[0])

/** A handshake of Alice's real key to Bob, on a cookie that Bob hands out now, with the session key given. */
function forge(wire: TestWire, alice: TestPeer, bob: TestPeer, sessionKey: PublicKey): Uint8Array {
  const dhtShared = precompute(bob.dhtKey, alice.dhtKeys.secretKey)
  const realShared = precompute(bob.realKey, alice.realKeys.secretKey)
  if (!dhtShared || !realShared) throw new Error('low order')
  const echo = randomBytes(wire.random, 8)
  const request = { realKey: alice.realKey, unused: new Uint8Array(32), echo }
  bob.netCrypto.handleCookieRequest(request, alice.dhtKey, alice.address, wire.now)
  const answer = bob.sent.at(-1)?.bytes ?? new Uint8Array(0)
  const cookie = openCookieResponse(decode(cookieResponse, answer), dhtShared, echo)
  if (!cookie) throw new Error('no cookie')
  const nonce = randomNonce(wire.random)
  const plain = encode(handshakePlain, {
    baseNonce: randomNonce(wire.random),
    sessionKey,
    cookieHash: sha512(cookie),
    ownCookie: new Uint8Array(112),
  })
  return encode(handshake, { cookie, nonce, sealed: seal(realShared, nonce, plain) })
}

test('asks for a cookie at each address it knows, and at a new one at once', () => {
  const { wire, alice, bob } = pair()
  wire.removePeer(bob)
  alice.netCrypto.setAddress(bob.realKey, new Address(Uint8Array.of(10, 0, 0, 50), 1), wire.now)
  expect(alice.sent).toEqual([])
  alice.netCrypto.connect(bob.realKey, bob.dhtKey, wire.now)
  alice.netCrypto.setAddress(bob.realKey, new Address(Uint8Array.of(10, 0, 0, 51), 1), wire.now + 10)
  expect(alice.sent.map(({ to }) => to.ip[3])).toEqual([50, 51])
  wire.run(500)
  expect(alice.sent.map(({ to }) => to.ip[3])).toEqual([50, 51, 50, 51])
  expect(new Set(idsOf(alice))).toEqual(new Set([COOKIE_REQUEST_ID]))
})

test('one packet of each kind opens a connection over a good link', () => {
  const { wire, alice, bob } = pair()
  open(alice, bob, wire.now)
  wire.runUntil(() => areConnected(alice, bob), 1_000)
  expect(idsOf(alice)).toEqual([COOKIE_REQUEST_ID, 0x1a, 0x1b])
  expect(idsOf(bob)).toEqual([0x19, 0x1a, 0x1b])
})

test('a lost packet of the handshake costs a quarter of a second, whichever it is', () => {
  for (let lost = 0; lost < 6; lost += 1) {
    const { wire, alice, bob } = pair()
    let count = 0
    wire.filter = () => count++ !== lost
    const startedAt = wire.now
    open(alice, bob, wire.now)
    expect(
      wire.runUntil(() => areConnected(alice, bob), 5_000),
      `packet ${lost}`,
    ).toBe(true)
    expect(wire.now - startedAt).toBeLessThan(350)
  }
})

test('a session key of low order is refused, before and after a connection stands', () => {
  const { wire, alice, bob } = pair()
  const lowOrder = new PublicKey(new Uint8Array(32))
  bob.handlePacket(forge(wire, alice, bob, lowOrder), alice.address, wire.now)
  expect(bob.counters.get('netCrypto.handshakeLowOrder')).toBe(1)
  open(alice, bob, wire.now)
  wire.runUntil(() => areConnected(alice, bob), 1_000)
  wire.run(1_000)
  bob.handlePacket(forge(wire, alice, bob, lowOrder), alice.address, wire.now)
  expect(bob.counters.get('netCrypto.handshakeLowOrder')).toBe(2)
  expect(areConnected(alice, bob)).toBe(true)
})

test('a handshake on a cookie from before the connection began does not replace it', () => {
  const { wire, alice, bob } = pair()
  const early = forge(wire, alice, bob, createKeyPair(wire.random).publicKey)
  open(alice, bob, wire.now)
  wire.runUntil(() => areConnected(alice, bob), 1_000)
  bob.handlePacket(early, alice.address, wire.now)
  bob.drainEvents()
  expect(bob.eventsOf('closed')).toEqual([])
  expect(bob.counters.get('netCrypto.handshakeReplayed')).toBe(1)
})

test('a handshake on a later cookie does: the friend has lost its side', () => {
  const { wire, alice, bob } = pair()
  open(alice, bob, wire.now)
  wire.runUntil(() => areConnected(alice, bob), 1_000)
  wire.run(100)
  bob.handlePacket(forge(wire, alice, bob, createKeyPair(wire.random).publicKey), alice.address, wire.now)
  bob.drainEvents()
  expect(bob.eventsOf('closed').map(({ reason }) => reason)).toEqual(['replaced'])
  expect(bob.netCrypto.isEstablished(alice.realKey)).toBe(false)
})

test('a cookie response that was not asked for is counted and dropped', () => {
  const { wire, alice, bob } = pair()
  const noise = encode(cookieResponse, { nonce: new Uint8Array(24), sealed: new Uint8Array(136) })
  alice.handlePacket(noise, bob.address, wire.now)
  open(alice, bob, wire.now)
  alice.handlePacket(noise, bob.address, wire.now)
  expect(alice.counters.get('netCrypto.cookieResponseUnasked')).toBe(2)
  expect(wire.runUntil(() => areConnected(alice, bob), 1_000)).toBe(true)
})

test('packets of two friends who seem to share an address go to the right one', () => {
  const { wire, alice, bob } = pair()
  const carol = wire.addPeer(3)
  befriend(alice, carol, wire.now)
  open(alice, bob, wire.now)
  alice.netCrypto.setAddress(carol.realKey, bob.address, wire.now)
  wire.runUntil(() => areConnected(alice, bob), 1_000)
  bob.netCrypto.send(alice.realKey, numbered(1), wire.now)
  wire.run(200)
  expect(alice.eventsOf('data').map(({ realKey }) => realKey.hex)).toEqual([bob.realKey.hex])
})

test('a peer that goes on from another address is answered there once it is known', () => {
  const { wire, alice, bob } = pair()
  open(alice, bob, wire.now)
  wire.runUntil(() => areConnected(alice, bob), 1_000)
  const moved = new Address(Uint8Array.of(10, 0, 0, 77), 7)
  wire.removePeer(bob)
  alice.netCrypto.setAddress(bob.realKey, moved, wire.now)
  bob.netCrypto.send(alice.realKey, numbered(5), wire.now)
  alice.handlePacket(bob.sent.at(-1)?.bytes ?? new Uint8Array(0), moved, wire.now)
  alice.drainEvents()
  expect(alice.eventsOf('data').length).toBe(1)
  wire.run(10_000)
  expect(alice.sent.at(-1)?.to.text).toBe(moved.text)
})

test('a repeated handshake is answered again, though not more often than four times a second', () => {
  const { wire, alice, bob } = pair()
  const packet = forge(wire, alice, bob, createKeyPair(wire.random).publicKey)
  wire.removePeer(alice)
  for (let time = 0; time < 20; time += 1) {
    bob.handlePacket(packet, alice.address, wire.now)
    wire.run(50)
  }
  const answers = bob.sent.filter(({ bytes }) => bytes[0] === handshake.id).length
  expect(answers).toBeGreaterThanOrEqual(3)
  expect(answers).toBeLessThanOrEqual(6)
})

test('after a kill the killed side waits a second before it asks again', () => {
  const { wire, alice, bob } = pair()
  open(alice, bob, wire.now)
  wire.runUntil(() => areConnected(alice, bob), 1_000)
  bob.netCrypto.kill(alice.realKey, wire.now)
  wire.run(10)
  const before = alice.sent.length
  wire.run(990)
  expect(alice.sent.length).toBe(before)
  wire.run(20)
  expect(idsOf(alice).at(-1)).toBe(COOKIE_REQUEST_ID)
})
