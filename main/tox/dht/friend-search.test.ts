import { expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { SECOND_MS } from '../../base/time.ts'
import { FriendSearch } from './friend-search.ts'
import { testAddress, testKey, testNode } from './test-nodes.ts'

const FRIEND = { publicKey: testKey(), address: testAddress(7, '5.5.5.5') }

test('knows the address of the friend once the friend itself answered, and while it is good', () => {
  const search = create()
  search.heard(testNode(1), 0)
  expect(search.address(0)).toBeUndefined()
  search.heard(FRIEND, 0)
  expect(search.address(121 * SECOND_MS)).toBe(FRIEND.address)
  expect(search.address(122 * SECOND_MS)).toBeUndefined()
})

test('asks named nodes that would get a place, not those that are listed where they were named', () => {
  const search = create()
  search.heard(testNode(1), 0)
  expect(search.offer(testNode(1), 0)).toBe(false)
  expect(search.offer({ ...testNode(1), address: testAddress(9) }, 0)).toBe(true)
  expect(search.offer(FRIEND, 0)).toBe(true)
  for (let first = 2; first < 10; first += 1) search.heard(testNode(first), 0)
  expect(search.offer(testNode(99), 0)).toBe(false)
  expect(search.collect(0).asks).toEqual(expect.arrayContaining([FRIEND]))
})

test('a node that answered about this key is not asked about it again at once', () => {
  const search = create()
  search.heard(testNode(1), 0)
  search.markAsked(testNode(1), 0)
  search.heard(testNode(2), 0)
  expect(search.collect(0).asks).toEqual([testNode(2)])
})

test('packets for the friend go through those who named an address for it', () => {
  const search = create()
  for (const first of [1, 2, 3]) search.heard(testNode(first), 0)
  expect(search.relays(0)).toEqual([])
  expect(search.randomRelay(0)).toBeUndefined()
  search.setReturned(testKey(2), FRIEND.address, 0)
  search.setReturned(testKey(200), FRIEND.address, 0)
  expect(search.relays(0)).toEqual([testNode(2)])
  expect(search.randomRelay(0)).toEqual(testNode(2))
  expect(search.relays(122 * SECOND_MS)).toEqual([])
})

test('sends NAT pings once four nodes name an address of one family, until the friend itself answers', () => {
  const search = create()
  for (const first of [1, 2, 3, 4]) search.heard(testNode(first), 0)
  for (const first of [1, 2, 3]) search.setReturned(testKey(first), FRIEND.address, 0)
  search.setReturned(testKey(4), testAddress(7, '2001:db8::1'), 0)
  expect(search.collect(0).natPingId).toBeUndefined()
  search.setReturned(testKey(4), FRIEND.address, 0)
  expect(search.nextAt(0)).toBeLessThanOrEqual(0)
  expect(search.collect(0).natPingId).toBeDefined()
  expect(search.nextAt(0)).toBeLessThanOrEqual(3 * SECOND_MS)
  search.heard(FRIEND, SECOND_MS)
  expect(search.collect(3 * SECOND_MS).natPingId).toBeUndefined()
})

test('punches when the friend answered and asked too', () => {
  const search = create()
  for (const first of [1, 2, 3, 4]) {
    search.heard(testNode(first), 0)
    search.setReturned(testKey(first), FRIEND.address, 0)
  }
  const { natPingId } = search.collect(0)
  expect(natPingId).toBeDefined()
  search.handleNatRequest(10)
  search.handleNatResponse(natPingId ?? new Uint8Array(8))
  expect(search.collect(10).guesses.map(({ text }) => text)).toEqual([FRIEND.address.text])
})

test('punches nothing if that is switched off', () => {
  const search = new FriendSearch(FRIEND.publicKey, new SeededRandom(1), false)
  for (const first of [1, 2, 3, 4]) {
    search.heard(testNode(first), 0)
    search.setReturned(testKey(first), FRIEND.address, 0)
  }
  expect(search.collect(0).natPingId).toBeUndefined()
})

function create(): FriendSearch {
  return new FriendSearch(FRIEND.publicKey, new SeededRandom(1), true)
}
