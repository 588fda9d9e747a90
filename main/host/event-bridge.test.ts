import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fromHex, utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { DataCipher } from '../crypto/data-cipher.ts'
import { PublicKey } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { ProfileDatabase } from '../db/profile-database.ts'
import type { Change, EngineEvent, MessageChange } from '../engine/events.ts'
import type { UserEngine } from '../engine/user-engine.ts'
import { EventBridge } from './event-bridge.ts'
import { FileTransfers } from './file-transfers.ts'
import { createFileCommands } from './test-file-commands.ts'

await sodiumReady
const FRIEND = 'AB'.repeat(32)
const friend = new PublicKey(fromHex(FRIEND))
const ID = '0C'.repeat(16)
const NOW = 1_700_000_000_000
let folder = ''
let database: ProfileDatabase

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ampoule-bridge-'))
  openDatabase()
})

afterEach(() => {
  database.close()
  rmSync(folder, { recursive: true })
})

function openDatabase(): void {
  const cipher = new DataCipher(new Uint8Array(32).fill(1), new SeededRandom(1))
  database = new ProfileDatabase(join(folder, 'db'), cipher)
}

/** An engine that has just these changes and events, and a bridge that notes what it tells. */
function bridged() {
  const told: unknown[] = []
  const persisted: number[] = []
  const changes: { sequence: number; change: Change }[] = []
  const events: EngineEvent[] = []
  const files = new FileTransfers({
    database,
    now: NOW,
    areSourcesKept: true,
    files: (use) => use(createFileCommands().commands),
    onChanged: ({ name, state }) => told.push(['file', name, state]),
    onOffered: ({ name }) => told.push(['offer', name]),
    onRemoved: (id) => told.push(['removed', id]),
    onFriendChanged: (publicKey) => told.push(['friend', publicKey]),
  })
  const bridge = new EventBridge(database, files, {
    messageChanged: (rowId) => told.push(['message', rowId]),
    messageNews: (kind, rowId) => told.push(['news', kind, rowId]),
    progressChanged: (messageId, progress) => told.push(['progress', messageId, progress]),
    friendChanged: (publicKey) => told.push(['friend', publicKey]),
    friendRequested: ({ publicKey, message }, isNew) => told.push(['request', publicKey, message, isNew]),
    networkChanged: () => told.push('network'),
    storageChanged: () => told.push('storage'),
    profileChanged: () => told.push('profile'),
  })
  const engine: Pick<UserEngine, 'pollChange' | 'pollEvent' | 'persisted'> = {
    pollChange: () => changes.shift(),
    pollEvent: () => events.shift(),
    persisted: (sequence) => void persisted.push(sequence),
  }
  // The bridge asks nothing else of an engine.
  const drain = (): void => bridge.drain(engine as UserEngine, NOW)
  const write = (sequence: number, messages: MessageChange[], writes: Change['writes'] = []): void =>
    void changes.push({ sequence, change: { writes, messages } })
  return { told, persisted, events, engine, drain, write }
}

const text = { kind: 'text', text: utf8Encode('größe') } as const
const base = { friend: FRIEND, messageId: ID, content: text, sentAtMs: NOW } as const
const queued: MessageChange = { ...base, kind: 'outgoing', state: 'queued', reason: 'not-met' }

test('changes are on disk, and said to be, before anybody hears of them; events come after', () => {
  const { told, persisted, events, drain, write } = bridged()
  write(1, [queued], [{ key: 'row', value: Uint8Array.of(1) }])
  write(2, [{ kind: 'state', messageId: ID, state: 'stored', atMs: NOW, copies: { held: 4, wanted: 6 } }])
  events.push({ kind: 'connected', isConnected: true })
  drain()
  expect(persisted).toEqual([1, 2])
  expect(told).toEqual([['message', 1], ['news', 'stored', 1], 'network'])
  expect(database.messages.get(1)).toMatchObject({ state: 'stored', copies: { held: 4, wanted: 6 }, isOutgoing: true })
  expect(database.messages.steps(1).map(({ state }) => state)).toEqual(['queued', 'stored'])
  expect(database.engineState.load()).toEqual(new Map([['row', Uint8Array.of(1)]]))
})

test('a change that comes only when another was persisted, or an event was told, goes to disk in the same turn', () => {
  const { told, persisted, events, engine, drain, write } = bridged()
  write(1, [queued])
  engine.persisted = (sequence) => {
    persisted.push(sequence)
    if (sequence === 1) events.push({ kind: 'typingChanged', friend, isTyping: true })
    if (sequence === 1) write(2, [{ kind: 'state', messageId: ID, state: 'delivered', atMs: NOW }])
  }
  drain()
  expect(persisted).toEqual([1, 2])
  expect(told).toEqual([
    ['message', 1],
    ['message', 1],
    ['friend', FRIEND],
  ])
  expect(database.messages.get(1)).toMatchObject({ state: 'delivered' })
})

test('what cannot be written is not said to be persisted, and nothing of the turn stays', () => {
  const { told, persisted, drain, write } = bridged()
  const bad = { ...queued, messageId: 'no hex' }
  write(1, [queued, bad], [{ key: 'row', value: Uint8Array.of(1) }])
  expect(drain).toThrow(/hex/i)
  expect([persisted, told, database.messages.after(0, 10)]).toEqual([[], [], []])
  expect(database.engineState.load().size).toBe(0)
})

test('a file that broke off is offered again when its friend is here', () => {
  const path = join(folder, 'out.txt')
  writeFileSync(path, 'hello')
  const source = { sizeBytes: 5, modifiedAt: statSync(path).mtimeMs, path, fileId: 'AB'.repeat(32) }
  const offer = { friend: FRIEND, isOutgoing: true, afterMessageId: 0, startedAt: NOW, state: 'running', isRead: true }
  database.transfers.insert({ ...offer, file: { name: 'out.txt', transferredBytes: 3, ...source } })
  const { told, events, drain } = bridged()
  events.push({ kind: 'friendOnline', friend })
  drain()
  expect(told).toEqual([
    ['friend', FRIEND],
    ['file', 'out.txt', 'offered'],
  ])
})

test('a missing message keeps its place, and fills it when it comes after all', () => {
  const { told, drain, write } = bridged()
  write(1, [{ kind: 'missing', friend: FRIEND, sequence: 7, atMs: NOW }])
  drain()
  expect(database.messages.get(1)).toMatchObject({ content: { kind: 'missing' }, reason: 'message-missing' })
  const file = { kind: 'file', name: utf8Encode('a.txt'), bytes: Uint8Array.of(1, 2) } as const
  write(2, [{ ...base, kind: 'incoming', content: file, sequence: 7 }])
  drain()
  expect(told).toEqual([
    ['message', 1],
    ['message', 1],
    ['news', 'message', 1],
  ])
  const row = database.messages.get(1)
  expect(row).toMatchObject({ isOutgoing: false, reason: undefined, content: { kind: 'file', text: 'a.txt' } })
  expect(row?.content.bytes).toEqual(Uint8Array.of(1, 2))
})

test('a message that is said to be missing and is there all the same stays', () => {
  const { drain, write } = bridged()
  write(1, [{ ...base, kind: 'incoming', content: { kind: 'text', text: utf8Encode('there') }, sequence: 7 }])
  write(2, [{ kind: 'missing', friend: FRIEND, sequence: 7, atMs: NOW }])
  drain()
  expect(database.messages.after(0, 10).map(({ content }) => content.text)).toEqual(['there'])
})

test('every event becomes the news that it is', () => {
  const { told, events, drain } = bridged()
  events.push(
    { kind: 'friendRequest', sender: friend, message: utf8Encode('hallo') },
    { kind: 'friendOnline', friend },
    { kind: 'nameChanged', friend, name: utf8Encode('x') },
    { kind: 'friendState', friend, state: 'ready' },
    { kind: 'progress', messageId: ID, done: 1, total: 4 },
    { kind: 'progress', messageId: ID, done: 0, total: 0 },
    { kind: 'membersChanged' },
    { kind: 'roleChanged', isStorage: true },
    { kind: 'vaultChanged' },
    { kind: 'changed' },
    { kind: 'custom', friend, data: new Uint8Array(1) },
  )
  drain()
  expect(told).toEqual([
    ['request', FRIEND, 'hallo', true],
    ['friend', FRIEND],
    ['friend', FRIEND],
    ['friend', FRIEND],
    ['progress', ID, 0.25],
    ['progress', ID, 0],
    'network',
    'network',
    'storage',
    'profile',
  ])
  expect(database.friends.requests()).toEqual([{ publicKey: FRIEND, message: 'hallo', receivedAt: NOW }])
  expect(database.friends.lastSeenAt(FRIEND)).toBe(NOW)
})

test('an own message is news when it is stored and collected for the first time, and its other words are kept', () => {
  const { told, drain, write } = bridged()
  write(1, [queued])
  write(2, [{ kind: 'edited', messageId: ID, content: { kind: 'text', text: utf8Encode('anders') } }])
  for (const state of ['stored', 'storing', 'stored', 'collected'] as const) {
    write(3, [{ kind: 'state', messageId: ID, state, atMs: NOW }])
  }
  drain()
  expect(database.messages.get(1)?.content.text).toBe('anders')
  expect(told).toEqual([
    ['message', 1],
    ['news', 'collected', 1],
  ])
  write(4, [{ kind: 'state', messageId: ID, state: 'stored', atMs: NOW }])
  drain()
  expect(told.slice(2)).toEqual([['message', 1]])
})

test('who asks again before there is an answer is no news, also after a restart; after an answer it is', () => {
  const ask = (words: string): unknown[] => {
    const { told, events, drain } = bridged()
    events.push({ kind: 'friendRequest', sender: friend, message: utf8Encode(words) })
    drain()
    return told
  }
  expect(ask('It is me.')).toEqual([['request', FRIEND, 'It is me.', true]])
  database.close()
  openDatabase()
  expect(ask('It is me, really.')).toEqual([['request', FRIEND, 'It is me, really.', false]])
  expect(database.friends.requests()).toMatchObject([{ message: 'It is me, really.' }])
  database.friends.removeRequest(FRIEND)
  expect(ask('Please!')).toEqual([['request', FRIEND, 'Please!', true]])
})
