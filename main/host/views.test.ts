import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { PublicKey } from '../crypto/keys.ts'
import type { MessageRow } from '../db/message-row.ts'
import { Friend, type LastFile } from '../../shared/model/friend.ts'
import { Message } from '../../shared/model/message.ts'
import { friendOf, messageOf, timestampOf } from './views.ts'

const KEY = 'AB'.repeat(32)
const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 6)
const AT_TEXT = '2026-01-02T03:04:05.006Z'
const ROW: MessageRow = {
  id: 7,
  friend: KEY,
  messageId: '00'.repeat(16),
  isOutgoing: true,
  content: { kind: 'text', text: 'größe' },
  sentAt: AT,
  state: 'queued',
  reason: undefined,
  copies: undefined,
  expiresAt: undefined,
  isRead: true,
}

const VIEW = {
  publicKey: new PublicKey(new Uint8Array(32).fill(0xab)),
  name: utf8Encode('Lena'),
  statusMessage: utf8Encode('Straße'),
  status: 'away',
  isOnline: true,
  isTyping: false,
  isConfirmed: false,
  lastSeenAt: 0,
} as const

/** The schema takes it and has nothing to change: what is shown is in its final form. */
function shown(row: MessageRow, progress?: number): Message {
  const message = messageOf(row, progress)
  expect(Message.parse(message)).toEqual(message)
  return message
}

test('times are ISO 8601 with milliseconds, also in a round second', () => {
  expect([timestampOf(AT), timestampOf(AT - 6)]).toEqual([AT_TEXT, '2026-01-02T03:04:05.000Z'])
})

test('a row is shown with what it has and without what it has not', () => {
  const plain = { id: 7, friend: KEY, direction: 'out', kind: 'text', text: 'größe', sentAt: AT_TEXT, isRead: true }
  expect(shown(ROW)).toEqual({ ...plain, state: 'queued' })
  const stored = { ...ROW, state: 'stored', reason: 'thin', copies: { held: 2, wanted: 6 }, expiresAt: AT }
  expect(shown(stored)).toEqual({
    ...plain,
    state: 'stored',
    reason: 'thin',
    copies: { held: 2, wanted: 6 },
    expiresAt: AT_TEXT,
  })
})

test('progress is shown only while proofs are computed', () => {
  expect(shown({ ...ROW, state: 'proving' }, 0.25).progress).toBe(0.25)
  expect(shown({ ...ROW, state: 'stored' }, 0.25)).not.toHaveProperty('progress')
})

test('a file shows name and size instead of a text; a message that is missing keeps its place', () => {
  const file = { kind: 'file', text: 'a.txt', bytes: new Uint8Array(9) } as const
  expect(shown({ ...ROW, content: file })).toMatchObject({
    kind: 'file',
    text: '',
    file: { name: 'a.txt', sizeBytes: 9 },
  })
  const gap = { ...ROW, isOutgoing: false, state: 'received', reason: 'message-missing' }
  expect(shown({ ...gap, content: { kind: 'missing', text: '' } })).toMatchObject({
    direction: 'in',
    kind: 'text',
    reason: 'message-missing',
  })
})

test('a row in a state that the contract does not know is refused', () => {
  expect(() => messageOf({ ...ROW, state: 'lost' })).toThrow(/invalid/i)
  expect(() => messageOf({ ...ROW, reason: 'because' })).toThrow(/invalid/i)
})

test('a friend is shown with her key in upper case, and when she was seen last if ever', () => {
  const more = { offlineMessages: 'pending', unreadCount: 2, hasMet: true, draft: 'Hal' } as const
  const friend = friendOf(VIEW, { ...more, ttlSeconds: undefined, newest: undefined, newestFile: undefined })
  expect(Friend.parse(friend)).toEqual(friend)
  expect(friend).toMatchObject({ publicKey: KEY, name: 'Lena', statusMessage: 'Straße', isRequested: true, ...more })
  for (const name of ['lastSeenAt', 'ttlSeconds', 'lastMessage', 'lastFile']) expect(friend).not.toHaveProperty(name)
  const long = { ...ROW, content: { kind: 'text', text: '🗺️'.repeat(150) } } as const
  const full = friendOf({ ...VIEW, lastSeenAt: AT }, { ...more, ttlSeconds: 60, newest: long, newestFile: undefined })
  expect(Friend.parse(full)).toEqual(full)
  expect(full).toMatchObject({ lastSeenAt: AT_TEXT, ttlSeconds: 60, lastMessage: { id: ROW.id, state: ROW.state } })
  expect(full.lastMessage?.text).toBe('🗺️'.repeat(100))
})

test('the last line of an answer are its own words', () => {
  const row = { ...ROW, content: { kind: 'text', text: '> Shall we meet?\nYes.' } } as const
  const more = { offlineMessages: 'ready', unreadCount: 0, hasMet: true, draft: '', ttlSeconds: undefined } as const
  expect(friendOf(VIEW, { ...more, newest: row, newestFile: undefined }).lastMessage?.text).toBe('Yes.')
})

test('the last file of a friend is told where no message came after it', () => {
  const lastFileAfter = (afterMessageId: number, newest: MessageRow | undefined): LastFile | undefined => {
    const file = { name: 'map.png', transferredBytes: 0 }
    const standing = { state: 'offered', isRead: false, startedAt: AT }
    const newestFile = { id: 1, friend: KEY, isOutgoing: false, afterMessageId, ...standing, file }
    const more = { offlineMessages: 'ready', unreadCount: 0, hasMet: true, draft: '', ttlSeconds: undefined } as const
    return Friend.parse(friendOf(VIEW, { ...more, newest, newestFile })).lastFile
  }
  expect(lastFileAfter(ROW.id, ROW)).toEqual({ direction: 'in', name: 'map.png', startedAt: AT_TEXT })
  expect(lastFileAfter(ROW.id - 1, ROW)).toBeUndefined()
  expect(lastFileAfter(0, undefined)).toMatchObject({ name: 'map.png' })
})

test('whatever time a friend wrote into a message, the contract gets one that it takes', () => {
  const last = '9999-12-31T23:59:59.999Z'
  expect(shown({ ...ROW, isOutgoing: false, sentAt: 8_640_000_000_000_000 }).sentAt).toBe(last)
  expect(shown({ ...ROW, isOutgoing: false, sentAt: Number.MAX_SAFE_INTEGER }).sentAt).toBe(last)
  expect(shown({ ...ROW, isOutgoing: false, sentAt: 0 }).sentAt).toBe('1970-01-01T00:00:00.000Z')
})

test('nothing in a name or status that somebody else chose turns our own words round, or breaks their line', () => {
  const more = { offlineMessages: 'ready', unreadCount: 0, hasMet: true, draft: '', ttlSeconds: undefined } as const
  const turned = utf8Encode('Lena\u202e\n')
  const file = { kind: 'file', text: 'invoice\u202egpj.exe', bytes: new Uint8Array(9) } as const
  const view = { ...VIEW, name: turned, statusMessage: turned }
  const friend = friendOf(view, { ...more, newest: { ...ROW, content: file }, newestFile: undefined })
  expect([friend.name, friend.statusMessage, friend.lastMessage?.text]).toEqual(['Lena', 'Lena', 'invoicegpj.exe'])
  expect(shown({ ...ROW, content: file }).file?.name).toBe('invoicegpj.exe')
  const transfer = { name: file.text, transferredBytes: 0 }
  const standing = { id: 1, friend: KEY, isOutgoing: false, afterMessageId: 0, state: 'offered', isRead: false }
  const newestFile = { ...standing, startedAt: AT, file: transfer }
  expect(friendOf(view, { ...more, newest: undefined, newestFile }).lastFile?.name).toBe('invoicegpj.exe')
})
