import { appendFileSync, existsSync, rmSync, utimesSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { FRIEND, listed, NOW, TransferDesk } from './test-transfer-desk.ts'

await sodiumReady
const OTHER = 'CD'.repeat(32)
let desk: TransferDesk

beforeEach(() => {
  desk = new TransferDesk()
})

afterEach(() => {
  vi.restoreAllMocks()
  desk.end()
})

test('a file that is sent is offered again under its id when the friend is back, and is read from where it is wanted', () => {
  const app = desk.start()
  app.files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  app.control(42, 'fileAccepted')
  app.wanted(42, 0, 5)
  app.ended(42, 'disconnected')
  expect(listed(app.files)).toMatchObject([{ state: 'awaiting-friend', transferredBytes: 5 }])
  app.files.handleFriendOnline(OTHER, NOW)
  expect(app.sent).toHaveLength(1)
  app.files.handleFriendOnline(FRIEND, NOW)
  const [first, second] = app.sent
  expect(first).toMatchObject({ name: 'out.txt', size: 5 })
  expect(second).toEqual(first)
  expect(listed(app.files)).toMatchObject([{ state: 'offered' }])
  app.control(43, 'fileAccepted')
  app.wanted(43, 2, 1)
  expect(app.chunks.at(-1)).toEqual({ position: 2, text: 'l' })
  expect(app.files.pause(1, NOW)).toMatchObject({ state: 'paused', transferredBytes: 3 })
  app.files.resume(1, NOW)
  app.wanted(43, 3, 2)
  app.ended(43, 'finished')
  expect(listed(app.files)).toMatchObject([{ id: 1, state: 'finished', transferredBytes: 5 }])
})

test('a friend who wants it from the start again is told of as such', () => {
  const app = desk.start()
  app.files.send(FRIEND, desk.file('out.txt', 'x'.repeat(200_000)), NOW)
  app.control(42, 'fileAccepted')
  app.wanted(42, 0, 200_000)
  app.ended(42, 'disconnected')
  app.files.handleFriendOnline(FRIEND, NOW)
  app.control(43, 'fileAccepted')
  app.wanted(43, 0, 70_000)
  expect(app.told.at(-1)).toMatchObject({ state: 'running', transferredBytes: 70_000 })
})

test('each file has an id of its own', () => {
  const { files, sent } = desk.start()
  for (const name of ['a', 'b']) files.send(FRIEND, desk.file(name, 'same'), NOW)
  expect(new Set(sent.map(({ fileId }) => fileId)).size).toBe(2)
  for (const { fileId } of sent) expect(fileId).toMatch(/^[0-9A-F]{64}$/)
})

test('a file that is sent is offered again after a restart, taken or not', () => {
  const { files, sent } = desk.start()
  files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  files.breakOff('app-closed', NOW)
  expect(listed(files)).toMatchObject([{ state: 'awaiting-friend' }])
  const later = desk.again()
  later.files.handleFriendOnline(FRIEND, NOW)
  expect(later.sent).toEqual(sent)
})

test.each(['pause before', 'pause while away'])('a sender’s pause holds when the friend takes the rest: %s', (when) => {
  const app = desk.start()
  app.files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  app.control(42, 'fileAccepted')
  if (when === 'pause before') app.files.pause(1, NOW)
  app.ended(42, 'disconnected')
  if (when === 'pause while away') app.files.pause(1, NOW)
  app.files.handleFriendOnline(FRIEND, NOW)
  expect(listed(app.files)).toMatchObject([{ state: 'paused' }])
  app.calls.length = 0
  app.control(43, 'fileAccepted')
  expect(app.calls).toEqual([['pause', 43]])
  expect(listed(app.files)).toMatchObject([{ state: 'paused' }])
  expect(app.files.resume(1, NOW)).toMatchObject({ state: 'running' })
})

test('a pause that the friend could not be told of is none: what is shown is what happens', () => {
  const app = desk.start()
  app.files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  app.ended(42, 'disconnected')
  app.files.pause(1, NOW)
  app.files.handleFriendOnline(FRIEND, NOW)
  app.answers.other = 'unknown'
  app.control(43, 'fileAccepted')
  expect(listed(app.files)).toMatchObject([{ state: 'running' }])
})

test('a pause that is ended before the friend takes the rest is none', () => {
  const app = desk.start()
  app.files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  app.ended(42, 'disconnected')
  app.files.pause(1, NOW)
  app.files.handleFriendOnline(FRIEND, NOW)
  app.answers.other = 'unknown'
  expect(app.files.resume(1, NOW)).toMatchObject({ state: 'offered' })
  app.control(43, 'fileAccepted')
  expect([listed(app.files), app.calls]).toMatchObject([[{ state: 'running' }], []])
})

test('one that could not be offered again is offered at the next meeting, or when the person goes on with it', () => {
  const { files, ended, answers, sent } = desk.start()
  files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  ended(42, 'disconnected')
  answers.offer = 'full'
  files.handleFriendOnline(FRIEND, NOW)
  expect(listed(files)).toMatchObject([{ state: 'awaiting-friend' }])
  answers.offer = 'offered'
  files.pause(1, NOW)
  expect(files.resume(1, NOW)).toMatchObject({ state: 'offered' })
  expect(sent).toHaveLength(2)
})

test.each([
  ['longer', 'source-changed', (path: string) => appendFileSync(path, '!')],
  ['as long, and another', 'source-changed', (path: string) => utimesSync(path, 1, 1)],
  ['gone', 'file', (path: string) => rmSync(path)],
])('a source that is %s by then ends the transfer and says so', (_what, reason, change) => {
  const { files, ended, sent } = desk.start()
  const path = desk.file('out.txt', 'hello')
  files.send(FRIEND, path, NOW)
  ended(42, 'disconnected')
  change(path)
  files.handleFriendOnline(FRIEND, NOW)
  expect([listed(files), sent.length]).toMatchObject([[{ state: 'failed', reason }], 1])
})

test('one that is cancelled while the friend is away is offered no more; the source stays', () => {
  const { files, ended, sent } = desk.start()
  files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  ended(42, 'disconnected')
  expect(files.cancel(1, NOW)).toMatchObject({ state: 'cancelled' })
  files.handleFriendOnline(FRIEND, NOW)
  expect([sent.length, existsSync(desk.path('out.txt'))]).toEqual([1, true])
})

test('an upload goes on though its name is gone, but not beyond the end of the app', () => {
  const { files, ended, wanted, control, chunks } = desk.start({ areSourcesKept: false })
  files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  ended(42, 'disconnected')
  rmSync(desk.path('out.txt'))
  files.handleFriendOnline(FRIEND, NOW)
  control(43, 'fileAccepted')
  wanted(43, 0, 5)
  expect(chunks).toEqual([{ position: 0, text: 'hello' }])
  ended(43, 'disconnected')
  files.breakOff('app-closed', NOW)
  expect(listed(files)).toMatchObject([{ state: 'failed', reason: 'app-closed' }])
})

test('nor does it after the app was killed', () => {
  const { files } = desk.start({ areSourcesKept: false })
  files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  const later = desk.again({ areSourcesKept: true })
  expect(listed(later.files)).toMatchObject([{ state: 'failed', reason: 'app-closed' }])
})
