import { beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { SECOND_MS } from '../../base/time.ts'
import { createKeyPair, type KeyPair } from '../../crypto/keys.ts'
import { SharedKeys } from '../../crypto/shared-keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { DhtKeyAnnounces } from './dht-key-announces.ts'
import { FriendSearch } from './friend-search.ts'
import { OnionData } from './onion-data.ts'
import { OnionFriend } from './onion-friend.ts'
import { lanNode } from './test-nodes.ts'
import { SearchBench, START } from './test-searches.ts'

await sodiumReady

const random = new SeededRandom(8)
const bobKeys = createKeyPair(random)
const aliceKeys = createKeyPair(random)
const aliceDhtKey = createKeyPair(random).publicKey
const bobDhtKey = createKeyPair(random).publicKey
let requests: { requestId: number; data: Uint8Array }[]
let sentCount: number
let alice: DhtKeyAnnounces
let bob: OnionFriend

beforeEach(() => {
  requests = []
  sentCount = 1
  alice = announcesOf(aliceKeys)
  const bench = new SearchBench({ isSelf: false, nodesMax: 8 })
  bob = new OnionFriend(bobKeys.publicKey, bench.requestKeys, new FriendSearch(bench.search))
})

function announcesOf(realKeys: KeyPair): DhtKeyAnnounces {
  const sharedKeys = new SharedKeys(realKeys.secretKey)
  const { paths } = new SearchBench({ isSelf: false, nodesMax: 8 })
  const dht = {
    publicKey: aliceDhtKey,
    isConnected: () => true,
    randomNodes: () => [],
    closestNodes: (_target: unknown, count: number) => [lanNode(1), lanNode(2)].slice(0, count),
    sendDhtRequest: (_receiver: unknown, requestId: number, data: Uint8Array) => {
      requests.push({ requestId, data })
      return sentCount
    },
  }
  const data = new OnionData({ realKeys, sharedKeys, paths, random })
  return new DhtKeyAnnounces({ realKey: realKeys.publicKey, sharedKeys, dht, data, random })
}

/** When DHT requests go out if a round comes every 500 ms, in ms. */
function requestTimes(untilMs: number): number[] {
  const times: number[] = []
  for (let now = START; now <= START + untilMs; now += 500) {
    const before = requests.length
    alice.round(bob, now)
    if (requests.length > before) times.push(now - START)
  }
  return times
}

test('a friend whose DHT key we know gets ours by DHT request 156, after 0, 3, 11, 31, 51 seconds', () => {
  bob.setDhtKey(bobDhtKey)
  expect(requestTimes(52 * SECOND_MS)).toEqual([0, 3_000, 11_000, 31_000, 51_000])
  expect(requests[0]?.requestId).toBe(156)
  const opened = announcesOf(bobKeys).open(requests[0]?.data ?? new Uint8Array(0), aliceDhtKey)
  expect(opened?.realKey.equals(aliceKeys.publicKey)).toBe(true)
  expect(opened?.announce.dhtKey.equals(aliceDhtKey)).toBe(true)
  expect(opened?.announce.nodes.map(({ address }) => address.text)).toEqual(['10.0.0.1:33445', '10.0.0.2:33445'])
})

test('without a way to the friend it tries again ever more rarely, and not at all once the DHT key is forgotten', () => {
  bob.setDhtKey(bobDhtKey)
  sentCount = 0
  expect(requestTimes(20 * SECOND_MS)).toEqual([0, 1_000, 3_000, 7_000, 15_000])
  bob.forgetDhtKey()
  requests.length = 0
  for (let now = START + 20 * SECOND_MS; now < START + 120 * SECOND_MS; now += SECOND_MS) alice.round(bob, now)
  expect(requests).toEqual([])
})

test('without the DHT key of the friend, and no node that holds it, nothing is sent', () => {
  expect(requestTimes(10 * SECOND_MS)).toEqual([])
})

test('what is not from the announced DHT key, not for us, or not sealed is not opened', () => {
  bob.setDhtKey(bobDhtKey)
  alice.round(bob, START)
  const data = requests[0]?.data ?? new Uint8Array(0)
  expect(announcesOf(bobKeys).open(data, bobDhtKey)).toBeUndefined()
  expect(announcesOf(createKeyPair(random)).open(data, aliceDhtKey)).toBeUndefined()
  expect(announcesOf(bobKeys).open(data.subarray(1), aliceDhtKey)).toBeUndefined()
  expect(announcesOf(bobKeys).open(new Uint8Array(0), aliceDhtKey)).toBeUndefined()
})
