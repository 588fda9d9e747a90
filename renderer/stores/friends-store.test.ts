import { expect, test } from 'vitest'
import { createFriendsStore, inListOrder, nameOf } from './friends-store.ts'
import { createTestHost, friendOf, keyOf } from './test-host.ts'

const REQUEST = { publicKey: keyOf('C'), message: 'hello', receivedAt: '2026-11-27T12:00:00.000Z' }

const FILE = { direction: 'in', name: 'map.png', startedAt: '2026-11-27T11:30:00.000Z' } as const

function createStore() {
  const host = createTestHost({
    'friends.list': () => [friendOf('A')],
    'friends.requests': () => [],
    'friends.add': () => friendOf('B', { isRequested: true }),
    'friends.dismiss': () => ({}),
  })
  return { ...host, store: createFriendsStore(host.api) }
}

test('adding shows nobody by itself: the host’s event does', async () => {
  const { store, emit } = createStore()
  await store.getState().load()
  await store.getState().add('0'.repeat(76), 'hello')
  expect(Object.keys(store.getState().byKey)).toEqual([keyOf('A')])
  emit.friends.changed(friendOf('B', { isRequested: true }))
  expect(Object.keys(store.getState().byKey)).toEqual([keyOf('A'), keyOf('B')])
})

test('a request that comes twice stands there once, and goes when its sender is a friend', () => {
  const { store, emit } = createStore()
  emit.friends.requested(REQUEST)
  emit.friends.requested({ ...REQUEST, message: 'again' })
  expect(store.getState().requests.map(({ message }) => message)).toEqual(['again'])
  emit.friends.changed(friendOf('C'))
  expect(store.getState().requests).toEqual([])
})

test('a dismissed request goes when the host says so, in whichever window it was dismissed', async () => {
  const { store, emit, asked } = createStore()
  emit.friends.requested(REQUEST)
  await store.getState().dismiss(REQUEST.publicKey)
  expect(asked.map(({ name }) => name)).toEqual(['friends.dismiss'])
  emit.friends.requestRemoved({ publicKey: REQUEST.publicKey })
  expect(store.getState().requests).toEqual([])
})

test('a removed friend is gone', async () => {
  const { store, emit } = createStore()
  await store.getState().load()
  emit.friends.removed({ publicKey: keyOf('A') })
  expect(store.getState().byKey).toEqual({})
})

test('the newest conversation comes first, be it by a message or a file, then names', () => {
  const said = (at: string) => ({
    id: 1,
    direction: 'in' as const,
    kind: 'text' as const,
    text: '',
    sentAt: `2026-11-27T${at}:00.000Z`,
    state: 'received' as const,
  })
  const friends = [
    friendOf('A', { name: 'Zoe' }),
    friendOf('B', { name: 'Anna' }),
    friendOf('C', { lastMessage: said('10:00') }),
    friendOf('D', { lastMessage: said('11:00') }),
    friendOf('E', { lastMessage: said('09:00'), lastFile: FILE }),
  ]
  const byKey = Object.fromEntries(friends.map((friend) => [friend.publicKey, friend]))
  expect(inListOrder(byKey).map(({ publicKey }) => publicKey[0])).toEqual(['E', 'D', 'C', 'B', 'A'])
})

test('a friend without a name is called by the first digits of the key', () => {
  expect(nameOf(friendOf('A', { name: ' ' }))).toBe('AAAAAAAA')
  expect(nameOf(friendOf('A'))).toBe('Friend A')
})
