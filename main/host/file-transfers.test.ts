import { existsSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import { FileTransferView } from '../../shared/model/file.ts'
import { FRIEND, friend, listed, NOW, TransferDesk } from './test-transfer-desk.ts'

await sodiumReady
let desk: TransferDesk
let folder = ''

beforeEach(() => {
  desk = new TransferDesk()
  folder = desk.folder
})

afterEach(() => desk.end())

function codeOf(action: () => unknown): number | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return error instanceof ApiError ? error.code : undefined
  }
}

test('a file that is sent is read where the engine asks, and ends when the engine says so', () => {
  const { files, told, chunks, ended } = desk.start()
  const view = files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  expect(FileTransferView.parse(view)).toEqual(view)
  expect(view).toMatchObject({ id: 1, direction: 'out', name: 'out.txt', sizeBytes: 5, state: 'offered' })
  const want = { kind: 'chunkWanted', friend, transferId: 42, fileNumber: 0 } as const
  files.handleEvent({ kind: 'fileAccepted', friend, transferId: 42, fileNumber: 0, direction: 'sending' }, NOW)
  files.handleEvent({ ...want, position: 3, length: 2 }, NOW)
  files.handleEvent({ ...want, position: 0, length: 3 }, NOW)
  expect(chunks).toEqual([
    { position: 3, text: 'lo' },
    { position: 0, text: 'hel' },
  ])
  ended(42, 'finished')
  expect(told.map(({ state }) => state)).toEqual(['offered', 'running', 'finished'])
  expect(listed(files)).toMatchObject([{ state: 'finished', transferredBytes: 5 }])
})

test('a file that becomes shorter on the way ends as failed, and the friend is told', () => {
  const { files, calls } = desk.start()
  const path = desk.file('out.txt', 'hello')
  files.send(FRIEND, path, NOW)
  truncateSync(path, 2)
  files.handleEvent(
    { kind: 'chunkWanted', friend, transferId: 42, fileNumber: 0, position: 0, length: 5 } as never,
    NOW,
  )
  expect(calls).toEqual([['cancel', 42]])
  expect(listed(files)).toMatchObject([{ state: 'failed', reason: 'file', detail: 'the file became shorter' }])
})

test('what cannot be offered is an error in words, and nothing is listed', () => {
  const { files, answers } = desk.start()
  expect(codeOf(() => files.send(FRIEND, join(folder, 'none'), NOW))).toBe(ApiErrorCode.Unreadable)
  expect(() => files.send(FRIEND, folder, NOW)).toThrow(/it is no file/)
  answers.offer = 'tooMany'
  expect(() => files.send(FRIEND, desk.file('out.txt', 'x'), NOW)).toThrow(/too many files are under way/)
  expect(listed(files)).toEqual([])
})

test('an offered file is taken into a new file, whatever the order of its pieces, and never over another', () => {
  const { files, calls, offered, chunk, ended } = desk.start()
  offered(7)
  expect(codeOf(() => files.accept(1, desk.file('there', 'old'), NOW))).toBe(ApiErrorCode.Unreadable)
  expect(readFileSync(join(folder, 'there'), 'utf8')).toBe('old')
  const path = join(folder, 'in.txt')
  expect(files.accept(1, path, NOW)).toMatchObject({ state: 'running', direction: 'in', name: 'in.txt' })
  expect(codeOf(() => files.accept(1, join(folder, 'twice'), NOW))).toBe(ApiErrorCode.Conflict)
  chunk(7, 3, 'lo')
  chunk(7, 0, 'hel')
  ended(7, 'finished')
  expect(readFileSync(path, 'utf8')).toBe('hello')
  expect(calls).toEqual([['accept', 7]])
})

test('half a file does not stay when the friend cancels it', () => {
  const { files, offered, chunk, ended } = desk.start()
  offered(7)
  const path = join(folder, 'half')
  files.accept(1, path, NOW)
  chunk(7, 0, 'hel')
  ended(7, 'cancelledByFriend')
  expect(existsSync(path)).toBe(false)
  expect(listed(files)).toMatchObject([{ state: 'cancelled', reason: 'by-friend' }])
  chunk(7, 3, 'lo')
  expect(existsSync(path)).toBe(false)
})

test('an offer that is over leaves no empty file', () => {
  const { files, offered, answers } = desk.start()
  offered(7)
  answers.other = 'unknown'
  expect(codeOf(() => files.accept(1, join(folder, 'late'), NOW))).toBe(ApiErrorCode.Conflict)
  expect(existsSync(join(folder, 'late'))).toBe(false)
})

test('pause, resume and cancel go to the engine; what it refuses is a conflict, what is unknown is not found', () => {
  const { files, calls, answers, offered, told } = desk.start()
  offered(7)
  files.accept(1, join(folder, 'in.txt'), NOW)
  files.pause(1, NOW)
  files.resume(1, NOW)
  files.handleEvent({ kind: 'filePaused', friend, transferId: 7, fileNumber: 0, direction: 'receiving' }, NOW)
  expect(told.map(({ state }) => state)).toEqual(['offered', 'running', 'paused', 'running', 'paused-by-friend'])
  answers.other = 'unknown'
  for (const act of ['pause', 'resume'] as const) {
    expect(codeOf(() => files[act](1, NOW))).toBe(ApiErrorCode.Conflict)
    expect(codeOf(() => files[act](9, NOW))).toBe(ApiErrorCode.NotFound)
  }
  files.cancel(1, NOW)
  expect(calls.at(-1)).toEqual(['cancel', 7])
  expect(codeOf(() => files.cancel(1, NOW))).toBe(ApiErrorCode.Conflict)
  expect(existsSync(join(folder, 'in.txt'))).toBe(false)
})

test('a pause lasts until whoever made it ends it, and the own one is shown while there are two', () => {
  const { files, offered } = desk.start()
  offered(7)
  const { id } = files.accept(1, join(folder, 'in.txt'), NOW)
  const tell = (kind: 'filePaused' | 'fileResumed'): unknown => {
    files.handleEvent({ kind, friend, transferId: 7, fileNumber: 0, direction: 'receiving' }, NOW)
    return files.book.some([id])[0]?.state
  }
  expect(files.pause(id, NOW).state).toBe('paused')
  expect(tell('filePaused')).toBe('paused')
  expect(tell('fileResumed')).toBe('paused')
  expect(tell('filePaused')).toBe('paused')
  expect(files.resume(id, NOW).state).toBe('paused-by-friend')
  expect(tell('fileResumed')).toBe('running')
})

test('pictures of friends are not taken; whatever else was offered stays in the conversation', () => {
  const { files, offered, ended } = desk.start()
  offered(1, { fileKind: 'avatar' })
  expect(listed(files)).toEqual([])
  for (let id = 1; id <= 150; id += 1) {
    offered(id)
    ended(id, 'cancelledByFriend')
  }
  offered(151)
  expect(listed(files)).toHaveLength(151)
  expect(files.book.list(FRIEND, 3, 2)).toMatchObject([{ id: 1 }, { id: 2, state: 'cancelled', reason: 'by-friend' }])
})

test('a transfer tells how fast it is, since when, and where the file lies', () => {
  const { files, told, offered, ended } = desk.start()
  offered(50)
  const [offer] = told
  expect(offer).toMatchObject({ bytesPerSecond: 0, startedAt: '2023-11-14T22:13:20.000Z' })
  expect(offer).not.toHaveProperty('path')
  const path = join(folder, 'in.txt')
  files.accept(1, path, NOW)
  const data = new Uint8Array(100_000)
  const come = (piece: number, second: number) => {
    const event = { kind: 'fileChunk', friend, transferId: 50, fileNumber: 0, position: piece * data.length, data }
    files.handleEvent(event as never, NOW + 1_000 * second)
  }
  for (const piece of [0, 1, 2]) come(piece, piece + 1)
  expect(told.at(-1)).toMatchObject({ path, state: 'running', bytesPerSecond: 100_000 })
  files.pause(1, NOW + 4_000)
  come(3, 5)
  expect(told.at(-1)).toMatchObject({ state: 'paused', bytesPerSecond: 0 })
  files.resume(1, NOW + 60_000)
  come(4, 61)
  come(5, 62)
  expect(told.at(-1)).toMatchObject({ state: 'running', bytesPerSecond: 100_000 })
  ended(50, 'finished')
  expect(told.at(-1)).toMatchObject({ path, state: 'finished' })
  offered(51)
  files.accept(2, join(folder, 'other.txt'), NOW)
  ended(51, 'cancelledByFriend')
  expect(told.at(-1)).not.toHaveProperty('path')
})

test('an offered file is unread until it was seen or answered; an own one never is', () => {
  const { files, told, offers, friends, offered, ended } = desk.start()
  const unread = (publicKey = FRIEND) => desk.database.transfers.unreadCount(publicKey)
  files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  expect([unread(), offers]).toEqual([0, []])
  offered(7)
  offered(8)
  ended(8, 'cancelledByFriend')
  expect([unread(), unread('CD'.repeat(32))]).toEqual([2, 0])
  expect(offers).toEqual(['in.txt', 'in.txt'])
  expect(friends).toEqual([FRIEND, FRIEND, FRIEND])
  files.book.markRead(FRIEND, 2)
  expect(unread()).toBe(1)
  expect(told.at(-1)).toMatchObject({ id: 2, isRead: true })
  files.book.markRead(FRIEND, 3)
  files.book.markRead(FRIEND, 3)
  expect([unread(), friends.length]).toEqual([0, 5])
  offered(9)
  files.cancel(4, NOW)
  offered(10)
  files.accept(5, join(folder, 'taken'), NOW)
  expect(unread()).toBe(0)
})

test('what came to an end stands in the conversation after a restart as it did before', () => {
  const { files, offered, chunk, ended } = desk.start()
  const messageId = desk.database.messages.insert({
    friend: FRIEND,
    messageId: undefined,
    isOutgoing: true,
    content: { kind: 'text', text: 'here it is' },
    sentAt: NOW,
    state: 'queued',
  })
  files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  ended(42, 'finished')
  offered(7)
  files.accept(2, join(folder, 'in.txt'), NOW)
  chunk(7, 0, 'hello')
  ended(7, 'finished')
  offered(8)
  files.cancel(3, NOW)
  offered(9)
  ended(9, 'disconnected')
  const before = listed(files)
  expect(before.map(({ state }) => state)).toEqual(['finished', 'finished', 'cancelled', 'failed'])
  expect(before[1]).toMatchObject({ path: join(folder, 'in.txt'), transferredBytes: 5, afterMessageId: messageId })
  const { files: later, offered: offeredLater } = desk.again()
  expect(listed(later)).toEqual(before)
  expect(desk.database.transfers.unreadCount(FRIEND)).toBe(1)
  expect(readFileSync(join(folder, 'in.txt'), 'utf8')).toBe('hello')
  offeredLater(1)
  expect(listed(later).at(-1)).toMatchObject({ id: 5, state: 'offered' })
})

test('where a received file lies is told as long as it is there', () => {
  const { files, offered, chunk, ended } = desk.start()
  offered(7)
  files.accept(1, join(folder, 'in.txt'), NOW)
  chunk(7, 0, 'hello')
  ended(7, 'finished')
  rmSync(join(folder, 'in.txt'))
  expect(listed(files)).toMatchObject([{ state: 'finished' }])
  expect(listed(files)[0]).not.toHaveProperty('path')
})

test('a transfer that is over can be taken out of the history, one that is under way cannot; the file stays', () => {
  const { files, friends, offered, chunk, ended } = desk.start()
  offered(7)
  files.accept(1, join(folder, 'in.txt'), NOW)
  expect(codeOf(() => files.book.remove(1))).toBe(ApiErrorCode.Conflict)
  chunk(7, 0, 'hello')
  ended(7, 'finished')
  friends.length = 0
  expect([files.book.remove(1), friends]).toEqual([FRIEND, [FRIEND]])
  expect([listed(files), existsSync(join(folder, 'in.txt'))]).toEqual([[], true])
  expect(codeOf(() => files.book.remove(1))).toBe(ApiErrorCode.NotFound)
})

test('with one friend everything is ended, with the others it goes on', () => {
  const { files, offered } = desk.start()
  offered(7)
  files.endAll('interrupted', 'CD'.repeat(32))
  expect(listed(files)).toMatchObject([{ state: 'offered' }])
  files.endAll('interrupted', FRIEND)
  expect(listed(files)).toMatchObject([{ state: 'failed', reason: 'interrupted' }])
})

test('a friend who offers and withdraws without end fills no history, and the page is told what goes from it', () => {
  const { files, removed, offered } = desk.start()
  const inVain = {
    friend: FRIEND,
    isOutgoing: false,
    afterMessageId: 0,
    startedAt: NOW,
    state: 'cancelled',
    isRead: false,
  }
  desk.database.transaction(() => {
    for (let at = 0; at < 501; at += 1) {
      desk.database.transfers.insert({ ...inVain, file: { name: `file ${at}`, transferredBytes: 0 } })
    }
  })
  offered(7)
  expect(removed).toEqual([1])
  expect(files.book.some([1, 2]).map(({ id }) => id)).toEqual([2])
})

test('a friend who could not be told yes is told no: the file is over here', () => {
  const { files, calls, answers, offered } = desk.start()
  offered(7)
  answers.other = 'unknown'
  expect(codeOf(() => files.accept(1, join(folder, 'in.txt'), NOW))).toBe(ApiErrorCode.Conflict)
  expect(calls).toEqual([
    ['accept', 7],
    ['cancel', 7],
  ])
  expect(existsSync(join(folder, 'in.txt'))).toBe(false)
})
