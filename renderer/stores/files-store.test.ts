import { expect, test } from 'vitest'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import type { FileTransferView } from '../../shared/model/file.ts'
import { createFilesStore } from './files-store.ts'
import { createTestHost, keyOf } from './test-host.ts'

const OFFER: FileTransferView = {
  id: 1,
  friend: keyOf('A'),
  direction: 'in',
  afterMessageId: 0,
  name: 'map.png',
  transferredBytes: 0,
  bytesPerSecond: 0,
  startedAt: '2026-11-27T12:00:00.000Z',
  state: 'offered',
  isRead: false,
}

test('the live region is given each offered file once, and no own one', () => {
  const { api, emit } = createTestHost({})
  const store = createFilesStore(api)
  const told: string[] = []
  store.subscribe(({ latestOffer }, before) => {
    if (latestOffer && latestOffer !== before.latestOffer) told.push(latestOffer.name)
  })
  emit.files.changed({ ...OFFER, id: 2, direction: 'out', name: 'own.png', isRead: true })
  emit.files.changed(OFFER)
  emit.files.changed({ ...OFFER, state: 'cancelled' })
  emit.files.changed({ ...OFFER, isRead: true })
  expect(told).toEqual(['map.png'])
  expect(store.getState().byId[1]?.isRead).toBe(true)
})

test('a conversation’s files are asked for once, page by page, and what is told later is newer', async () => {
  const all = Array.from({ length: 250 }, (_, at): FileTransferView => ({ ...OFFER, id: at + 1, state: 'finished' }))
  const { api, emit, asked } = createTestHost({
    'files.list': ({ beforeId = Infinity, limit }: { beforeId?: number; limit: number }) =>
      all.filter(({ id }) => id < beforeId).slice(-limit),
  })
  const store = createFilesStore(api)
  await Promise.all([store.getState().open(OFFER.friend), store.getState().open(OFFER.friend)])
  await store.getState().open(OFFER.friend)
  const friend = OFFER.friend
  expect(asked.map(({ args }) => args)).toEqual([
    { friend, limit: 200 },
    { friend, limit: 200, beforeId: 51 },
  ])
  expect(Object.keys(store.getState().byId)).toHaveLength(250)
  emit.files.changed({ ...OFFER, id: 250, state: 'cancelled' })
  expect(store.getState().byId[250]?.state).toBe('cancelled')
})

test('what is removed goes, one by one or with the friend; she is asked for anew should she come back', async () => {
  const { api, emit, asked } = createTestHost({
    'files.list': ({ friend }: { friend: string }) => [1, 2].map((id) => ({ ...OFFER, id, friend })),
  })
  const store = createFilesStore(api)
  await store.getState().open(OFFER.friend)
  emit.files.removed({ id: 1, friend: OFFER.friend })
  expect(Object.keys(store.getState().byId)).toEqual(['2'])
  emit.friends.removed({ publicKey: OFFER.friend })
  expect([store.getState().byId, store.getState().opened]).toEqual([{}, []])
  await store.getState().open(OFFER.friend)
  expect(asked).toHaveLength(2)
})

test('after a lost link the files of the conversation that was shown last are asked for again', async () => {
  const { api, asked } = createTestHost({ 'files.list': () => [] })
  const store = createFilesStore(api)
  for (const digit of ['A', 'B', 'A']) await store.getState().open(keyOf(digit))
  await store.getState().reload()
  expect(asked.map(({ args }) => (args as { friend: string }).friend)).toEqual([keyOf('A'), keyOf('B'), keyOf('A')])
  expect(store.getState().opened).toEqual([keyOf('A')])
})

test('an old offer that the friend takes back is no new one for the live region', () => {
  const { api, emit } = createTestHost({})
  const store = createFilesStore(api)
  emit.files.changed({ ...OFFER, state: 'cancelled', reason: 'by-friend' })
  expect(store.getState().latestOffer).toBeUndefined()
})

test('a link that is lost again before the files are here loses nothing: the next one asks for them', async () => {
  let isLost = false
  const { api } = createTestHost({
    'files.list': () => {
      if (isLost) throw new ApiError(ApiErrorCode.Busy, 'the connection to Ampoule was lost')
      return [OFFER]
    },
  })
  const store = createFilesStore(api)
  await store.getState().open(OFFER.friend)
  isLost = true
  await expect(store.getState().reload()).rejects.toThrow(ApiError)
  isLost = false
  await store.getState().reload()
  expect(store.getState().opened).toEqual([OFFER.friend])
})
