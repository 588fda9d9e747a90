import { expect, test } from 'vitest'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { Message } from '../../shared/model/message.ts'
import { createMessagesStore } from './messages-store.ts'
import { createTestHost, keyOf, messageOf } from './test-host.ts'

const FRIEND = keyOf('A')
const HISTORY = Array.from({ length: 1_000 }, (_, index) => messageOf(index + 1))

function createStore() {
  const host = createTestHost({
    'messages.list': ({ beforeId, limit }: { beforeId?: number; limit: number }) =>
      HISTORY.filter(({ id }) => id < (beforeId ?? Infinity)).slice(-limit),
    'messages.after': ({ afterId, limit }: { afterId: number; limit: number }) =>
      HISTORY.filter(({ id }) => id > afterId).slice(0, limit),
    'messages.around': ({ id, limit }: { id: number; limit: number }) => HISTORY.slice(id - limit / 2, id + limit / 2),
    'messages.send': ({ text }: { text: string }) => messageOf(5_000, { text, direction: 'out', state: 'queued' }),
  })
  const store = createMessagesStore(host.api)
  const ids = (): number[] => (store.getState().byFriend[FRIEND]?.messages ?? []).map(({ id }) => id)
  return { ...host, store, ids }
}

test('opening a conversation asks for the newest messages only', async () => {
  const { store, ids, asked } = createStore()
  await store.getState().open(FRIEND)
  expect(asked).toEqual([{ name: 'messages.list', args: { friend: FRIEND, limit: 40 } }])
  expect([ids()[0], ids().at(-1)]).toEqual([961, 1_000])
})

test('a conversation that is opened twice at a time is asked for and shown once', async () => {
  const { store, asked } = createStore()
  await Promise.all([store.getState().open(FRIEND), store.getState().open(FRIEND)])
  expect(asked).toHaveLength(1)
  expect(store.getState().byFriend[FRIEND]?.generation).toBe(1)
})

test('older pages come before the first message, without gap or double', async () => {
  const { store, ids } = createStore()
  await store.getState().open(FRIEND)
  await store.getState().loadOlder(FRIEND)
  expect(ids()).toEqual(Array.from({ length: 240 }, (_, index) => 761 + index))
})

test('the same page is not asked for twice at a time', async () => {
  const { store, asked, ids } = createStore()
  await store.getState().open(FRIEND)
  await Promise.all([store.getState().loadOlder(FRIEND), store.getState().loadOlder(FRIEND)])
  expect(asked).toHaveLength(2)
  expect(ids()).toHaveLength(240)
})

test('sending shows nothing by itself: the host’s event does', async () => {
  const { store, ids, emit } = createStore()
  await store.getState().open(FRIEND)
  await store.getState().send(FRIEND, 'hello')
  expect(ids().at(-1)).toBe(1_000)
  emit.messages.changed(messageOf(1_001, { text: 'hello', direction: 'out', state: 'queued' }))
  expect(ids().at(-1)).toBe(1_001)
})

test('from a place in the middle one reads on to the newest, and only then new messages are added', async () => {
  const { store, ids, emit } = createStore()
  await store.getState().openAt(FRIEND, 500)
  emit.messages.changed(messageOf(1_001))
  expect(ids().at(-1)).toBe(520)
  await store.getState().loadNewer(FRIEND)
  await store.getState().loadNewer(FRIEND)
  await store.getState().loadNewer(FRIEND)
  expect(ids().at(-1)).toBe(1_000)
  expect(store.getState().byFriend[FRIEND]?.hasNewer).toBe(false)
  emit.messages.changed(messageOf(1_001))
  expect(ids().at(-1)).toBe(1_001)
})

test('a place after a message is shown with what is about it, also where nothing is before it or the message is gone', async () => {
  const { store, ids, asked } = createStore()
  await store.getState().openAfter(FRIEND, 500)
  expect([ids()[0], ids().at(-1)]).toEqual([481, 520])
  const count = asked.length
  await store.getState().openAfter(FRIEND, 520)
  expect(asked).toHaveLength(count)
  await store.getState().openAfter(FRIEND, 0)
  expect([ids()[0], ids().at(-1)]).toEqual([1, 20])
  expect(store.getState().byFriend[FRIEND]).toMatchObject({ hasOlder: false, hasNewer: true })
  await store.getState().openAfter(FRIEND, 2_000)
  expect(ids()).toEqual(Array.from({ length: 20 }, (_, at) => 981 + at))
  expect(store.getState().byFriend[FRIEND]?.hasNewer).toBe(false)
})

test('a change of state reaches the message that is shown', async () => {
  const { store, emit } = createStore()
  await store.getState().open(FRIEND)
  emit.messages.changed(messageOf(990, { direction: 'out', state: 'collected' }))
  const shown = store.getState().byFriend[FRIEND]?.messages.find(({ id }) => id === 990)
  expect(shown?.state).toBe('collected')
})

test('what was read in another window is read in this one', async () => {
  const { store, emit } = createStore()
  await store.getState().open(FRIEND)
  emit.messages.markedRead({ friend: FRIEND, upToId: 999 })
  emit.messages.markedRead({ friend: keyOf('B'), upToId: 1_000 })
  const unread = store.getState().byFriend[FRIEND]?.messages.filter(({ isRead }) => !isRead)
  expect(unread?.map(({ id }) => id)).toEqual([1_000])
})

test('a removed message disappears, a removed friend takes the conversation along', async () => {
  const { store, ids, emit } = createStore()
  await store.getState().open(FRIEND)
  emit.messages.removed({ id: 1_000, friend: FRIEND })
  expect(ids().at(-1)).toBe(999)
  emit.friends.removed({ publicKey: FRIEND })
  expect(store.getState().byFriend[FRIEND]).toBeUndefined()
})

test('the live region is given new messages of others once, and none that were read', async () => {
  const { store, emit } = createStore()
  const told: (Message | undefined)[] = []
  store.subscribe(({ latestIncoming }, before) => {
    if (latestIncoming !== before.latestIncoming) told.push(latestIncoming)
  })
  emit.messages.changed(messageOf(7, { direction: 'out', state: 'stored' }))
  emit.messages.changed(messageOf(8))
  emit.messages.changed(messageOf(8, { isRead: true }))
  emit.messages.changed(messageOf(3))
  await expect.poll(() => told.map((message) => message?.id)).toEqual([8])
})

test('after a lost link only the conversation that is shown is asked for again', async () => {
  const { store, asked, ids } = createStore()
  await store.getState().open(keyOf('B'))
  await store.getState().open(FRIEND)
  await store.getState().loadOlder(FRIEND)
  await store.getState().reload()
  expect(asked.at(-1)?.args).toEqual({ friend: FRIEND, limit: 40 })
  expect(Object.keys(store.getState().byFriend)).toEqual([FRIEND])
  expect(ids()).toHaveLength(40)
})

test('a link that is lost again before the messages are here loses nothing: the next one asks for them', async () => {
  let isLost = false
  const { api } = createTestHost({
    'messages.list': () => {
      if (isLost) throw new ApiError(ApiErrorCode.Busy, 'the connection to Ampoule was lost')
      return [messageOf(1)]
    },
  })
  const store = createMessagesStore(api)
  await store.getState().open(FRIEND)
  isLost = true
  await expect(store.getState().reload()).rejects.toThrow(ApiError)
  isLost = false
  await store.getState().reload()
  expect(store.getState().byFriend[FRIEND]?.messages).toHaveLength(1)
})
