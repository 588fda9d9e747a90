import Sqlite from 'better-sqlite3'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { DataCipher } from '../crypto/data-cipher.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { ProfileDatabase } from './profile-database.ts'
import { type NewTransfer, PAGE_SQL, UNFINISHED_SQL } from './transfers.ts'

await sodiumReady
const LENA = 'AA'.repeat(32)
const NORA = 'BB'.repeat(32)
const ALL = Number.MAX_SAFE_INTEGER
let folder = ''
let database: ProfileDatabase

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-transfers-'))
  database = opened()
})

afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

function opened(): ProfileDatabase {
  return new ProfileDatabase(join(folder, 'ampoule.db'), new DataCipher(new Uint8Array(32), new SeededRandom(1)))
}

function offer(name: string, more: Partial<NewTransfer> = {}): NewTransfer {
  const file = { name, sizeBytes: 5, transferredBytes: 0 }
  const place = { friend: LENA, isOutgoing: false, afterMessageId: 3, startedAt: 1_000 }
  return { ...place, state: 'offered', isRead: false, file, ...more }
}

const names = (friend: string, beforeId = ALL, limit = 9): string[] =>
  database.transfers.list(friend, beforeId, limit).map(({ file }) => file.name)

test('transfers come back page by page, oldest first, each with all that is known of it, after a restart too', () => {
  const rows = ['a', 'b', 'c'].map((name) => database.transfers.insert(offer(name)))
  database.transfers.insert(offer('of another', { friend: NORA }))
  const file = { name: 'b', transferredBytes: 5, path: '/files/b', reason: 'file', detail: 'the disk is full' }
  const ended = { ...offer('b'), id: rows[1]?.id ?? 0, state: 'failed', isRead: true, file }
  database.transfers.update(ended)
  database.close()
  database = opened()
  expect(names(LENA)).toEqual(['a', 'b', 'c'])
  expect(names(LENA, rows[2]?.id, 1)).toEqual(['b'])
  expect(database.transfers.get(ended.id)).toEqual(ended)
  expect(database.transfers.newest(LENA)).toEqual(rows[2])
  expect(database.transfers.newest('CC'.repeat(32))).toBeUndefined()
})

test('a page of a conversation shows the transfers that stand after its messages, and no others', () => {
  for (const [name, afterMessageId] of [
    ['before all', 0],
    ['a', 3],
    ['b', 3],
    ['c', 4],
    ['d', 9],
  ] as const) {
    database.transfers.insert(offer(name, { afterMessageId }))
    database.transfers.insert(offer('of another', { friend: NORA, afterMessageId }))
  }
  const at = (from: number, to: number, beforeId = ALL, limit = 9): string[] =>
    database.transfers.list(LENA, beforeId, limit, { from, to }).map(({ file }) => file.name)
  expect(at(3, 8)).toEqual(['a', 'b', 'c'])
  expect(at(0, 2)).toEqual(['before all'])
  expect(at(5, 8)).toEqual([])
  expect(at(4, ALL)).toEqual(['c', 'd'])
  expect(at(0, 8, ALL, 2)).toEqual(['b', 'c'])
  expect(at(0, 8, 5, 2)).toEqual(['before all', 'a'])
})

test('neither a start nor a page reads what it does not want', () => {
  database.close()
  const plain = new Sqlite(join(folder, 'ampoule.db'), { readonly: true })
  const plan = (sql: string): string =>
    plain
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail)
      .join('; ')
  expect(plan(UNFINISHED_SQL)).toMatch(/^SCAN file_transfers USING INDEX file_transfers_unfinished$/)
  expect(plan(PAGE_SQL.replaceAll('?', '1'))).toMatch(
    /^SEARCH file_transfers USING INDEX file_transfers_by_place [^;]*$/,
  )
  plain.close()
  database = opened()
})

test('those that did not come to an end are told apart', () => {
  for (const state of ['offered', 'finished', 'running', 'cancelled', 'paused', 'failed', 'paused-by-friend']) {
    database.transfers.insert(offer(state, { state }))
  }
  const unfinished = database.transfers.unfinished().map(({ state }) => state)
  expect(unfinished).toEqual(['offered', 'running', 'paused', 'paused-by-friend'])
})

test('what a friend offered is unread until it was seen, up to a place', () => {
  const ids = ['a', 'b', 'c'].map((name) => database.transfers.insert(offer(name)).id)
  database.transfers.insert(offer('own', { isOutgoing: true, isRead: true }))
  expect(database.transfers.unreadCount(LENA)).toBe(3)
  expect(database.transfers.markRead(LENA, ids[1] ?? 0)).toEqual(ids.slice(0, 2))
  expect(database.transfers.markRead(LENA, ids[1] ?? 0)).toEqual([])
  expect([database.transfers.unreadCount(LENA), database.transfers.unreadCount(NORA)]).toEqual([1, 0])
})

test('a file is found by the words of its name, beside messages and not among them', () => {
  const id = database.transfers.insert(offer('Grüße aus Zürich.jpg')).id
  const hers = database.transfers.insert(offer('zurich.pdf', { friend: NORA })).id
  expect(database.searchTransfers('zurich', undefined, 9)).toEqual([hers, id])
  expect(database.searchTransfers('zurich', LENA, 9)).toEqual([id])
  expect(database.search('zurich', undefined, 9)).toEqual([])
  const later = database.transfers.insert(offer('Zürich am See.mp4')).id
  expect(database.searchTransfers('zürich see', undefined, 9)).toEqual([later])
})

test('many more than one page are all found', () => {
  const ids = Array.from({ length: 120 }, (_, at) => database.transfers.insert(offer(`scan ${at}`)).id)
  expect(database.searchTransfers('scan', undefined, 200)).toEqual(ids.toReversed())
})

test('a removed transfer is in no page and in no search, nor is any of a removed friend; no id is given out twice', () => {
  const id = database.transfers.insert(offer('one.jpg')).id
  database.transfers.insert(offer('two.jpg', { friend: NORA }))
  expect(database.searchTransfers('jpg', undefined, 9)).toHaveLength(2)
  database.removeTransfer(id)
  expect([names(LENA), database.searchTransfers('one', undefined, 9)]).toEqual([[], []])
  database.removeFriend(NORA)
  expect([names(NORA), database.searchTransfers('two', undefined, 9)]).toEqual([[], []])
  expect(database.transfers.insert(offer('three.jpg')).id).toBe(3)
})

test('of what a friend offered in vain the newest 500 stay, and all that came, was sent, is under way or of others', () => {
  const kept = [{ state: 'finished' }, { state: 'offered' }, { state: 'failed', isOutgoing: true }]
  for (const more of kept) database.transfers.insert(offer('kept', more))
  database.transfers.insert(offer('hers', { state: 'failed', friend: NORA }))
  database.transaction(() => {
    for (let at = 0; at < 502; at += 1) {
      database.transfers.insert(offer(`vain ${at}`, { state: at % 2 ? 'failed' : 'cancelled' }))
    }
  })
  expect(database.searchTransfers('vain', undefined, 999)).toHaveLength(502)
  expect(database.pruneTransfers(LENA)).toEqual([5, 6])
  expect(database.pruneTransfers(LENA)).toEqual([])
  expect(database.searchTransfers('vain', undefined, 999)).toHaveLength(500)
  expect(names(LENA, ALL, 999).slice(0, 4)).toEqual(['kept', 'kept', 'kept', 'vain 2'])
  expect(names(NORA)).toEqual(['hers'])
})

test('no name, place or reason of a file is readable on the disk', () => {
  const file = { name: 'secret name', transferredBytes: 1, path: '/files/secret place', detail: 'secret words' }
  const { id } = database.transfers.insert(offer('x', { file }))
  const everyByte = (): string =>
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join('')
  expect(everyByte()).not.toContain('secret')
  database.removeTransfer(id)
  expect(everyByte()).not.toContain('secret')
})
