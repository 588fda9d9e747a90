import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fromHex, utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { DataCipher } from '../crypto/data-cipher.ts'
import { PublicKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { ProfileDatabase } from '../db/profile-database.ts'
import type { EngineEvent } from '../engine/events.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import { FileTransferView } from '../../shared/model/file.ts'
import { FileTransfers } from './file-transfers.ts'
import { createFileCommands } from './test-file-commands.ts'

type FileEnding = Extract<EngineEvent, { readonly kind: 'fileEnded' }>['ending']

await sodiumReady
const FRIEND = 'AB'.repeat(32)
const friend = new PublicKey(fromHex(FRIEND))
const NOW = 1_700_000_000_000
const ALL = Number.MAX_SAFE_INTEGER
let folder = ''
let database: ProfileDatabase

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-files-'))
  database = openDatabase()
})

afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

function openDatabase(): ProfileDatabase {
  return new ProfileDatabase(join(folder, 'db'), new DataCipher(new Uint8Array(32), new SeededRandom(1)))
}

function transfers() {
  const played = createFileCommands()
  const told: FileTransferView[] = []
  const offers: string[] = []
  const friends: string[] = []
  const removed: number[] = []
  const files = new FileTransfers({
    database,
    files: (use) => use(played.commands),
    onChanged: (view) => told.push(view),
    onOffered: ({ name }) => offers.push(name),
    onRemoved: (id) => removed.push(id),
    onFriendChanged: (publicKey) => friends.push(publicKey),
  })
  const offered = (transferId: number, fileKind: 'data' | 'avatar' = 'data'): void => {
    const content = { fileKind, size: 5, fileId: new Uint8Array(32), name: utf8Encode('in.txt') }
    files.handleEvent({ kind: 'fileOffered', friend, transferId, fileNumber: 0, ...content }, NOW)
  }
  const chunk = (transferId: number, position: number, text: string): void =>
    files.handleEvent(
      { kind: 'fileChunk', friend, transferId, fileNumber: 0, position, data: utf8Encode(text) } as never,
      NOW,
    )
  const ended = (transferId: number, ending: FileEnding): void =>
    files.handleEvent({ kind: 'fileEnded', friend, transferId, fileNumber: 0, direction: 'receiving', ending }, NOW)
  return { ...played, files, told, offers, friends, removed, offered, chunk, ended }
}

function listed(files: FileTransfers): FileTransferView[] {
  return files.list(FRIEND, ALL, 200)
}

/** The app as it is after another start. */
function again(): ReturnType<typeof transfers> {
  database.close()
  database = openDatabase()
  return transfers()
}

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function codeOf(action: () => unknown): number | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return error instanceof ApiError ? error.code : undefined
  }
}

test('a file that is sent is read where the engine asks, and ends when the engine says so', () => {
  const { files, told, chunks, ended } = transfers()
  const view = files.send(FRIEND, file('out.txt', 'hello'), NOW)
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
  const { files, calls } = transfers()
  const path = file('out.txt', 'hello')
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
  const { files, answers } = transfers()
  expect(codeOf(() => files.send(FRIEND, join(folder, 'none'), NOW))).toBe(ApiErrorCode.Unreadable)
  expect(() => files.send(FRIEND, folder, NOW)).toThrow(/it is no file/)
  answers.offer = 'tooMany'
  expect(() => files.send(FRIEND, file('out.txt', 'x'), NOW)).toThrow(/too many files are under way/)
  expect(listed(files)).toEqual([])
})

test('an offered file is taken into a new file, whatever the order of its pieces, and never over another', () => {
  const { files, calls, offered, chunk, ended } = transfers()
  offered(7)
  expect(codeOf(() => files.accept(1, file('there', 'old'), NOW))).toBe(ApiErrorCode.Unreadable)
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

test.each([
  ['cancelledByFriend', 'cancelled', 'by-friend'],
  ['disconnected', 'failed', 'friend-offline'],
] as const)('half a file does not stay when it ended by %s', (ending, state, reason) => {
  const { files, offered, chunk, ended } = transfers()
  offered(7)
  const path = join(folder, 'half')
  files.accept(1, path, NOW)
  chunk(7, 0, 'hel')
  ended(7, ending)
  expect(existsSync(path)).toBe(false)
  expect(listed(files)).toMatchObject([{ state, reason }])
  chunk(7, 3, 'lo')
  expect(existsSync(path)).toBe(false)
})

test('an offer that is over leaves no empty file', () => {
  const { files, offered, answers } = transfers()
  offered(7)
  answers.other = 'unknown'
  expect(codeOf(() => files.accept(1, join(folder, 'late'), NOW))).toBe(ApiErrorCode.Conflict)
  expect(existsSync(join(folder, 'late'))).toBe(false)
})

test('pause, resume and cancel go to the engine; what it refuses is a conflict, what is unknown is not found', () => {
  const { files, calls, answers, offered, told } = transfers()
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
  const { files, offered } = transfers()
  offered(7)
  const { id } = files.accept(1, join(folder, 'in.txt'), NOW)
  const tell = (kind: 'filePaused' | 'fileResumed'): unknown => {
    files.handleEvent({ kind, friend, transferId: 7, fileNumber: 0, direction: 'receiving' }, NOW)
    return files.some([id])[0]?.state
  }
  expect(files.pause(id, NOW).state).toBe('paused')
  expect(tell('filePaused')).toBe('paused')
  expect(tell('fileResumed')).toBe('paused')
  expect(tell('filePaused')).toBe('paused')
  expect(files.resume(id, NOW).state).toBe('paused-by-friend')
  expect(tell('fileResumed')).toBe('running')
})

test('pictures of friends are not taken; whatever else was offered stays in the conversation', () => {
  const { files, offered, ended } = transfers()
  offered(1, 'avatar')
  expect(listed(files)).toEqual([])
  for (let id = 1; id <= 150; id += 1) {
    offered(id)
    ended(id, 'cancelledByFriend')
  }
  offered(151)
  expect(listed(files)).toHaveLength(151)
  expect(files.list(FRIEND, 3, 2)).toMatchObject([{ id: 1 }, { id: 2, state: 'cancelled', reason: 'by-friend' }])
})

test('when the app closes, what is under way fails and half files are gone', () => {
  const { files, offered, chunk } = transfers()
  offered(7)
  files.accept(1, join(folder, 'half'), NOW)
  chunk(7, 0, 'hel')
  files.breakOff('app-closed')
  expect(existsSync(join(folder, 'half'))).toBe(false)
  expect(listed(files)).toMatchObject([{ state: 'failed', reason: 'app-closed' }])
})

test('a transfer tells how fast it is, since when, and where the file lies', () => {
  const { files, told, offered, ended } = transfers()
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
  ended(51, 'disconnected')
  expect(told.at(-1)).not.toHaveProperty('path')
})

test('an offered file is unread until it was seen or answered; an own one never is', () => {
  const { files, told, offers, friends, offered, ended } = transfers()
  const unread = (publicKey = FRIEND) => database.transfers.unreadCount(publicKey)
  files.send(FRIEND, file('out.txt', 'hello'), NOW)
  expect([unread(), offers]).toEqual([0, []])
  offered(7)
  offered(8)
  ended(8, 'cancelledByFriend')
  expect([unread(), unread('CD'.repeat(32))]).toEqual([2, 0])
  expect(offers).toEqual(['in.txt', 'in.txt'])
  expect(friends).toEqual([FRIEND, FRIEND, FRIEND])
  files.markRead(FRIEND, 2)
  expect(unread()).toBe(1)
  expect(told.at(-1)).toMatchObject({ id: 2, isRead: true })
  files.markRead(FRIEND, 3)
  files.markRead(FRIEND, 3)
  expect([unread(), friends.length]).toEqual([0, 5])
  offered(9)
  files.cancel(4, NOW)
  offered(10)
  files.accept(5, join(folder, 'taken'), NOW)
  expect(unread()).toBe(0)
})

test('what came to an end stands in the conversation after a restart as it did before', () => {
  const { files, offered, chunk, ended } = transfers()
  const messageId = database.messages.insert({
    friend: FRIEND,
    messageId: undefined,
    isOutgoing: true,
    content: { kind: 'text', text: 'here it is' },
    sentAt: NOW,
    state: 'queued',
  })
  files.send(FRIEND, file('out.txt', 'hello'), NOW)
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
  const { files: later, offered: offeredLater } = again()
  expect(listed(later)).toEqual(before)
  expect(database.transfers.unreadCount(FRIEND)).toBe(1)
  expect(readFileSync(join(folder, 'in.txt'), 'utf8')).toBe('hello')
  offeredLater(1)
  expect(listed(later).at(-1)).toMatchObject({ id: 5, state: 'offered' })
})

test('what was under way when the app was killed is broken off, and half a file does not stay', () => {
  const { files, offered, chunk } = transfers()
  files.send(FRIEND, file('out.txt', 'hello'), NOW)
  for (const transferId of [7, 8]) offered(transferId)
  files.accept(2, join(folder, 'half'), NOW)
  chunk(7, 0, 'hel')
  const { files: later, told } = again()
  expect(existsSync(join(folder, 'half'))).toBe(false)
  const broken = { state: 'failed', reason: 'app-closed' }
  expect(listed(later)).toMatchObject([{ ...broken, path: join(folder, 'out.txt') }, broken, broken])
  expect([told, database.transfers.unfinished(), database.transfers.unreadCount(FRIEND)]).toEqual([[], [], 1])
  expect(codeOf(() => later.resume(2, NOW))).toBe(ApiErrorCode.Conflict)
  expect(existsSync(join(folder, 'out.txt'))).toBe(true)
})

test('another file that lies where half a file was, or the same one when it is whole, is not removed', () => {
  const { files, offered, chunk } = transfers()
  for (const [id, name] of ['other', 'whole'].entries()) {
    offered(id + 1)
    files.accept(id + 1, join(folder, name), NOW)
    chunk(id + 1, 0, 'hel')
  }
  writeFileSync(join(folder, 'new'), 'mine')
  renameSync(join(folder, 'new'), join(folder, 'other'))
  writeFileSync(join(folder, 'whole'), 'hello')
  again()
  expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('mine')
  expect(readFileSync(join(folder, 'whole'), 'utf8')).toBe('hello')
})

test('where a received file lies is told as long as it is there', () => {
  const { files, offered, chunk, ended } = transfers()
  offered(7)
  files.accept(1, join(folder, 'in.txt'), NOW)
  chunk(7, 0, 'hello')
  ended(7, 'finished')
  rmSync(join(folder, 'in.txt'))
  expect(listed(files)).toMatchObject([{ state: 'finished' }])
  expect(listed(files)[0]).not.toHaveProperty('path')
})

test('a transfer that is over can be taken out of the history, one that is under way cannot; the file stays', () => {
  const { files, friends, offered, chunk, ended } = transfers()
  offered(7)
  files.accept(1, join(folder, 'in.txt'), NOW)
  expect(codeOf(() => files.remove(1))).toBe(ApiErrorCode.Conflict)
  chunk(7, 0, 'hello')
  ended(7, 'finished')
  friends.length = 0
  expect([files.remove(1), friends]).toEqual([FRIEND, [FRIEND]])
  expect([listed(files), existsSync(join(folder, 'in.txt'))]).toEqual([[], true])
  expect(codeOf(() => files.remove(1))).toBe(ApiErrorCode.NotFound)
})

test('with one friend everything is broken off, with the others it goes on', () => {
  const { files, offered } = transfers()
  offered(7)
  files.breakOff('interrupted', 'CD'.repeat(32))
  expect(listed(files)).toMatchObject([{ state: 'offered' }])
  files.breakOff('interrupted', FRIEND)
  expect(listed(files)).toMatchObject([{ state: 'failed', reason: 'interrupted' }])
})

test('a friend who offers and withdraws without end fills no history, and the page is told what goes from it', () => {
  const { files, removed, offered } = transfers()
  const inVain = {
    friend: FRIEND,
    isOutgoing: false,
    afterMessageId: 0,
    startedAt: NOW,
    state: 'cancelled',
    isRead: false,
  }
  database.transaction(() => {
    for (let at = 0; at < 501; at += 1) {
      database.transfers.insert({ ...inVain, file: { name: `file ${at}`, transferredBytes: 0 } })
    }
  })
  offered(7)
  expect(removed).toEqual([1])
  expect(files.some([1, 2]).map(({ id }) => id)).toEqual([2])
})

test('a friend who could not be told yes is told no: the file is over here', () => {
  const { files, calls, answers, offered } = transfers()
  offered(7)
  answers.other = 'unknown'
  expect(codeOf(() => files.accept(1, join(folder, 'in.txt'), NOW))).toBe(ApiErrorCode.Conflict)
  expect(calls).toEqual([
    ['accept', 7],
    ['cancel', 7],
  ])
  expect(existsSync(join(folder, 'in.txt'))).toBe(false)
})
