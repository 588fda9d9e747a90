import { expect, test } from 'vitest'
import { FileEndReason, FileState, type FileTransferView } from '../../../shared/model/file.ts'
import { createFormats } from '../../text/formats.ts'
import { conversation } from '../../text/en/conversation.ts'
import { secondsLeft, shareOf, transferActions, transferWords } from './transfer-words.ts'

const TRANSFER: FileTransferView = {
  id: 1,
  friend: 'F'.repeat(64),
  direction: 'in',
  afterMessageId: 0,
  name: 'photo.jpg',
  sizeBytes: 4_096,
  transferredBytes: 1_024,
  bytesPerSecond: 512,
  startedAt: '2026-11-27T12:00:00.000Z',
  state: 'running',
  isRead: true,
}
const formats = createFormats('en')
const words = (more: Partial<FileTransferView>) =>
  transferWords({ ...TRANSFER, ...more }, 'Lena', conversation, formats)
const actions = (more: Partial<FileTransferView>) =>
  Object.entries(transferActions({ ...TRANSFER, ...more })).flatMap(([name, isOffered]) => (isOffered ? [name] : []))

test('offers what the state allows', () => {
  expect(actions({ state: 'offered' })).toEqual(['canAccept', 'canCancel'])
  expect(actions({ state: 'offered', direction: 'out' })).toEqual(['canCancel'])
  expect(actions({ state: 'running' })).toEqual(['canPause', 'canCancel'])
  expect(actions({ state: 'paused' })).toEqual(['canResume', 'canCancel'])
  expect(actions({ state: 'paused-by-friend' })).toEqual(['canCancel'])
  expect(actions({ state: 'awaiting-friend' })).toEqual(['canPause', 'canCancel'])
  for (const state of ['finished', 'cancelled', 'failed'] as const) expect(actions({ state })).toEqual(['canRemove'])
})

test('says how far a transfer is and how long it takes', () => {
  expect(words({})).toBe('1 kB of 4 kB, 512 bytes a second, 6 seconds left')
  expect(shareOf(TRANSFER)).toBe(0.25)
  expect(secondsLeft(TRANSFER)).toBe(6)
})

test('promises nothing where size or speed is not known', () => {
  const { sizeBytes: _unknown, ...streamed } = TRANSFER
  expect(shareOf(streamed)).toBeUndefined()
  expect(secondsLeft(streamed)).toBeUndefined()
  expect(transferWords(streamed, 'Lena', conversation, formats)).toBe('1 kB, 512 bytes a second')
  expect(secondsLeft({ ...TRANSFER, bytesPerSecond: 0 })).toBeUndefined()
  expect(shareOf({ ...TRANSFER, sizeBytes: 0, transferredBytes: 0 })).toBe(1)
})

test('has words of its own for each state', () => {
  const said = FileState.options.map((state) => words({ state }))
  expect(new Set(said).size).toBe(said.length)
  expect(words({ state: 'failed', reason: 'file', detail: 'disk full' })).toBe('Failed: disk full')
  expect(words({ state: 'cancelled', reason: 'by-friend' })).toBe('Cancelled by Lena')
  const ends = FileEndReason.options.map((reason) => words({ state: 'failed', reason }))
  expect(new Set(ends).size).toBe(ends.length)
  expect(words({ state: 'paused-by-friend' })).toBe('Paused by Lena')
  expect(words({ state: 'awaiting-friend', direction: 'out' })).toBe('Goes on when Lena is back')
  expect(words({ state: 'awaiting-friend' })).toBe('Goes on when Lena’s app offers it again')
})
