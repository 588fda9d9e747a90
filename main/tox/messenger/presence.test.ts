import { beforeAll, expect, test } from 'vitest'
import { SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { ADDRESS, Pair } from './test-pair.ts'

beforeAll(() => sodiumReady)

test('a connection that net_crypto ended before we heard of it makes no session', () => {
  const pair = new Pair()
  const { alice, bob, now } = pair
  alice.messenger.acceptFriend(bob.key, now)
  alice.netCrypto.establish(bob.key, bob.dhtKey, ADDRESS)
  alice.netCrypto.cut(bob.key, 'timeout')
  while (alice.handOne(now));
  expect(alice.netCrypto.sent).toEqual([])
  expect(alice.messenger.friend(bob.key, now)?.isOnline).toBe(false)
  alice.messenger.handleTimeout(now + 40 * SECOND_MS)
  expect(alice.netCrypto.calls.filter((call) => call === 'kill')).toEqual([])
})

test('a friend goes offline once, however the end is told', () => {
  const { alice, bob, now } = Pair.online()
  alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: bob.key, data: Uint8Array.of(25) }, now)
  alice.netCrypto.cut(bob.key, 'killed')
  while (alice.handOne(now));
  alice.messenger.handleNetCryptoEvent({ kind: 'closed', realKey: bob.key, reason: 'timeout' }, now)
  alice.collect()
  expect(alice.of('friendOffline')).toHaveLength(1)
})

test('was last seen when going offline, and is seen now while online', () => {
  const pair = Pair.online()
  const { alice, bob } = pair
  pair.now += 5_000
  expect(alice.messenger.friend(bob.key, pair.now)?.lastSeenAt).toBe(pair.now)
  alice.netCrypto.cut(bob.key, 'timeout')
  alice.handOne(pair.now)
  expect(alice.messenger.friend(bob.key, pair.now + 60_000)?.lastSeenAt).toBe(pair.now)
})

test('a friend who left while typing does not type on', () => {
  const { alice, bob, now } = Pair.online()
  alice.messenger.handleNetCryptoEvent({ kind: 'data', realKey: bob.key, data: Uint8Array.of(51, 1) }, now)
  expect(alice.messenger.friend(bob.key, now)?.isTyping).toBe(true)
  alice.netCrypto.cut(bob.key, 'timeout')
  alice.handOne(now)
  expect(alice.messenger.friend(bob.key, now)?.isTyping).toBe(false)
})

test('a new DHT key from the onion ends the connection and begins the next one', () => {
  const { alice, bob, now } = Pair.online()
  alice.netCrypto.calls.length = 0
  alice.messenger.handleOnionEvent({ kind: 'friendDhtKey', realKey: bob.key, dhtKey: alice.dhtKey, nodes: [] }, now)
  while (alice.handOne(now));
  expect(alice.of('friendOffline')).toHaveLength(1)
  expect(alice.netCrypto.calls).toEqual(['kill', 'connect'])
  expect(alice.netCrypto.connecting.get(bob.key.hex)).toBe(alice.dhtKey)
})

test('the address that the DHT finds is told to net_crypto, of the friend whose key it is', () => {
  const { alice, bob, now } = Pair.online()
  alice.netCrypto.calls.length = 0
  alice.messenger.handleDhtEvent({ kind: 'friendAddress', dhtKey: alice.dhtKey, address: ADDRESS }, now)
  expect(alice.netCrypto.calls).toEqual([])
  alice.messenger.handleDhtEvent({ kind: 'friendAddress', dhtKey: bob.dhtKey, address: ADDRESS }, now)
  expect(alice.netCrypto.calls).toEqual([`address ${ADDRESS.text}`])
})
