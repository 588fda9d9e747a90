import { expect, test } from 'vitest'
import { createFilesStore } from './files-store.ts'
import { createMessagesStore } from './messages-store.ts'
import { coverWindows, openConversation } from './open-conversation.ts'
import { createTestHost, keyOf, messageOf } from './test-host.ts'

const FRIEND = keyOf('A')
const HISTORY = Array.from({ length: 1_000 }, (_, index) => messageOf(index + 1))

function createConversation() {
  const { api, asked, emit } = createTestHost({
    'messages.list': ({ beforeId = Infinity, limit }: { beforeId?: number; limit: number }) =>
      HISTORY.filter(({ id }) => id < beforeId).slice(-limit),
    'files.list': () => [],
  })
  const stores = { messages: createMessagesStore(api), files: createFilesStore(api) }
  coverWindows(stores)
  const places = () => asked.flatMap(({ name, args }) => (name === 'files.list' ? [args] : []))
  return { stores, places, emit }
}

test('a long conversation is opened with the files among its newest messages, and no others', async () => {
  const { stores, places } = createConversation()
  await openConversation(stores, FRIEND, undefined)
  expect(places()).toEqual([{ friend: FRIEND, afterMessages: { from: 961 }, limit: 200 }])
  expect(stores.files.getState().covered[FRIEND]).toEqual({ from: 961, to: Infinity })
})

test('older messages bring their files along; a new one asks for nothing', async () => {
  const { stores, places, emit } = createConversation()
  await openConversation(stores, FRIEND, undefined)
  emit.messages.changed(messageOf(1_001))
  await stores.messages.getState().loadOlder(FRIEND)
  await expect.poll(() => stores.files.getState().covered[FRIEND]).toEqual({ from: 761, to: Infinity })
  expect(places().slice(1)).toEqual([{ friend: FRIEND, afterMessages: { from: 761, to: 960 }, limit: 200 }])
})
