import { expect, test } from 'vitest'
import type { FileTransferView } from '../../shared/model/file.ts'
import { createFilesStore } from './files-store.ts'
import { createTestHost, keyOf } from './test-host.ts'

const OFFER: FileTransferView = {
  id: 1,
  friend: keyOf('A'),
  direction: 'in',
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
