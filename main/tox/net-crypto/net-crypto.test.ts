import { expect, test } from 'vitest'
import { randomBytes } from '../../base/random.ts'
import { PublicKey } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { handshake } from '../../wire/handshake-packets.ts'
import { areConnected, befriend, numbered, open, TestWire, type Weather } from './test-wire.ts'

await sodiumReady

function pair(weather: Weather = {}, seed = 1) {
  const wire = new TestWire(seed, weather)
  const [alice, bob] = [wire.addPeer(1), wire.addPeer(2)]
  befriend(alice, bob, wire.now)
  return { wire, alice, bob }
}

function connectedPair(weather: Weather = {}, seed = 1) {
  const peers = pair(weather, seed)
  open(peers.alice, peers.bob, peers.wire.now)
  expect(peers.wire.runUntil(() => areConnected(peers.alice, peers.bob), 60_000)).toBe(true)
  return peers
}

test('opens in two round trips and a half, and both hear under which DHT key and address', () => {
  const { wire, alice, bob } = pair({ latencyMs: 10 })
  const startedAt = wire.now
  open(alice, bob, wire.now)
  expect(wire.runUntil(() => areConnected(alice, bob), 1_000)).toBe(true)
  expect(wire.now - startedAt).toBe(50)
  expect(alice.events).toEqual([
    { kind: 'established', realKey: bob.realKey, dhtKey: bob.dhtKey, address: bob.address },
  ])
  expect(bob.events).toEqual([
    { kind: 'friendDhtKey', realKey: alice.realKey, dhtKey: alice.dhtKey },
    { kind: 'established', realKey: alice.realKey, dhtKey: alice.dhtKey, address: alice.address },
  ])
})

test('carries lossless packets both ways, numbered from 0, and tells when the peer has taken them', () => {
  const { wire, alice, bob } = connectedPair()
  expect(alice.netCrypto.send(bob.realKey, numbered(7), wire.now)).toBe(0)
  expect(alice.netCrypto.send(bob.realKey, numbered(8), wire.now)).toBe(1)
  expect(bob.netCrypto.send(alice.realKey, numbered(9), wire.now)).toBe(0)
  wire.run(500)
  expect(bob.eventsOf('data').map(({ data }) => data)).toEqual([numbered(7), numbered(8)])
  expect(alice.eventsOf('data').map(({ data }) => data)).toEqual([numbered(9)])
  expect(alice.eventsOf('acknowledged').at(-1)).toEqual({ kind: 'acknowledged', realKey: bob.realKey, before: 2 })
})

test('acknowledges a lone message within a round trip and 100 ms', () => {
  const { wire, alice, bob } = connectedPair({ latencyMs: 20 })
  wire.run(5_000)
  alice.netCrypto.send(bob.realKey, numbered(1), wire.now)
  const sentAt = wire.now
  expect(wire.runUntil(() => alice.eventsOf('acknowledged').length > 0, 2_000)).toBe(true)
  expect(wire.now - sentAt).toBeLessThanOrEqual(40 + 100)
})

test('delivers a lost last packet within a few round trips, though c-toxcore resends nothing unasked', () => {
  const { wire, alice, bob } = connectedPair({ latencyMs: 20 })
  wire.run(5_000)
  let isLost = false
  wire.filter = (_, from) => isLost || !(isLost = from === alice.address)
  const sentAt = wire.now
  alice.netCrypto.send(bob.realKey, numbered(1), wire.now)
  expect(isLost).toBe(true)
  expect(wire.runUntil(() => bob.eventsOf('data').length > 0, 5_000)).toBe(true)
  expect(wire.now - sentAt).toBeLessThan(400)
})

test('an idle connection costs one small packet a second each way', () => {
  const { wire, alice, bob } = connectedPair()
  wire.run(2_000)
  const before = alice.sent.length
  wire.run(60_000)
  const idle = alice.sent.slice(before)
  expect(idle.length).toBe(60)
  expect(Math.max(...idle.map(({ bytes }) => bytes.length))).toBeLessThan(50)
  expect(areConnected(alice, bob)).toBe(true)
})

test('lossy packets arrive at once and are not resent', () => {
  const { wire, alice, bob } = connectedPair()
  expect(alice.netCrypto.sendLossy(bob.realKey, Uint8Array.of(200, 1), wire.now)).toBe(true)
  wire.filter = (_, from) => from !== alice.address
  alice.netCrypto.sendLossy(bob.realKey, Uint8Array.of(200, 2), wire.now)
  wire.filter = () => true
  wire.run(3_000)
  expect(bob.eventsOf('lossy').map(({ data }) => [...data])).toEqual([[200, 1]])
})

test('nothing can be sent before the connection is established', () => {
  const { wire, alice, bob } = pair()
  expect(alice.netCrypto.send(bob.realKey, numbered(1), wire.now)).toBeUndefined()
  expect(alice.netCrypto.sendLossy(bob.realKey, Uint8Array.of(200), wire.now)).toBe(false)
  expect(alice.netCrypto.freeSlots(bob.realKey)).toBe(0)
})

test('two that open at the same moment get one connection', () => {
  const { wire, alice, bob } = pair()
  open(alice, bob, wire.now)
  open(bob, alice, wire.now)
  expect(wire.runUntil(() => areConnected(alice, bob), 1_000)).toBe(true)
  alice.netCrypto.send(bob.realKey, numbered(1), wire.now)
  bob.netCrypto.send(alice.realKey, numbered(2), wire.now)
  wire.run(10_000)
  for (const peer of [alice, bob]) {
    expect(peer.eventsOf('established').length).toBe(1)
    expect(peer.eventsOf('closed')).toEqual([])
    expect(peer.eventsOf('data').length).toBe(1)
  }
})

test('a kill closes the other side at once, and the killer tries no more', () => {
  const { wire, alice, bob } = connectedPair()
  bob.netCrypto.kill(alice.realKey, wire.now)
  bob.drainEvents()
  expect(bob.eventsOf('closed')).toEqual([{ kind: 'closed', realKey: alice.realKey, reason: 'killed' }])
  wire.run(10)
  expect(alice.eventsOf('closed')).toEqual([{ kind: 'closed', realKey: bob.realKey, reason: 'killed' }])
  const sentByBob = bob.sent.length
  wire.filter = (_, from) => from !== alice.address
  wire.run(30_000)
  expect(bob.sent.length).toBe(sentByBob)
})

test('a silent peer is given up after 32 s, and looked for where it was', () => {
  const { wire, alice, bob } = connectedPair()
  const heardAt = wire.now
  wire.removePeer(bob)
  expect(wire.runUntil(() => alice.eventsOf('closed').length > 0, 60_000)).toBe(true)
  expect(wire.now - heardAt).toBeGreaterThan(31_000)
  expect(wire.now - heardAt).toBeLessThan(33_000)
  expect(alice.eventsOf('closed')[0]?.reason).toBe('timeout')
  const before = alice.sent.length
  wire.run(10_000)
  expect(alice.sent.length - before).toBeGreaterThanOrEqual(9)
})

test('tries for 122 s, about once a second, and stops', () => {
  const { wire, alice, bob } = pair()
  wire.removePeer(bob)
  const startedAt = wire.now
  open(alice, bob, startedAt)
  wire.run(300_000)
  expect(alice.sent.length).toBeGreaterThan(110)
  expect(alice.sent.length).toBeLessThan(150)
  expect((alice.sent.at(-1)?.at ?? 0) - startedAt).toBeLessThan(135_000)
  expect(alice.netCrypto.nextTimeout()).toBeUndefined()
})

test('a stranger gets a cookie and nothing more', () => {
  const wire = new TestWire(1)
  const [alice, eve] = [wire.addPeer(1), wire.addPeer(2)]
  eve.netCrypto.allow(alice.realKey, wire.now)
  open(eve, alice, wire.now)
  wire.run(60_000)
  expect(alice.events).toEqual([])
  expect(alice.counters.get('netCrypto.handshakeStranger')).toBeGreaterThan(0)
  expect(alice.sent.every(({ bytes }) => bytes[0] === 0x19)).toBe(true)
})

test('a handshake on a cookie that is not ours, or too old, is refused', () => {
  const { wire, alice, bob } = pair()
  const handshakes: Uint8Array[] = []
  wire.filter = (bytes) => bytes[0] !== handshake.id || handshakes.push(bytes) === 0
  open(alice, bob, wire.now)
  wire.run(100)
  const recorded = handshakes[0]
  if (!recorded) throw new Error('no handshake was sent')
  wire.filter = () => true
  alice.netCrypto.kill(bob.realKey, wire.now)

  const forged = recorded.slice()
  forged[5] = (forged[5] ?? 0) ^ 1
  bob.handlePacket(forged, alice.address, wire.now)
  expect(bob.counters.get('netCrypto.handshakeBadCookie')).toBe(1)
  bob.handlePacket(recorded, alice.address, wire.now + 15_001)
  expect(bob.counters.get('netCrypto.handshakeBadCookie')).toBe(2)
  expect(bob.sent.filter(({ bytes }) => bytes[0] === handshake.id)).toEqual([])
  bob.handlePacket(recorded, alice.address, wire.now + 10_000)
  expect(bob.sent.filter(({ bytes }) => bytes[0] === handshake.id).length).toBe(1)
})

test('a handshake of another friend on this cookie is refused', () => {
  const { wire, alice, bob } = pair()
  let recorded: Uint8Array | undefined
  wire.filter = (bytes) => {
    if (bytes[0] === handshake.id) recorded ??= bytes
    return bytes[0] !== handshake.id
  }
  open(alice, bob, wire.now)
  wire.run(100)
  const spoiled = recorded?.slice() ?? new Uint8Array(0)
  spoiled[200] = (spoiled[200] ?? 0) ^ 1
  bob.handlePacket(spoiled, alice.address, wire.now)
  expect(bob.counters.get('netCrypto.handshakeForged')).toBe(1)
})

test('a replayed handshake neither disturbs a connection nor opens one', () => {
  const { wire, alice, bob } = pair()
  const recorded: Uint8Array[] = []
  wire.filter = (bytes, from) => {
    if (bytes[0] === handshake.id && from === alice.address) recorded.push(bytes)
    return true
  }
  open(alice, bob, wire.now)
  wire.runUntil(() => areConnected(alice, bob), 1_000)
  const replay = () => {
    for (const packet of recorded) bob.handlePacket(packet, alice.address, wire.now)
    bob.drainEvents()
  }
  replay()
  expect(areConnected(alice, bob)).toBe(true)
  bob.netCrypto.kill(alice.realKey, wire.now)
  wire.filter = () => false
  const sent = bob.sent.length
  replay()
  expect(bob.sent.length).toBe(sent)
  expect(bob.counters.get('netCrypto.handshakeReplayed')).toBe(recorded.length)
})

test('a replayed data packet is taken once, lossy ones too', () => {
  const { wire, alice, bob } = connectedPair()
  const before = alice.sent.length
  alice.netCrypto.sendLossy(bob.realKey, Uint8Array.of(200, 5), wire.now)
  alice.netCrypto.send(bob.realKey, numbered(5), wire.now)
  wire.run(100)
  for (const { bytes } of alice.sent.slice(before)) bob.handlePacket(bytes, alice.address, wire.now)
  bob.drainEvents()
  expect(bob.eventsOf('lossy').length).toBe(1)
  expect(bob.eventsOf('data').length).toBe(1)
  expect(bob.counters.get('netCrypto.dataRefused')).toBe(alice.sent.length - before)
})

test('a friend no longer allowed is killed, and refused from then on', () => {
  const { wire, alice, bob } = connectedPair()
  bob.netCrypto.disallow(alice.realKey, wire.now)
  wire.run(20_000)
  expect(alice.eventsOf('closed').length).toBe(1)
  expect(alice.eventsOf('established').length).toBe(1)
  expect(bob.netCrypto.isEstablished(alice.realKey)).toBe(false)
})

test('keys of low order are refused without a throw', () => {
  const { wire, alice, bob } = pair()
  const lowOrder = new PublicKey(new Uint8Array(32))
  alice.netCrypto.allow(lowOrder, wire.now)
  expect(alice.counters.get('netCrypto.realKeyLowOrder')).toBe(1)
  alice.netCrypto.connect(bob.realKey, lowOrder, wire.now)
  alice.netCrypto.setAddress(bob.realKey, bob.address, wire.now)
  wire.run(1_000)
  expect(alice.sent).toEqual([])
})

test('a friend whose key begins as another one does leaves the handshakes of that one sealed', () => {
  const { wire, alice, bob } = pair()
  const twin = new PublicKey(Uint8Array.from([...bob.realKey.bytes.subarray(0, 8), ...randomBytes(wire.random, 24)]))
  alice.netCrypto.allow(twin, wire.now)
  open(alice, bob, wire.now)
  expect(wire.runUntil(() => areConnected(alice, bob), 1_000)).toBe(true)
})

test('the first of very many friends connects as the last one does', () => {
  const { wire, alice, bob } = pair()
  for (let count = 0; count < 1_100; count += 1) {
    alice.netCrypto.allow(new PublicKey(randomBytes(wire.random, 32)), wire.now)
  }
  open(alice, bob, wire.now)
  expect(wire.runUntil(() => areConnected(alice, bob), 1_000)).toBe(true)
})

test('closing ends all connections with a kill and leaves no wake', () => {
  const { wire, alice, bob } = connectedPair()
  alice.netCrypto.close(wire.now)
  expect(alice.netCrypto.nextTimeout()).toBeUndefined()
  wire.run(10)
  expect(bob.eventsOf('closed').map(({ reason }) => reason)).toEqual(['killed'])
})

test('after a sleep a connection is made anew at once, whether the friend gave it up meanwhile or not', () => {
  for (const hasGivenUp of [true, false]) {
    const { wire, alice, bob } = connectedPair()
    const { realKeys, dhtKeys } = bob
    const friend = hasGivenUp ? wire.addPeer(2, { realKeys, dhtKeys }) : bob
    friend.netCrypto.allow(alice.realKey, wire.now)
    alice.netCrypto.handleSleep(wire.now)
    alice.drainEvents()
    expect(alice.events.at(-1)).toEqual({ kind: 'closed', realKey: bob.realKey, reason: 'timeout' })
    const isBack = (): boolean => alice.events.at(-1)?.kind === 'established' && areConnected(alice, friend)
    expect(wire.runUntil(isBack, 2_000)).toBe(true)
  }
})
