import { beforeAll, beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { SECOND_MS } from '../../base/time.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { FriendConnection } from './friend-connection.ts'
import { FakeDht, FakeNetCrypto, FakeOnion } from './test-fakes.ts'
import { ADDRESS } from './test-pair.ts'

beforeAll(() => sodiumReady)

interface Rig {
  connection: FriendConnection
  netCrypto: FakeNetCrypto
  onion: FakeOnion
  dht: FakeDht
}

const random = new SeededRandom(3)
let rig: Rig

function freshRig(): Rig {
  const self = createKeyPair(random).publicKey
  const friend = createKeyPair(random).publicKey
  const parts = { netCrypto: new FakeNetCrypto(self), onion: new FakeOnion(), dht: new FakeDht() }
  const { netCrypto, onion: onionClient, dht } = parts
  return { connection: new FriendConnection(friend, { netCrypto, onionClient, dht }, 0), ...parts }
}

function keys() {
  return { first: createKeyPair(random).publicKey, second: createKeyPair(random).publicKey }
}

beforeEach(() => {
  rig = freshRig()
})

test('begins by asking the onion and letting the friend in', () => {
  expect(rig.onion.calls).toEqual(['add'])
  expect(rig.netCrypto.allowed.has(rig.connection.realKey.hex)).toBe(true)
  expect(rig.connection.nextTimeout()).toBeUndefined()
})

test('a DHT key from the onion starts a search and a connection, and its UDP nodes are asked', () => {
  const { first, second } = keys()
  const nodes = [
    { publicKey: second, address: ADDRESS, isTcp: false },
    { publicKey: first, address: ADDRESS, isTcp: true },
  ]
  rig.dht.addresses.set(first.hex, ADDRESS)
  expect(rig.connection.learnDhtKey(first, nodes, 0)).toBe(false)
  expect([...rig.dht.searches.keys()]).toEqual([first.hex])
  expect(rig.dht.candidates).toEqual([{ publicKey: second, address: ADDRESS }])
  expect(rig.netCrypto.calls).toEqual(['connect', `address ${ADDRESS.text}`])
})

test('only the address of the current DHT key is told to net_crypto', () => {
  const { first, second } = keys()
  rig.connection.learnDhtKey(first, [], 0)
  rig.netCrypto.calls.length = 0
  rig.connection.handleAddress(second, ADDRESS, 0)
  expect(rig.netCrypto.calls).toEqual([])
  rig.connection.handleAddress(first, ADDRESS, 0)
  expect(rig.netCrypto.calls).toEqual([`address ${ADDRESS.text}`])
})

test('a new DHT key replaces the search, and ends a connection made under the old one', () => {
  const { first, second } = keys()
  establish(first, 0)
  rig.onion.calls.length = 0
  expect(rig.connection.learnDhtKey(first, [], 1)).toBe(false)
  expect(rig.connection.isEstablished).toBe(true)
  expect(rig.connection.learnDhtKey(second, [], 2)).toBe(true)
  expect(rig.connection.isEstablished).toBe(false)
  expect([...rig.dht.searches]).toEqual([[second.hex, 1]])
  expect(rig.netCrypto.calls.slice(-2)).toEqual(['kill', 'connect'])
  expect(rig.onion.calls[0]).toBe('offline')
})

test('a DHT key that a handshake brings is followed without ending the connection', () => {
  const { first, second } = keys()
  establish(first, 0)
  rig.connection.handleHandshakeKey(second, 1)
  expect(rig.connection.isEstablished).toBe(true)
  expect([...rig.dht.searches.keys()]).toEqual([second.hex])
  expect(rig.onion.calls.at(-1)).toBe(`dht key ${second.hex.slice(0, 4)}`)
})

test('after a loss it connects again soon, and to the same key', () => {
  const { first } = keys()
  establish(first, 0)
  rig.netCrypto.cut(rig.connection.realKey, 'timeout')
  rig.connection.handleClosed(5_000)
  expect(rig.onion.calls.at(-1)).toBe('offline')
  const wake = rig.connection.nextTimeout()
  expect(wake?.at).toBe(6_000)
  rig.netCrypto.calls.length = 0
  rig.connection.handleTimeout(wake?.at ?? 0)
  expect(rig.netCrypto.calls).toEqual(['connect'])
  expect(rig.netCrypto.connecting.get(rig.connection.realKey.hex)).toBe(first)
})

test('a peer that refuses at once is not asked in a loop', () => {
  const { first } = keys()
  rig.connection.learnDhtKey(first, [], 0)
  for (let at = 0; at < 1_000; at += 10) {
    rig.connection.handleClosed(at)
    rig.connection.handleTimeout(at)
  }
  expect(rig.netCrypto.calls.filter((call) => call === 'connect')).toHaveLength(1)
})

test('a DHT key that leads nowhere is forgotten after 122 s, counted from the loss of a connection', () => {
  const { first } = keys()
  establish(first, 0)
  rig.connection.drop(1_000 * SECOND_MS)
  rig.connection.handleTimeout(1_121 * SECOND_MS)
  expect(rig.dht.searches.size).toBe(1)
  rig.connection.handleTimeout(1_122 * SECOND_MS)
  expect(rig.dht.searches.size).toBe(0)
  expect(rig.connection.dhtKey).toBeUndefined()
  expect(rig.netCrypto.calls.at(-1)).toBe('kill')
  expect(rig.onion.calls.at(-1)).toBe('no dht key')
  expect(rig.connection.nextTimeout()).toBeUndefined()
  expect(rig.connection.isIdle).toBe(true)
})

test('news of a connection that net_crypto has ended meanwhile is not believed', () => {
  const { first } = keys()
  expect(rig.connection.handleEstablished(first, 0)).toBe(false)
  expect(rig.connection.isEstablished).toBe(false)
  expect(rig.dht.searches.size).toBe(0)
})

test('closing takes back all that was asked of the machines below', () => {
  const { first } = keys()
  establish(first, 0)
  rig.connection.close(1)
  expect(rig.dht.searches.size).toBe(0)
  expect(rig.netCrypto.allowed.size).toBe(0)
  expect(rig.onion.calls.at(-1)).toBe('remove')
})

function establish(dhtKey: ReturnType<typeof keys>['first'], now: number): void {
  rig.netCrypto.establish(rig.connection.realKey, dhtKey, ADDRESS)
  expect(rig.connection.handleEstablished(dhtKey, now)).toBe(true)
}
