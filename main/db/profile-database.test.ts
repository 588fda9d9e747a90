import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { DataCipher, DataCipherError } from '../crypto/data-cipher.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { DatabaseError } from './database.ts'
import type { ColumnCipher } from './column-cipher.ts'
import type { NewMessage } from './message-row.ts'
import { ProfileDatabase } from './profile-database.ts'

await sodiumReady
const LENA = 'AA'.repeat(32)
const ID = '01'.repeat(16)
let folder = ''
let path = ''
let open: ProfileDatabase[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-db-'))
  path = join(folder, 'ampoule.db')
})

afterEach(() => {
  for (const database of open) database.close()
  open = []
  rmSync(folder, { recursive: true })
})

function cipherOf(key: number): DataCipher {
  return new DataCipher(new Uint8Array(32).fill(key), new SeededRandom(key))
}

function opened(key = 1): ProfileDatabase {
  const database = new ProfileDatabase(path, cipherOf(key))
  open.push(database)
  return database
}

function closed(database: ProfileDatabase): void {
  database.close()
  open = open.filter((candidate) => candidate !== database)
}

function text(words: string, more: Partial<NewMessage> = {}): NewMessage {
  return {
    friend: LENA,
    messageId: undefined,
    isOutgoing: true,
    content: { kind: 'text', text: words },
    sentAt: 1_000,
    state: 'queued',
    ...more,
  }
}

function everyByte(): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('')
}

test('messages come back page by page, oldest first, after a restart too', () => {
  const database = opened()
  for (let count = 1; count <= 5; count += 1) database.messages.insert(text(`message ${count}`))
  closed(database)
  const again = opened()
  const texts = (beforeId: number) => again.messages.list(LENA, beforeId, 2).map((row) => row.content.text)
  expect(texts(Number.MAX_SAFE_INTEGER)).toEqual(['message 4', 'message 5'])
  expect(texts(4)).toEqual(['message 2', 'message 3'])
})

test('a missing message is filled in place when it comes', () => {
  const { messages } = opened()
  const received = { isOutgoing: false, state: 'received' }
  messages.insert(
    text('', { ...received, sequence: 1, content: { kind: 'missing', text: '' }, reason: 'message-missing' }),
  )
  const second = messages.insertIncoming({ ...text('second'), ...received, sequence: 2, messageId: '02'.repeat(16) })
  const first = messages.insertIncoming({ ...text('first'), ...received, sequence: 1, messageId: ID })
  expect(first).toBeLessThan(second)
  expect(messages.list(LENA, Number.MAX_SAFE_INTEGER, 9).map((row) => row.content.text)).toEqual(['first', 'second'])
  expect(messages.get(first)).toMatchObject({ reason: undefined, messageId: ID, isRead: false })
})

test('what friends send to another identity takes no place of what they sent to the one before', () => {
  const database = opened()
  const { messages } = database
  const received = { isOutgoing: false, state: 'received', sequence: 1 }
  messages.insertIncoming({ ...text('to the first'), ...received, messageId: ID })
  expect(database.forgetIdentity(5_000)).toEqual({ requests: [], settled: [] })
  messages.insertIncoming({ ...text('to the second'), ...received, messageId: '02'.repeat(16) })
  messages.insertIncoming({ ...text('once more'), ...received, messageId: '03'.repeat(16) })
  const texts = messages.list(LENA, Number.MAX_SAFE_INTEGER, 9).map((row) => row.content.text)
  expect(texts).toEqual(['to the first', 'to the second', 'once more'])
})

test('when keys and queue are gone, no own message is said to wait or to be stored any longer', () => {
  const database = opened()
  const { messages } = database
  const states = ['queued', 'proving', 'storing', 'stored', 'collected', 'delivered', 'failed'] as const
  const ids = states.map((state, at) => messages.insert(text(state, { messageId: `0${at}`.repeat(16), state })))
  const incoming = messages.insert(text('theirs', { isOutgoing: false, state: 'received' }))
  expect(database.forgetIdentity(5_000).settled).toEqual(ids.slice(0, 4))
  const standing = [...ids, incoming].map((id) => messages.get(id)).map((row) => [row?.state, row?.reason])
  expect(standing).toEqual([
    ['failed', undefined],
    ['failed', undefined],
    ['expired', 'not-known-whether-read'],
    ['expired', 'not-known-whether-read'],
    ['collected', undefined],
    ['delivered', undefined],
    ['failed', undefined],
    ['received', undefined],
  ])
  expect(messages.steps(ids[3] ?? 0).at(-1)).toEqual({ at: 5_000, state: 'expired', reason: 'not-known-whether-read' })
  expect(database.forgetIdentity(6_000).settled).toEqual([])
})

test('a state change is noted once in the timeline and keeps the last known copies', () => {
  const { messages } = opened()
  const id = messages.insert(text('x', { messageId: ID }))
  messages.setState({ messageId: ID, state: 'storing', copies: { held: 2, wanted: 6 }, at: 2_000 })
  messages.setState({ messageId: ID, state: 'storing', copies: { held: 3, wanted: 6 }, at: 3_000 })
  messages.setState({ messageId: ID, state: 'stored', expiresAt: 9_000, at: 4_000 })
  expect(messages.steps(id).map(({ at, state }) => [at, state])).toEqual([
    [1_000, 'queued'],
    [2_000, 'storing'],
    [4_000, 'stored'],
  ])
  expect(messages.get(id)).toMatchObject({ state: 'stored', copies: { held: 3, wanted: 6 }, expiresAt: 9_000 })
  expect(messages.setState({ messageId: 'FF'.repeat(16), state: 'stored', at: 1 })).toBeUndefined()
})

test('reading marks received messages up to an id and tells which', () => {
  const { messages } = opened()
  const received = { isOutgoing: false, state: 'received' }
  const ids = ['01', '02', '03'].map((byte, at) =>
    messages.insertIncoming({ ...text('m'), ...received, sequence: at, messageId: byte.repeat(16) }),
  )
  expect(messages.unreadCount(LENA)).toBe(3)
  expect(messages.markRead(LENA, ids[1] ?? 0)).toEqual(['01'.repeat(16), '02'.repeat(16)])
  expect(messages.unreadCount(LENA)).toBe(1)
  expect(messages.markRead(LENA, ids[1] ?? 0)).toEqual([])
})

test('a transaction that fails leaves nothing', () => {
  const database = opened()
  const attempt = () =>
    database.transaction(() => {
      database.messages.insert(text('half'))
      database.engineState.write('a', Uint8Array.of(1))
      throw new Error('cut')
    })
  expect(attempt).toThrow('cut')
  expect(database.messages.list(LENA, Number.MAX_SAFE_INTEGER, 9)).toEqual([])
  expect(database.engineState.load().size).toBe(0)
})

test('engine state is found again after a restart', () => {
  const database = opened()
  database.engineState.write('epoch', Uint8Array.of(1, 2, 3))
  database.engineState.write('gone', Uint8Array.of(4))
  database.engineState.write('gone', undefined)
  closed(database)
  expect([...opened().engineState.load()]).toEqual([['epoch', Uint8Array.of(1, 2, 3)]])
})

test('an erased or replaced value is in no byte of the folder, log and free pages included', () => {
  // Goal: secure_delete and the checkpoint do their part without the seal. Method: a cipher that seals nothing.
  const real = cipherOf(1)
  const bare: ColumnCipher = {
    seal: (_purpose, plain) => plain,
    open: (_purpose, sealed) => sealed,
    fingerprint: (purpose, plain) => real.fingerprint(purpose, plain),
  }
  const database = new ProfileDatabase(path, bare)
  open.push(database)
  const [small, large] = ['secret in a cell', 'secret on overflow pages '.repeat(400)]
  database.engineState.write('small', new TextEncoder().encode(small))
  database.engineState.write('large', new TextEncoder().encode(large))
  database.checkpoint()
  database.engineState.write('kept', new Uint8Array(100))
  expect(everyByte()).toContain(small)
  expect(everyByte()).toContain('secret on overflow pages')
  database.transaction(() => {
    database.engineState.write('small', Uint8Array.of(1))
    database.engineState.write('large', undefined)
  })
  database.checkpoint()
  expect(everyByte()).not.toContain('secret')
})

test('no text, name or key of a friend is readable in any file', () => {
  const database = opened()
  const words = 'a text that nobody else may read'
  database.messages.insert(text(words))
  database.friends.putRequest({ publicKey: LENA, message: words, receivedAt: 1 })
  database.settings.set('draft', words)
  database.engineState.write(words, new TextEncoder().encode(words))
  expect(everyByte()).not.toContain(words)
  expect(everyByte()).not.toContain(LENA)
})

test('search folds diacritics, needs all words, and finds a beginning', () => {
  const database = opened()
  const ids = ['Grüße aus Zürich', 'morgen in Berlin', 'in Zurich am See'].map((words) =>
    database.messages.insert(text(words)),
  )
  expect(database.search('zurich', undefined, 9)).toEqual([ids[2], ids[0]])
  expect(database.search('Gruss', undefined, 9)).toEqual([])
  expect(database.search('in ber', LENA, 9)).toEqual([ids[1]])
  expect(database.search('in ber', 'BB'.repeat(32), 9)).toEqual([])
  expect(database.search('" OR *', undefined, 9)).toEqual([])
  database.removeFriend(LENA)
  expect(database.search('zurich', undefined, 9)).toEqual([])
})

test('requests of strangers are bounded: the oldest goes', () => {
  const { friends } = opened()
  for (let count = 0; count < 105; count += 1) {
    const publicKey = count.toString(16).padStart(64, '0').toUpperCase()
    friends.putRequest({ publicKey, message: 'hi', receivedAt: count })
  }
  expect(friends.requests()).toHaveLength(100)
  expect(friends.requests()[0]?.receivedAt).toBe(5)
})

test('a second instance, a foreign file and another key are clear errors that change nothing', () => {
  const database = opened()
  database.friends.idOf(LENA)
  expect(() => new ProfileDatabase(path, cipherOf(1))).toThrow(
    expect.objectContaining({ name: 'DatabaseError', code: 'locked' }),
  )
  closed(database)
  expect(() => new ProfileDatabase(path, cipherOf(2))).toThrow(DataCipherError)
  const foreign = join(folder, 'foreign.db')
  writeFileSync(foreign, 'not a database, but somebody needs it'.repeat(40))
  expect(() => new ProfileDatabase(foreign, cipherOf(1))).toThrow(DatabaseError)
  expect(readFileSync(foreign, 'utf8')).toContain('somebody needs it')
  expect(opened().friends.idOf(LENA)).toBe(1)
})

test('a page after a message, and a page about one, stay within the conversation', () => {
  const { messages } = opened()
  const ids = Array.from({ length: 9 }, (_, at) => messages.insert(text(`message ${at}`)))
  messages.insert(text('to another', { friend: 'BB'.repeat(32) }))
  const after = (id: number, limit: number): number[] => messages.listAfter(LENA, id, limit).map((row) => row.id)
  expect(after(ids[6] ?? 0, 2)).toEqual(ids.slice(7, 9))
  expect(after(ids[8] ?? 0, 2)).toEqual([])
  const around = (at: number, limit: number): number[] =>
    messages.around({ id: ids[at] ?? 0, friend: LENA }, limit).map((row) => row.id)
  expect(around(4, 1)).toEqual([ids[4]])
  expect(around(4, 4)).toEqual(ids.slice(2, 6))
  expect(around(4, 5)).toEqual(ids.slice(2, 7))
  expect(around(0, 4)).toEqual(ids.slice(0, 4))
  expect(around(8, 4)).toEqual(ids.slice(5, 9))
  expect(around(4, 200)).toEqual(ids)
  expect(messages.newest(LENA)?.id).toBe(ids[8])
  expect(messages.newest('CC'.repeat(32))).toBeUndefined()
})

test('other words are found, the former ones are not; a removed message is in no page and in no search', () => {
  const database = opened()
  const id = database.messages.insert(text('first words', { messageId: ID }))
  database.search('first', undefined, 9)
  expect(database.messages.setContent(ID, { kind: 'text', text: 'second thoughts' })).toBe(id)
  database.reindex(id)
  expect(database.search('first', undefined, 9)).toEqual([])
  expect(database.search('thoughts', undefined, 9)).toEqual([id])
  expect(database.messages.setContent('FF'.repeat(16), { kind: 'text', text: 'x' })).toBeUndefined()
  database.removeMessage(id)
  expect(database.search('thoughts', undefined, 9)).toEqual([])
  expect([database.messages.get(id), database.messages.steps(id)]).toEqual([undefined, []])
})

test('a state that a message was in is remembered', () => {
  const { messages } = opened()
  const id = messages.insert(text('x', { messageId: ID }))
  expect([messages.hasBeen(id, 'queued'), messages.hasBeen(id, 'stored')]).toEqual([true, false])
  messages.setState({ messageId: ID, state: 'stored', at: 1 })
  messages.setState({ messageId: ID, state: 'collected', at: 2 })
  expect(messages.hasBeen(id, 'stored')).toBe(true)
})

test('draft, TTL and last seeing of a friend are kept apart from each other, after a restart too', () => {
  const database = opened()
  database.friends.setDraft(LENA, 'half a thought')
  database.friends.setTtl(LENA, 60)
  database.friends.setLastSeen(LENA, 7)
  closed(database)
  const { friends } = opened()
  expect([friends.draft(LENA), friends.ttlSeconds(LENA), friends.lastSeenAt(LENA)]).toEqual(['half a thought', 60, 7])
  friends.setDraft(LENA, '')
  friends.setTtl(LENA, undefined)
  expect([friends.draft(LENA), friends.ttlSeconds(LENA), friends.lastSeenAt(LENA)]).toEqual(['', undefined, 7])
  expect(friends.draft('BB'.repeat(32))).toBe('')
})

test('a copy taken in use is the whole database, and sealed as it is', async () => {
  const database = opened()
  const id = database.messages.insert(text('kept twice'))
  const copy = join(folder, 'copy.db')
  await database.copyTo(copy)
  database.messages.insert(text('after the copy'))
  const again = new ProfileDatabase(copy, cipherOf(1))
  open.push(again)
  expect(again.messages.list(LENA, Number.MAX_SAFE_INTEGER, 9).map((row) => row.id)).toEqual([id])
  expect(everyByte()).not.toContain('kept twice')
})
