import { expect, test } from 'vitest'
import { sodiumReady } from '../../crypto/sodium.ts'
import { ANNOUNCED, STORED } from '../../wire/announce-packets.ts'
import { FRIEND_NODES_MAX, FriendSearch } from './friend-search.ts'
import { OnionFriend } from './onion-friend.ts'
import { realNode } from './test-nodes.ts'
import { SearchBench, START } from './test-searches.ts'

await sodiumReady

function benchOf() {
  const bench = new SearchBench({ isSelf: false, nodesMax: FRIEND_NODES_MAX })
  const { publicKey } = realNode(1, bench.random).node
  return { bench, friend: new OnionFriend(publicKey, bench.requestKeys, new FriendSearch(bench.search)) }
}

test('noReplay must grow, and begins anew when the friend goes offline', () => {
  const { friend } = benchOf()
  expect([5, 5, 4, 6].map((noReplay) => friend.takeNoReplay(noReplay))).toEqual([true, false, false, true])
  friend.setOnline(true)
  expect(friend.takeNoReplay(6)).toBe(false)
  friend.setOnline(false)
  expect(friend.takeNoReplay(1)).toBe(true)
})

test('our own noReplay is the time in seconds, and never the same twice', () => {
  const { friend } = benchOf()
  const now = 1_700_000_000_500
  expect([now, now, now + 1_000, now + 60_000].map((at) => friend.nextNoReplay(at))).toEqual([
    1_700_000_000, 1_700_000_001, 1_700_000_002, 1_700_000_060,
  ])
})

test('coming online ends the friend request; going offline makes what nodes said doubtful', () => {
  const { bench, friend } = benchOf()
  const { node } = realNode(2, bench.random)
  bench.answer(node, { isStored: STORED }, START)
  friend.setRequest(Uint8Array.of(0x20))
  friend.setOnline(true)
  expect(friend.request).toBeUndefined()
  expect(bench.search.nodes.find(node.publicKey)?.isStored).toBe(true)
  friend.setOnline(false)
  expect(bench.search.nodes.find(node.publicKey)?.isStored).toBe(false)
})

test('a new DHT key is news once, and makes the announce through the DHT due', () => {
  const { bench, friend } = benchOf()
  const [one, two] = [realNode(2, bench.random).node.publicKey, realNode(3, bench.random).node.publicKey]
  friend.dhtAnnounces.sent(START)
  expect([one, one, two].map((key) => friend.setDhtKey(key))).toEqual([true, false, true])
  expect(friend.dhtKey?.equals(two)).toBe(true)
  expect(friend.dhtAnnounces.isDue(START)).toBe(true)
})

test('when it ends its search takes no answers and its key is wiped', () => {
  const { bench, friend } = benchOf()
  const { keys, node } = realNode(2, bench.random)
  friend.end()
  const plain = { isStored: ANNOUNCED, pingIdOrKey: new Uint8Array(32), nodes: [] } as const
  expect(bench.search.open(bench.sealAnswer(keys, plain), node)).toBeUndefined()
  expect(bench.requestKeys.secretKey.bytes).toEqual(new Uint8Array(32))
})
