import { expect, test } from 'vitest'
import { ApiError, ApiErrorCode } from '../../../shared/api/errors.ts'
import { createFilesStore } from '../../stores/files-store.ts'
import { createMessagesStore } from '../../stores/messages-store.ts'
import { createTestHost, keyOf, messageOf } from '../../stores/test-host.ts'
import { findEverywhere } from './findings.ts'

const FILE = {
  id: 4,
  friend: keyOf('B'),
  direction: 'out',
  afterMessageId: 7,
  name: 'map.png',
  transferredBytes: 0,
  bytesPerSecond: 0,
  startedAt: '2026-11-27T12:00:00.000Z',
  state: 'finished',
  isRead: true,
}

function createStores(files: () => unknown) {
  const { api } = createTestHost({
    'messages.search': () => [messageOf(9, { text: 'the map' })],
    'files.search': files,
  })
  return { messages: createMessagesStore(api), files: createFilesStore(api) }
}

test('messages and files are found, each with its place', async () => {
  const found = await findEverywhere(
    createStores(() => [FILE]),
    'map',
  )
  expect(found?.messages).toMatchObject([{ friend: keyOf('A'), words: 'the map', jump: { messageId: 9 } }])
  expect(found?.files).toMatchObject([{ words: 'map.png', jump: { messageId: 7, transferId: 4 } }])
})

test('a host that cannot be asked has not found nothing', async () => {
  const stores = createStores(() => {
    throw new ApiError(ApiErrorCode.Busy, 'the connection to Ampoule was lost')
  })
  expect(await findEverywhere(stores, 'map')).toBeUndefined()
})
