import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { fromHex } from '../base/bytes.ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DAY_MS } from '../base/time.ts'
import { PublicKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { Transfers } from '../db/transfers.ts'
import { FRIEND_SILENCE_MS_MAX } from '../engine/start.ts'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
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

type App = ReturnType<TransferDesk['start']>

/** The app in which 'hel' has come of 'hello' when the friend goes; the transfer has id 1. */
function withPart(app: App = desk.start()): App {
  app.offered(7)
  app.files.accept(1, desk.path('in.txt'), NOW)
  app.chunk(7, 0, 'hel')
  app.ended(7, 'disconnected')
  return app
}

/** The friend has come back and offers the same file, which the engine calls 9. */
function offeredAgain(app: App, more: Parameters<App['offered']>[1] = {}): void {
  app.calls.length = 0
  app.offered(9, { fileId: 7, ...more })
}

/** What comes after `position` of 'hello'; then it is whole. */
function expectRest({ files, chunk, ended }: App, position: number): void {
  chunk(9, position, 'hello'.slice(position))
  ended(9, 'finished')
  expect(readFileSync(desk.path('in.txt'), 'utf8')).toBe('hello')
  expect(listed(files)).toMatchObject([{ id: 1, state: 'finished', transferredBytes: 5 }])
}

test('a received file goes on where it broke off, without a question, when the friend offers it again', () => {
  const app = withPart()
  expect(listed(app.files)).toMatchObject([
    { state: 'awaiting-friend', transferredBytes: 3, path: desk.path('in.txt') },
  ])
  offeredAgain(app)
  expect(app.calls).toEqual([
    ['seek', 9, 3],
    ['accept', 9],
  ])
  expect(listed(app.files)).toMatchObject([{ state: 'running', transferredBytes: 3 }])
  expect(app.offers).toEqual(['in.txt'])
  expectRest(app, 3)
})

test('it goes on after the app was closed, and after it was killed from what was surely on the disk', () => {
  withPart().files.breakOff('app-closed', NOW)
  const closed = desk.again()
  expect([closed.told, listed(closed.files)]).toMatchObject([[], [{ state: 'awaiting-friend', transferredBytes: 3 }]])
  offeredAgain(closed)
  closed.chunk(9, 3, 'l')
  const killed = desk.again()
  expect(listed(killed.files)).toMatchObject([{ state: 'awaiting-friend', transferredBytes: 3 }])
  expect(readFileSync(desk.path('in.txt'), 'utf8')).toBe('hell')
  offeredAgain(killed)
  expect(killed.calls[0]).toEqual(['seek', 9, 3])
  expect(readFileSync(desk.path('in.txt'), 'utf8')).toBe('hel')
  expectRest(killed, 3)
})

test('a full disk keeps no app from starting with what waits, and what was too old is over at the next start', () => {
  withPart()
  const full = vi.spyOn(Transfers.prototype, 'update').mockImplementation(() => {
    throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' })
  })
  expect(listed(desk.again().files)).toMatchObject([{ state: 'awaiting-friend', transferredBytes: 3 }])
  desk.again({ now: NOW + 7 * DAY_MS })
  full.mockRestore()
  expect(listed(desk.again({ now: NOW + 7 * DAY_MS }).files)).toMatchObject([{ state: 'failed', reason: 'expired' }])
})

test('every 16 MiB it is noted what is surely on the disk, for which nothing waits', async () => {
  const step = 2 ** 20
  const { files, offered, chunk } = desk.start()
  offered(7, { size: 40 * step })
  files.accept(1, desk.path('in.txt'), NOW)
  for (let at = 0; at < 20; at += 1) chunk(7, at * step, 'x'.repeat(step))
  const syncedBytes = (): number | undefined => desk.database.transfers.get(1)?.file.syncedBytes
  expect(syncedBytes()).toBeUndefined()
  let end = 20 * step
  await vi.waitFor(
    () => {
      chunk(7, end++, 'x')
      expect(syncedBytes()).toBe(16 * step)
    },
    { timeout: 30_000 },
  )
  const killed = desk.again()
  expect(listed(killed.files)).toMatchObject([{ transferredBytes: 16 * step }])
  offeredAgain(killed, { size: 40 * step })
  expect(killed.calls[0]).toEqual(['seek', 9, 16 * step])
  expect(statSync(desk.path('in.txt')).size).toBe(16 * step)
})

test('one of which nothing has come, and one of which only the end was not heard, go on as well', () => {
  const { files, offered, chunk, ended } = desk.start()
  for (const transferId of [7, 8]) {
    offered(transferId)
    files.accept(transferId - 6, desk.path(`in ${transferId}`), NOW)
  }
  chunk(8, 0, 'hello')
  for (const transferId of [7, 8]) ended(transferId, 'disconnected')
  const app = desk.again()
  app.offered(17, { fileId: 7 })
  app.offered(18, { fileId: 8 })
  // At the end of a file nobody may begin: its last byte is asked for.
  expect(app.calls).toEqual([
    ['accept', 17],
    ['seek', 18, 4],
    ['accept', 18],
  ])
  app.chunk(18, 4, 'o')
  app.ended(18, 'finished')
  expect(readFileSync(desk.path('in 8'), 'utf8')).toBe('hello')
})

test.each([
  ['of another friend', { from: new PublicKey(fromHex(OTHER)) }],
  ['of another size', { size: 6 }],
  ['of no size', { size: undefined }],
  ['with another id', { fileId: 8 }],
])('an offer %s is a new one, and the part waits on', (_which, more) => {
  const app = withPart()
  offeredAgain(app, more)
  expect([app.calls, app.offers]).toEqual([[], ['in.txt', 'in.txt']])
  expect(app.files.book.some([1, 2])).toMatchObject([{ state: 'awaiting-friend' }, { state: 'offered' }])
  expect(readFileSync(desk.path('in.txt'), 'utf8')).toBe('hel')
})

test('while a file goes on, a second offer of it is a new one', () => {
  const app = withPart()
  offeredAgain(app)
  app.offered(10, { fileId: 7 })
  expect(listed(app.files)).toMatchObject([{ state: 'running' }, { state: 'offered' }])
})

test.each([
  ['was written to', () => appendFileSync(desk.path('in.txt'), 'p!')],
  ['was written over', () => writeFileSync(desk.path('in.txt'), 'HEL')],
  [
    'gave way to another',
    () => {
      renameSync(desk.file('mine', 'hel'), desk.path('in.txt'))
    },
  ],
])('a part that %s is not touched any more: the friend’s offer is a new one', (_how, change) => {
  const app = withPart()
  const before = statSync(desk.path('in.txt')).mtimeMs
  change()
  utimesSync(desk.path('in.txt'), NOW / 1_000, before / 1_000 + 5)
  const content = readFileSync(desk.path('in.txt'), 'utf8')
  offeredAgain(app)
  expect(app.calls).toEqual([])
  expect(listed(app.files)).toMatchObject([{ state: 'failed', reason: 'part-changed' }, { state: 'offered' }])
  expect(readFileSync(desk.path('in.txt'), 'utf8')).toBe(content)
})

test('through a link that took the place of a part nothing is written', () => {
  const app = withPart()
  desk.file('precious', 'mine')
  rmSync(desk.path('in.txt'))
  symlinkSync(desk.path('precious'), desk.path('in.txt'))
  offeredAgain(app)
  expect(listed(app.files)).toMatchObject([{ state: 'failed' }, { state: 'offered' }])
  expect(readFileSync(desk.path('precious'), 'utf8')).toBe('mine')
})

test('a part that is gone is said to be, and the offer is a new one', () => {
  const app = withPart()
  rmSync(desk.path('in.txt'))
  offeredAgain(app)
  const [gone, fresh] = listed(app.files)
  expect(gone).toMatchObject({ state: 'failed', reason: 'file', detail: 'there is no such file or folder' })
  expect(fresh).toMatchObject({ state: 'offered' })
})

test('another file that lies where a part was, or the same one when it is whole, is not removed', () => {
  const { files, offered, chunk } = desk.start()
  for (const [id, name] of ['other', 'whole', 'part'].entries()) {
    offered(id + 1)
    files.accept(id + 1, desk.path(name), NOW)
    chunk(id + 1, 0, 'hel')
  }
  const later = desk.again()
  renameSync(desk.file('new', 'mine'), desk.path('other'))
  desk.file('whole', 'hello')
  for (const id of [1, 2, 3]) later.files.cancel(id, NOW)
  expect(readFileSync(desk.path('other'), 'utf8')).toBe('mine')
  expect(readFileSync(desk.path('whole'), 'utf8')).toBe('hello')
  expect(existsSync(desk.path('part'))).toBe(false)
})

test('another file that lies where one is being received is not removed with it', () => {
  const app = desk.start()
  app.offered(7)
  app.files.accept(1, desk.path('in.txt'), NOW)
  app.chunk(7, 0, 'hel')
  renameSync(desk.path('in.txt'), desk.path('moved'))
  desk.file('in.txt', 'mine')
  expect(app.files.cancel(1, NOW)).toMatchObject({ state: 'cancelled' })
  expect(readFileSync(desk.path('in.txt'), 'utf8')).toBe('mine')
})

/** Nothing in the folder can be reached any more: its name leads in a circle. */
function loseFolder(name: string): void {
  renameSync(desk.path(name), desk.path('elsewhere'))
  symlinkSync(name, desk.path(name))
}

test('a part that cannot be reached keeps no transfer from its end', () => {
  const app = desk.start()
  mkdirSync(desk.path('far'))
  for (const transferId of [1, 2]) {
    app.offered(transferId)
    app.files.accept(transferId, desk.path(`far/${transferId}`), NOW)
    app.chunk(transferId, 0, 'hel')
  }
  app.ended(2, 'disconnected')
  loseFolder('far')
  for (const id of [1, 2]) expect(app.files.cancel(id, NOW)).toMatchObject({ state: 'cancelled' })
})

test('a part that cannot be reached does not keep the app from starting', () => {
  const app = desk.start()
  mkdirSync(desk.path('far'))
  app.offered(7)
  app.files.accept(1, desk.path('far/in.txt'), NOW)
  app.chunk(7, 0, 'hel')
  app.ended(7, 'disconnected')
  loseFolder('far')
  const later = desk.again({ now: NOW + 7 * DAY_MS })
  expect(listed(later.files)).toMatchObject([{ state: 'failed', reason: 'expired' }])
})

test('cancelled while the friend is away, the part is gone, and the friend hears of it once', () => {
  const app = withPart()
  expect(app.files.cancel(1, NOW)).toMatchObject({ state: 'cancelled' })
  expect(existsSync(desk.path('in.txt'))).toBe(false)
  const later = desk.again()
  offeredAgain(later)
  expect([later.calls, later.offers]).toEqual([[['cancel', 9]], []])
  later.offered(10, { fileId: 7 })
  expect(later.offers).toEqual(['in.txt'])
})

/** The whole of a file has come, and so long after that the friend goes. */
function withWhole(afterMs: number): App {
  const app = desk.start()
  app.offered(7)
  app.files.accept(1, desk.path('in.txt'), NOW)
  app.chunk(7, 0, 'hello')
  app.ended(7, 'finished')
  app.files.handleFriendOffline(OTHER, NOW + afterMs)
  app.files.handleFriendOffline(FRIEND, NOW + afterMs)
  return app
}

test('a friend who may not have heard that all has come learns it by the last byte, once, and nobody is asked', () => {
  withWhole(FRIEND_SILENCE_MS_MAX + 9_999)
  rmSync(desk.path('in.txt'))
  const later = desk.again()
  offeredAgain(later)
  expect(later.calls).toEqual([
    ['seek', 9, 4],
    ['accept', 9],
  ])
  later.chunk(9, 4, 'o')
  later.ended(9, 'finished')
  expect([listed(later.files), later.offers]).toMatchObject([[{ state: 'finished' }], []])
  expect(existsSync(desk.path('in.txt'))).toBe(false)
  later.offered(10, { fileId: 7 })
  expect(later.offers).toEqual(['in.txt'])
})

test('a friend who must have heard that all has come offers the file anew', () => {
  const app = withWhole(FRIEND_SILENCE_MS_MAX + 10_000)
  offeredAgain(app)
  expect([app.calls, app.offers]).toEqual([[], ['in.txt', 'in.txt']])
})

test('what has no size is offered anew whenever it ended', () => {
  const app = desk.start()
  app.offered(7, { size: undefined })
  app.files.accept(1, desk.path('in.txt'), NOW)
  app.ended(7, 'finished')
  app.files.handleFriendOffline(FRIEND, NOW)
  offeredAgain(app, { size: undefined })
  expect([app.calls, app.offers]).toEqual([[], ['in.txt', 'in.txt']])
})

test('the end of the app is such a break as well', () => {
  const { files, offered, chunk, ended } = desk.start()
  offered(7)
  files.accept(1, desk.path('in.txt'), NOW)
  chunk(7, 0, 'hello')
  ended(7, 'finished')
  files.breakOff('app-closed', NOW)
  const later = desk.again()
  offeredAgain(later)
  expect(later.calls[0]).toEqual(['seek', 9, 4])
})

test('what the person paused stays paused over the break, and over a restart', () => {
  const app = desk.start()
  app.offered(7)
  app.files.accept(1, desk.path('in.txt'), NOW)
  app.chunk(7, 0, 'hel')
  app.files.pause(1, NOW)
  app.ended(7, 'disconnected')
  const later = desk.again()
  expect(listed(later.files)).toMatchObject([{ state: 'paused' }])
  offeredAgain(later)
  expect(later.calls.map(([name]) => name)).toEqual(['seek', 'accept', 'pause'])
  expect(later.files.resume(1, NOW)).toMatchObject({ state: 'running' })
  expectRest(later, 3)
})

test('while the friend is away it can be paused and resumed, and that is all that happens', () => {
  const { files, calls } = withPart()
  calls.length = 0
  expect(files.pause(1, NOW)).toMatchObject({ state: 'paused' })
  expect(files.resume(1, NOW)).toMatchObject({ state: 'awaiting-friend' })
  expect(calls).toEqual([])
  const accept = (): unknown => files.accept(1, desk.path('twice'), NOW)
  expect(accept).toThrow(expect.objectContaining({ code: ApiErrorCode.Conflict }) as ApiError)
  expect(() => files.book.remove(1)).toThrow(ApiError)
})

test('a pause of the friend does not outlive the connection', () => {
  const app = desk.start()
  app.offered(7)
  app.files.accept(1, desk.path('in.txt'), NOW)
  app.control(7, 'filePaused')
  app.ended(7, 'disconnected')
  offeredAgain(app)
  expect(listed(app.files)).toMatchObject([{ state: 'running' }])
})

test('where there is no room to ask for the rest, the part waits for the next meeting', () => {
  const app = withPart()
  app.answers.other = 'unknown'
  offeredAgain(app)
  expect(listed(app.files)).toMatchObject([{ state: 'awaiting-friend', transferredBytes: 3 }])
  app.answers.other = 'done'
  offeredAgain(app)
  expectRest(app, 3)
})

test('an offer that nobody answered is the same when it is made again: nothing is announced twice', () => {
  const { files, offered, ended, offers, removed } = desk.start()
  offered(7)
  files.book.markRead(FRIEND, 1)
  ended(7, 'disconnected')
  expect(listed(files)).toMatchObject([{ state: 'failed', reason: 'friend-offline' }])
  offered(8, { fileId: 7 })
  expect([offers, removed]).toEqual([['in.txt'], [1]])
  expect(listed(files)).toMatchObject([{ id: 2, state: 'offered', isRead: true }])
})

test('what the sender did not say the size of does not go on, and half of it does not stay', () => {
  const { files, offered, chunk, ended } = desk.start()
  offered(7, { size: undefined })
  files.accept(1, desk.path('half'), NOW)
  chunk(7, 0, 'hel')
  ended(7, 'disconnected')
  expect(listed(files)).toMatchObject([{ state: 'failed', reason: 'friend-offline' }])
  expect(existsSync(desk.path('half'))).toBe(false)
})

test('what does not go on for a week is given up, and the part is gone', () => {
  const app = withPart()
  app.files.tidy(NOW + 7 * DAY_MS - 1)
  expect(existsSync(desk.path('in.txt'))).toBe(true)
  const later = desk.again({ now: NOW + 7 * DAY_MS })
  expect(listed(later.files)).toMatchObject([{ state: 'failed', reason: 'expired' }])
  expect(existsSync(desk.path('in.txt'))).toBe(false)
})

test('the week begins anew with each break', () => {
  const app = withPart()
  offeredAgain(app)
  app.ended(9, 'disconnected', NOW + 6 * DAY_MS)
  app.files.tidy(NOW + 8 * DAY_MS)
  expect(listed(app.files)).toMatchObject([{ state: 'awaiting-friend' }])
})

test('a removed friend’s part is gone, and so is what was on its way to a friend of another identity', () => {
  const app = withPart()
  app.files.endAll('interrupted', FRIEND)
  expect([listed(app.files), existsSync(desk.path('in.txt'))]).toMatchObject([[{ state: 'failed' }], false])
  app.files.send(FRIEND, desk.file('out.txt', 'hello'), NOW)
  app.files.breakOff('app-closed', NOW)
  desk.database.forgetIdentity(NOW)
  const later = desk.again()
  later.files.handleFriendOnline(FRIEND, NOW)
  expect([later.sent, listed(later.files)[1]]).toMatchObject([[], { state: 'failed' }])
})

test('another identity knows nothing of how a file ended that the friend offers again', () => {
  const app = withPart()
  app.files.cancel(1, NOW)
  desk.database.forgetIdentity(NOW)
  const later = desk.again()
  offeredAgain(later)
  expect([later.calls, later.offers]).toEqual([[], ['in.txt']])
})
