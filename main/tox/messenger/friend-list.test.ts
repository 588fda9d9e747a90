import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { FriendConnection } from './friend-connection.ts'
import { Friend, FriendList } from './friend-list.ts'
import { FakeDht, FakeNetCrypto, FakeOnion } from './test-fakes.ts'

beforeAll(() => sodiumReady)

const random = new SeededRandom(8)

function newFriend(): Friend {
  const publicKey = createKeyPair(random).publicKey
  const parts = { netCrypto: new FakeNetCrypto(publicKey), onionClient: new FakeOnion(), dht: new FakeDht() }
  return new Friend(publicKey, new FriendConnection(publicKey, parts, 0))
}

test('keeps friends by key, in the order in which they came', () => {
  const list = new FriendList()
  const friends = [newFriend(), newFriend(), newFriend()]
  for (const friend of friends) list.add(friend)
  const [first, second, third] = friends
  if (!first || !second || !third) throw new Error('no friends')
  list.delete(second.publicKey)
  expect(list.all()).toEqual([first, third])
  expect(list.get(third.publicKey)).toBe(third)
  expect(list.get(second.publicKey)).toBeUndefined()
})

test('what was saved and restored is saved again the same', () => {
  const confirmed = {
    state: 'confirmed',
    publicKey: newFriend().publicKey,
    name: Uint8Array.of(1),
    statusMessage: Uint8Array.of(2, 3),
    status: 'busy',
    lastSeenAt: 5_000,
  } as const
  const requested = { state: 'requested', nospam: Uint8Array.of(1, 2, 3, 4), message: Uint8Array.of(9) } as const
  for (const rest of [confirmed, requested]) {
    const friend = newFriend()
    friend.restore({ ...rest, publicKey: friend.publicKey })
    expect(friend.saved(99)).toEqual({ ...rest, publicKey: friend.publicKey })
    expect(friend.view(99)).toMatchObject({ isConfirmed: rest.state === 'confirmed', isOnline: false })
  }
})
