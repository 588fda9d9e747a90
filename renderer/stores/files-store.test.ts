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

const FRIEND = OFFER.friend
const ALL = { from: 0, to: Infinity }

/** A host with files that stand after these messages, in the order of their ids. */
function createStore(places: readonly number[]) {
  const all = places.map((afterMessageId, at): FileTransferView => ({ ...OFFER, id: at + 1, afterMessageId }))
  interface Wanted {
    readonly afterMessages: { readonly from: number; readonly to?: number }
    readonly beforeId?: number
    readonly limit: number
  }
  let isLost = false
  const host = createTestHost({
    'files.list': ({ afterMessages: { from, to = Infinity }, beforeId = Infinity, limit }: Wanted) => {
      if (isLost) throw new ApiError(ApiErrorCode.Busy, 'the connection to Ampoule was lost')
      return all.filter(({ id, afterMessageId: at }) => at >= from && at <= to && id < beforeId).slice(-limit)
    },
  })
  const store = createFilesStore(host.api)
  const ids = (): number[] => Object.keys(store.getState().byId).map(Number)
  const wanted = () => host.asked.map(({ args }) => args)
  const lose = (isOn: boolean) => {
    isLost = isOn
  }
  return { ...host, ...store.getState(), store, ids, wanted, lose }
}

test('the files among some messages are asked for once, and those at either end when messages come there', async () => {
  const { cover, ids, wanted, store } = createStore([0, 5, 10, 10, 15, 20])
  await Promise.all([cover(FRIEND, { from: 10, to: 15 }), cover(FRIEND, { from: 10, to: 15 })])
  expect([ids(), wanted()]).toEqual([[3, 4, 5], [{ friend: FRIEND, afterMessages: { from: 10, to: 15 }, limit: 200 }]])
  await cover(FRIEND, { from: 10, to: Infinity })
  await cover(FRIEND, { from: 4, to: Infinity })
  expect(wanted().slice(1)).toEqual([
    { friend: FRIEND, afterMessages: { from: 16 }, limit: 200 },
    { friend: FRIEND, afterMessages: { from: 4, to: 9 }, limit: 200 },
  ])
  expect([ids(), store.getState().covered]).toEqual([[2, 3, 4, 5, 6], { [FRIEND]: { from: 4, to: Infinity } }])
})

test('many files at one place come page by page, and what is told later is newer', async () => {
  const { cover, ids, wanted, store, emit } = createStore(Array.from({ length: 250 }, () => 7))
  await cover(FRIEND, ALL)
  const asked = { friend: FRIEND, afterMessages: { from: 0 }, limit: 200 }
  expect(wanted()).toEqual([asked, { ...asked, beforeId: 51 }])
  expect(ids()).toHaveLength(250)
  emit.files.changed({ ...OFFER, id: 250, state: 'cancelled' })
  expect(store.getState().byId[250]?.state).toBe('cancelled')
})

test('what is removed goes, one by one or with the friend; she is asked for anew should she come back', async () => {
  const { cover, ids, wanted, store, emit } = createStore([0, 0])
  await cover(FRIEND, ALL)
  emit.files.removed({ id: 1, friend: FRIEND })
  expect(ids()).toEqual([2])
  const late = cover(keyOf('B'), ALL)
  emit.friends.removed({ publicKey: keyOf('B') })
  await late
  emit.friends.removed({ publicKey: FRIEND })
  expect(store.getState()).toMatchObject({ byId: {}, covered: {} })
  await cover(FRIEND, ALL)
  expect(wanted()).toHaveLength(3)
})

test('after a lost link nothing is taken for being here, also if it is lost again before the files are', async () => {
  const { cover, forget, ids, store, lose } = createStore([0])
  await cover(FRIEND, ALL)
  lose(true)
  forget()
  expect(store.getState()).toMatchObject({ byId: {}, covered: {} })
  await expect(cover(FRIEND, ALL)).rejects.toThrow(ApiError)
  expect(store.getState().covered).toEqual({})
  lose(false)
  await cover(FRIEND, ALL)
  expect(ids()).toEqual([1])
})

test('what was asked for before all was let go is not taken in', async () => {
  const { cover, forget, store } = createStore([0])
  const asked = cover(FRIEND, ALL)
  forget()
  await asked
  expect(store.getState()).toMatchObject({ byId: {}, covered: {} })
})

test('an old offer that the friend takes back is no new one for the live region', () => {
  const { api, emit } = createTestHost({})
  const store = createFilesStore(api)
  emit.files.changed({ ...OFFER, state: 'cancelled', reason: 'by-friend' })
  expect(store.getState().latestOffer).toBeUndefined()
})
