import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { utf8Decode, utf8Encode } from '../../base/bytes.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import type { OnionClientEvent } from './onion-client.ts'
import { OnionNet, type OnionPeer } from './test-onion-net.ts'

await sodiumReady

const NOSPAM = Uint8Array.of(1, 2, 3, 4)
const HELLO = utf8Encode('Grüezi')

/** Where datagrams are lost, chance decides how long things take: those tests have a seed of their own. */
const LOSSY_SEED = 20

function netOf(relayCount: number, options: { loss?: number; latencyMs?: number; seed?: number } = {}): OnionNet {
  const net = new OnionNet({ seed: propertySeed(), ...options })
  for (let count = 0; count < relayCount; count += 1) net.addRelay()
  return net
}

type EventOf<K> = Extract<OnionClientEvent, { kind: K }>

/** Collects a peer's events while the net runs. */
function recorder(peer: OnionPeer) {
  const all: OnionClientEvent[] = []
  return <K extends OnionClientEvent['kind']>(kind: K): EventOf<K>[] => {
    all.push(...peer.events())
    return all.filter((event): event is EventOf<K> => event.kind === kind)
  }
}

/** Counts the onion packets that a peer sends as a client. */
function countSends(net: OnionNet, peer: OnionPeer): () => number {
  let count = 0
  net.watch((bytes, from) => {
    if (from.equals(peer.node.address) && bytes[0] === 0x80) count += 1
  })
  return () => count
}

test.each([1, 2, 3, 20])('with %i relays a friend request arrives, and then both DHT keys', (relayCount) => {
  const net = netOf(relayCount)
  const [alice, bob] = [net.addClient(), net.addClient()]
  const [ofAlice, ofBob] = [recorder(alice), recorder(bob)]
  alice.onion.sendFriendRequest(bob.realKey, NOSPAM, HELLO, net.now)
  net.run(20 * SECOND_MS, () => ofBob('friendRequest').length > 0)
  const [request] = ofBob('friendRequest')
  expect(request?.sender.hex).toBe(alice.realKey.hex)
  expect(request?.nospam).toEqual(NOSPAM)
  expect(utf8Decode(request?.message ?? HELLO.subarray(1))).toBe('Grüezi')

  bob.onion.addFriend(alice.realKey, net.now)
  net.run(20 * SECOND_MS, () => ofAlice('friendDhtKey').length > 0 && ofBob('friendDhtKey').length > 0)
  for (const [events, other] of [
    [ofAlice, bob],
    [ofBob, alice],
  ] as const) {
    const [told] = events('friendDhtKey')
    expect(told?.realKey.hex).toBe(other.realKey.hex)
    expect(told?.dhtKey.hex).toBe(other.node.publicKey.hex)
    expect(told?.nodes).toHaveLength(Math.min(4, relayCount))
  }
})

test.each([1, 5, 20])(
  'with %i relays and a fifth of all datagrams lost, all of it arrives all the same',
  (relayCount) => {
    const net = netOf(relayCount, { loss: 0.2, seed: LOSSY_SEED })
    const [alice, bob] = [net.addClient(), net.addClient()]
    const [ofAlice, ofBob] = [recorder(alice), recorder(bob)]
    alice.onion.sendFriendRequest(bob.realKey, NOSPAM, HELLO, net.now)
    bob.onion.addFriend(alice.realKey, net.now)
    const isDone = () =>
      ofBob('friendRequest').length * ofBob('friendDhtKey').length * ofAlice('friendDhtKey').length > 0
    net.run(15 * MINUTE_MS, isDone)
    expect(isDone()).toBe(true)
    expect(net.lostCount).toBeGreaterThan(0)
  },
)

test('two people alone, each the only relay of the other, find each other', () => {
  const net = netOf(0)
  const [alice, bob] = [net.addClient(true), net.addClient(true)]
  const [ofAlice, ofBob] = [recorder(alice), recorder(bob)]
  alice.onion.addFriend(bob.realKey, net.now)
  bob.onion.addFriend(alice.realKey, net.now)
  net.run(MINUTE_MS, () => ofAlice('friendDhtKey').length > 0 && ofBob('friendDhtKey').length > 0)
  expect(ofAlice('friendDhtKey')[0]?.dhtKey.hex).toBe(bob.node.publicKey.hex)
  expect(ofBob('friendDhtKey')[0]?.dhtKey.hex).toBe(alice.node.publicKey.hex)
})

test('both started at the same moment, with 50 ms between nodes, know each other within three seconds', () => {
  const net = netOf(12, { latencyMs: 50 })
  const [alice, bob] = [net.addClient(), net.addClient()]
  const [ofAlice, ofBob] = [recorder(alice), recorder(bob)]
  alice.onion.addFriend(bob.realKey, net.now)
  bob.onion.addFriend(alice.realKey, net.now)
  const tookMs = net.run(MINUTE_MS, () => ofAlice('friendDhtKey').length > 0 && ofBob('friendDhtKey').length > 0)
  expect(tookMs).toBeLessThan(3 * SECOND_MS)
})

test('says when it is announced, and when the network is gone', () => {
  const net = netOf(8)
  const alice = net.addClient()
  const events = recorder(alice)
  net.run(10 * SECOND_MS)
  expect(events('connected').map(({ isConnected }) => isConnected)).toEqual([true])
  expect(alice.onion.isConnected(net.now)).toBe(true)
  for (const peer of net.peers.filter((other) => other !== alice)) net.remove(peer)
  net.run(3 * MINUTE_MS)
  expect(events('connected').map(({ isConnected }) => isConnected)).toEqual([true, false])
  expect(alice.onion.isConnected(net.now)).toBe(false)
})

test('stays announced for an hour, at no more than 30 packets a minute', () => {
  const net = netOf(20)
  const [alice, bob] = [net.addClient(), net.addClient()]
  const events = recorder(alice)
  net.run(2 * MINUTE_MS)
  const sends = countSends(net, alice)
  net.run(60 * MINUTE_MS)
  expect(sends()).toBeLessThan(60 * 30)
  expect(events('connected').map(({ isConnected }) => isConnected)).toEqual([true])
  bob.onion.sendFriendRequest(alice.realKey, NOSPAM, HELLO, net.now)
  net.run(20 * SECOND_MS)
  expect(events('friendRequest')).not.toHaveLength(0)
})

test('a friend who stays away is looked for ever more rarely', () => {
  const net = netOf(20)
  const alice = net.addClient()
  const sends = countSends(net, alice)
  alice.onion.addFriend(createKeyPair(net.random).publicKey, net.now)
  net.run(MINUTE_MS)
  const inFirstMinute = sends()
  expect(inFirstMinute).toBeLessThan(200)
  net.run(29 * MINUTE_MS)
  const before = sends()
  net.run(MINUTE_MS)
  expect(sends() - before).toBeLessThan(inFirstMinute / 4)
})

test('with a hundred friends away, no second sees more than 500 packets', () => {
  const net = netOf(20)
  const alice = net.addClient()
  for (let count = 0; count < 100; count += 1) alice.onion.addFriend(createKeyPair(net.random).publicKey, net.now)
  const sends = countSends(net, alice)
  for (let second = 0; second < 10; second += 1) {
    const before = sends()
    net.run(SECOND_MS)
    expect(sends() - before).toBeLessThanOrEqual(500)
  }
})

test('of several hundred friends everyone has their turn', () => {
  const net = netOf(5)
  const alice = net.addClient()
  const told = new Set<string>()
  net.watchDhtRequests((_data, { hex }) => told.add(hex))
  net.run(5 * SECOND_MS)
  for (let count = 0; count < 300; count += 1) {
    const { publicKey } = createKeyPair(net.random)
    alice.onion.addFriend(publicKey, net.now)
    alice.onion.setFriendDhtKey(publicKey, publicKey, net.now)
  }
  net.run(20 * SECOND_MS, () => told.size === 300)
  expect(told.size).toBe(300)
})

test('a friend who is online is left alone, and found again after going offline', () => {
  const net = netOf(5)
  const [alice, bob] = [net.addClient(), net.addClient()]
  const [ofAlice, ofBob] = [recorder(alice), recorder(bob)]
  alice.onion.addFriend(bob.realKey, net.now)
  bob.onion.addFriend(alice.realKey, net.now)
  net.run(5 * SECOND_MS)
  alice.onion.setFriendOnline(bob.realKey, true, net.now)
  bob.onion.setFriendOnline(alice.realKey, true, net.now)
  net.run(SECOND_MS)
  const before = [ofAlice, ofBob].map((events) => events('friendDhtKey').length)
  net.run(2 * MINUTE_MS)
  expect([ofAlice, ofBob].map((events) => events('friendDhtKey').length)).toEqual(before)

  alice.onion.setFriendOnline(bob.realKey, false, net.now)
  net.run(5 * SECOND_MS)
  expect(ofBob('friendDhtKey').length).toBeGreaterThan(before[1] ?? 0)
})

test('a friend request is repeated after 5, 10, 20 seconds, until it is answered or taken back', () => {
  const net = netOf(1)
  const [alice, bob] = [net.addClient(), net.addClient()]
  alice.onion.sendFriendRequest(bob.realKey, NOSPAM, HELLO, net.now)
  const arrivals: number[] = []
  const isHere = () => bob.events().some(({ kind }) => kind === 'friendRequest')
  net.run(MINUTE_MS, isHere)
  for (let count = 0; count < 3; count += 1) arrivals.push(net.run(MINUTE_MS, isHere))
  for (const [at, tookMs] of arrivals.entries()) {
    // Rounds come once a second at least.
    expect(tookMs).toBeGreaterThan(5 * SECOND_MS * 2 ** at - 100)
    expect(tookMs).toBeLessThan(5 * SECOND_MS * 2 ** at + 1_100)
  }
  alice.onion.removeFriend(bob.realKey)
  net.run(10 * MINUTE_MS)
  expect(bob.events().filter(({ kind }) => kind === 'friendRequest')).toEqual([])
})

test('a client that is wiped announces itself no more', () => {
  const net = netOf(5)
  const alice = net.addClient()
  net.run(20 * SECOND_MS, () => alice.onion.isConnected(net.now))
  const sent = countSends(net, alice)
  alice.onion.wipe()
  net.run(MINUTE_MS)
  expect(sent()).toBe(0)
})

test('once a DHT key is known, the own one goes by DHT request 156 too', () => {
  const net = netOf(3)
  const [alice, bob] = [net.addClient(), net.addClient()]
  const ofBob = recorder(bob)
  bob.onion.addFriend(alice.realKey, net.now)
  alice.onion.addFriend(bob.realKey, net.now)
  alice.onion.setFriendDhtKey(bob.realKey, bob.node.publicKey, net.now)
  net.run(SECOND_MS)
  expect(alice.dhtRequestIds).toContain(156)
  expect(ofBob('friendDhtKey').length).toBeGreaterThan(0)
})

test('a DHT key announce that is replayed, or comes from another DHT key, is refused', () => {
  const net = netOf(3)
  const [alice, bob] = [net.addClient(), net.addClient()]
  const heard: Uint8Array[] = []
  net.watchDhtRequests((data) => heard.push(data))
  bob.onion.addFriend(alice.realKey, net.now)
  alice.onion.addFriend(bob.realKey, net.now)
  alice.onion.setFriendDhtKey(bob.realKey, bob.node.publicKey, net.now)
  net.run(SECOND_MS)
  const [data = new Uint8Array(0)] = heard
  bob.events()
  bob.onion.handleDhtPkAnnounce(alice.node.publicKey, data, net.now)
  bob.onion.handleDhtPkAnnounce(createKeyPair(net.random).publicKey, data, net.now)
  expect(bob.events()).toEqual([])
  expect(bob.counters.get('onion.dhtKey.refused')).toBeGreaterThan(0)
  expect(bob.counters.get('onion.dhtKey.unopened')).toBe(1)

  bob.onion.setFriendOnline(alice.realKey, true, net.now)
  bob.onion.setFriendOnline(alice.realKey, false, net.now)
  bob.onion.handleDhtPkAnnounce(alice.node.publicKey, data, net.now)
  expect(bob.events()).toHaveLength(1)
})

test('a DHT key of somebody who is no friend is not news', () => {
  const net = netOf(3)
  const [alice, bob] = [net.addClient(), net.addClient()]
  const ofBob = recorder(bob)
  alice.onion.addFriend(bob.realKey, net.now)
  net.run(30 * SECOND_MS)
  expect(ofBob('friendDhtKey')).toEqual([])
  expect(bob.counters.get('onion.dhtKey.refused')).toBeGreaterThan(0)
})

test('a friend who is removed is not looked for any more', () => {
  const net = netOf(5)
  const [alice, bob] = [net.addClient(), net.addClient()]
  const ofAlice = recorder(alice)
  alice.onion.addFriend(bob.realKey, net.now)
  bob.onion.addFriend(alice.realKey, net.now)
  net.run(SECOND_MS)
  alice.onion.removeFriend(bob.realKey)
  alice.onion.setFriendDhtKey(bob.realKey, bob.node.publicKey, net.now)
  const before = [ofAlice('friendDhtKey').length, alice.dhtRequestIds.length]
  net.run(MINUTE_MS)
  expect([ofAlice('friendDhtKey').length, alice.dhtRequestIds.length]).toEqual(before)
})

test('events that nobody takes are counted and dropped, not kept', () => {
  const net = netOf(1)
  const bob = net.addClient()
  const strangers = Array.from({ length: 40 }, () => net.addClient())
  for (const { onion } of strangers) onion.sendFriendRequest(bob.realKey, NOSPAM, HELLO, net.now)
  net.run(MINUTE_MS)
  expect(bob.counters.get('onion.events.dropped')).toBeGreaterThan(0)
  expect(bob.events().length).toBeLessThanOrEqual(256)
})

test('an answer that nobody asked for is counted and dropped', () => {
  const net = netOf(1)
  const alice = net.addClient()
  const from = new Address(Uint8Array.of(127, 0, 0, 1), 1)
  const bytes = new Uint8Array(49)
  alice.onion.handleAnnounceResponse(
    { sendback: bytes.subarray(0, 8), nonce: bytes.subarray(0, 24), sealed: bytes },
    from,
    0,
  )
  expect(alice.counters.get('onion.response.unknown')).toBe(1)
})

test('after a sleep it is announced anew within seconds, since the nodes have forgotten it', () => {
  const net = netOf(12)
  const alice = net.addClient()
  net.run(10 * MINUTE_MS)
  expect(alice.onion.isConnected(net.now)).toBe(true)
  const holders = () => net.peers.filter(({ store }) => store.count(net.now) > 0).length
  net.forgetAnnouncements()
  expect(holders()).toBe(0)
  alice.onion.handleSleep(net.now)
  net.run(10 * SECOND_MS, () => holders() >= 6)
  expect(holders()).toBeGreaterThanOrEqual(6)
})

test('after a sleep friends who are offline are looked for quickly again', () => {
  const net = netOf(12)
  const [alice, bob] = [net.addClient(), net.addClient()]
  alice.onion.addFriend(bob.realKey, net.now)
  net.remove(bob)
  net.run(60 * MINUTE_MS)
  const sends = countSends(net, alice)
  net.run(10 * SECOND_MS)
  const before = sends()
  alice.onion.handleSleep(net.now)
  net.run(10 * SECOND_MS)
  expect(sends() - before).toBeGreaterThan(before + 20)
})
