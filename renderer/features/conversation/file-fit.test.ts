import { expect, test } from 'vitest'
import { WAITING_FILE_BYTES_MAX } from '../../../shared/limits.ts'
import { fileFit } from './file-fit.ts'

const ONLINE = { online: true, isRequested: false, offlineMessages: 'ready' } as const
const OFFLINE = { ...ONLINE, online: false }

test('sends a file of any size to a friend who is online', () => {
  expect(fileFit(5_000_000_000, ONLINE)).toBe('transfer')
  expect(fileFit(0, ONLINE)).toBe('transfer')
})

test('lets a file of up to 64 KiB wait for a friend who is offline, and no larger one', () => {
  expect(fileFit(WAITING_FILE_BYTES_MAX, OFFLINE)).toBe('waits')
  expect(fileFit(WAITING_FILE_BYTES_MAX + 1, OFFLINE)).toBe('too-large-to-wait')
  expect(fileFit(0, OFFLINE)).toBe('empty')
})

test('sends none that nobody could take', () => {
  expect(fileFit(10, { ...OFFLINE, offlineMessages: 'unsupported' })).toBe('unsupported')
  expect(fileFit(10, { ...OFFLINE, isRequested: true })).toBe('not-answered')
})

test('lets a small file wait here until the friends have met', () => {
  expect(fileFit(10, { ...OFFLINE, offlineMessages: 'pending' })).toBe('waits')
})
