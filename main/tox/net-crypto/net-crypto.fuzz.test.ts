import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { concat } from '../../base/bytes.ts'
import { SeededRandom } from '../../base/random.ts'
import { fuzzCaseCount, propertySeed } from '../../base/test-seed.ts'
import { precompute, randomNonce, SharedKey } from '../../crypto/box.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { ByteBudget } from './byte-budget.ts'
import { PacketSealer } from './packet-cipher.ts'
import { PeerAddresses } from './peer-addresses.ts'
import { RoundTrip } from './round-trip.ts'
import { Session } from './session.ts'
import { areConnected, befriend, open, TestWire } from './test-wire.ts'

await sodiumReady

const CASES = { seed: propertySeed(), numRuns: fuzzCaseCount() }

/** Alice and Bob connected, and the packets of every kind that Alice sent, as seeds for what an attacker makes of them. */
function connected() {
  const wire = new TestWire(1)
  const [alice, bob] = [wire.addPeer(1), wire.addPeer(2)]
  befriend(alice, bob, wire.now)
  open(alice, bob, wire.now)
  wire.runUntil(() => areConnected(alice, bob), 5_000)
  alice.netCrypto.send(bob.realKey, Uint8Array.of(64, 1), wire.now)
  wire.run(2_000)
  return { wire, alice, bob, packets: [...alice.sent, ...bob.sent].map(({ bytes }) => bytes) }
}

test('datagrams of any content, from anywhere, at any time, neither throw nor harm the connection', () => {
  const { wire, alice, bob, packets } = connected()
  const hosts = fc.constantFrom(alice.address, new Address(Uint8Array.of(10, 0, 0, 9), 9))
  const mutated = fc
    .record({
      packet: fc.constantFrom(...packets),
      at: fc.nat(1_400),
      bits: fc.integer({ min: 0, max: 255 }),
      cut: fc.nat(30),
    })
    .map(({ packet, at, bits, cut }) => {
      const bytes = packet.slice(0, Math.max(0, packet.length - (cut > 20 ? cut : 0)))
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ bits
      return bytes
    })
  const noise = fc
    .record({ id: fc.constantFrom(0x18, 0x19, 0x1a, 0x1b), body: fc.uint8Array({ maxLength: 1_500 }) })
    .map(({ id, body }) => concat(Uint8Array.of(id), body))
  fc.assert(
    fc.property(fc.oneof(mutated, noise), hosts, fc.nat(40), (bytes, from, waitMs) => {
      bob.handlePacket(bytes, from, wire.now)
      bob.drainEvents()
      wire.run(waitMs)
    }),
    CASES,
  )
  expect(areConnected(alice, bob)).toBe(true)
  expect(bob.eventsOf('closed')).toEqual([])
  expect(bob.eventsOf('data').length).toBe(1)
  alice.netCrypto.send(bob.realKey, Uint8Array.of(64, 2), wire.now)
  wire.run(3_000)
  expect(bob.eventsOf('data').length).toBe(2)
})

test('a friend who says anything at all makes nothing throw and nothing grow past its bound', () => {
  const plain = fc.record({
    recvStart: fc.oneof(fc.nat(4), fc.nat(40_000), fc.nat(2 ** 32 - 1)),
    number: fc.oneof(fc.nat(10), fc.nat(40_000), fc.nat(2 ** 32 - 1)),
    id: fc.oneof(fc.constantFrom(0, 1, 1, 1, 3, 15, 16, 64, 64, 64, 191, 192, 254, 255), fc.nat(255)),
    body: fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 1_372, size: 'max' })),
    sends: fc.nat(3),
    waitMs: fc.nat(60),
  })
  fc.assert(
    fc.property(fc.array(plain, { minLength: 1, maxLength: 8 }), (steps) => {
      const budget = new ByteBudget(5_000)
      const { session, peer } = sessionWithPeer(budget)
      let now = 100_000
      let numbers = 0
      for (const { recvStart, number, id, body, sends, waitMs } of steps) {
        for (let count = 0; count < sends; count += 1) {
          if (session.send(Uint8Array.of(64), now) !== undefined) numbers += 1
        }
        session.handlePacket(peer.seal(recvStart, number, concat(Uint8Array.of(id), body)), now)
        while (session.takeData()) expect(budget.usedBytes).toBeLessThanOrEqual(5_000 + 1_373)
        now += waitMs
        session.handleTimeout(now)
        expect(session.nextAt()).toBeGreaterThan(now - 1)
        expect(session.acknowledgedBefore).toBeLessThanOrEqual(numbers)
        expect(budget.usedBytes).toBeLessThanOrEqual(5_000)
      }
      session.wipe()
      expect(budget.usedBytes).toBe(0)
    }),
    CASES,
  )
})

const random = new SeededRandom(1)
const pair = [createKeyPair(random), createKeyPair(random)] as const

function sessionWithPeer(receiveBudget: ByteBudget) {
  const shared = precompute(pair[1].publicKey, pair[0].secretKey)
  if (!shared) throw new Error('low order')
  const baseNonce = randomNonce(random)
  const peer = new PacketSealer(new SharedKey(shared.bytes.slice()), baseNonce)
  const addresses = new PeerAddresses()
  addresses.noteHeard(new Address(Uint8Array.of(127, 0, 0, 1), 1), 0)
  const session = new Session(
    {
      shared,
      ownBaseNonce: randomNonce(random),
      peerBaseNonce: baseNonce,
      sendBudget: new ByteBudget(2 ** 20),
      receiveBudget,
      roundTrip: new RoundTrip(),
      addresses,
      transmits: { send: () => {} },
    },
    100_000,
  )
  return { session, peer }
}
