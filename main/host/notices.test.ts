import { expect, test } from 'vitest'
import { windowContract } from '../../shared/api/window-contract.ts'
import type { MessageRow } from '../db/message-row.ts'
import type { Settings } from '../../shared/model/settings.ts'
import { isQuiet, noticeOf } from './notices.ts'
import { SettingsStore } from './settings-store.ts'
import { createMemorySettings } from './test-settings-table.ts'

const FRIEND = 'AB'.repeat(32)
const NOON = new Date(2026, 0, 2, 12, 0)
const ALL_ON = { ...new SettingsStore(createMemorySettings().table).settings, notifyStored: true }
const row: MessageRow = {
  id: 7,
  friend: FRIEND,
  messageId: undefined,
  isOutgoing: false,
  content: { kind: 'text', text: 'Hallo' },
  sentAt: 0,
  state: 'received',
  reason: undefined,
  copies: undefined,
  expiresAt: undefined,
  isRead: false,
}
const message = { kind: 'message', row, name: 'Lena' } as const
const request = { kind: 'request', publicKey: FRIEND, message: 'It is me.' } as const

test('an offered file is told like a message, by its name where texts are shown', () => {
  const offer = { kind: 'file', friend: FRIEND, name: 'Lena', fileName: 'map.png' } as const
  const notice = { kind: 'file', publicKey: FRIEND, name: 'Lena' }
  expect(noticeOf(offer, ALL_ON, NOON)).toEqual({ ...notice, text: 'map.png' })
  expect(noticeOf(offer, { ...ALL_ON, notifyText: false }, NOON)).toEqual(notice)
  expect(noticeOf(offer, { ...ALL_ON, notifyMessages: false }, NOON)).toBeUndefined()
})

test('an answer is told by its own words, not by what it quotes', () => {
  const answer = { ...row, content: { kind: 'text', text: '> Shall we meet?\nYes.' } } as const
  expect(noticeOf({ ...message, row: answer }, ALL_ON, NOON)?.text).toBe('Yes.')
})

test('a message, a request and what became of own messages are told, each with whom it is about', () => {
  expect(noticeOf(message, ALL_ON, NOON)).toEqual({
    kind: 'message',
    publicKey: FRIEND,
    name: 'Lena',
    messageId: 7,
    text: 'Hallo',
  })
  expect(noticeOf(request, ALL_ON, NOON)).toEqual({ kind: 'request', publicKey: FRIEND, name: '', text: 'It is me.' })
  for (const kind of ['stored', 'collected'] as const) {
    expect(noticeOf({ ...message, kind }, ALL_ON, NOON)).toMatchObject({ kind, messageId: 7 })
  }
})

test('what is switched off is not told, and texts only where they are wanted', () => {
  const switches: [kind: 'message' | 'stored' | 'collected', name: keyof Settings][] = [
    ['message', 'notifyMessages'],
    ['stored', 'notifyStored'],
    ['collected', 'notifyCollected'],
  ]
  for (const [kind, name] of switches) {
    expect(noticeOf({ ...message, kind }, { ...ALL_ON, [name]: false }, NOON)).toBeUndefined()
  }
  expect(noticeOf(request, { ...ALL_ON, notifyRequests: false }, NOON)).toBeUndefined()
  const hidden = { ...ALL_ON, notifyText: false }
  for (const cause of [message, request]) expect(noticeOf(cause, hidden, NOON)).not.toHaveProperty('text')
})

test('the longest message and request are told by their beginning, cut between characters, as a window takes it', () => {
  const long = 'a'.repeat(1_372)
  const longRow = { ...row, content: { kind: 'text', text: long } } as const
  for (const cause of [
    { ...message, row: longRow },
    { ...request, message: '👍'.repeat(301) },
  ]) {
    const told = noticeOf(cause, ALL_ON, NOON)?.text ?? ''
    const shown = { title: '', body: told, target: '' }
    expect(windowContract.window.notify.args.safeParse(shown).success).toBe(true)
    expect(told).toMatch(/^(?:👍{299}|a{299})…$/u)
  }
})

test('quiet hours may pass midnight, and end at their end', () => {
  const night = { isOn: true, from: '22:30', to: '07:00' }
  const at = (hours: number, minutes: number): boolean => isQuiet(night, new Date(2026, 0, 2, hours, minutes))
  expect([at(22, 29), at(22, 30), at(0, 0), at(6, 59), at(7, 0), at(12, 0)]).toEqual([
    false,
    true,
    true,
    true,
    false,
    false,
  ])
  const noon = { isOn: true, from: '12:00', to: '13:00' }
  expect(isQuiet(noon, NOON)).toBe(true)
  expect(isQuiet({ ...noon, isOn: false }, NOON)).toBe(false)
  expect(isQuiet(noon, new Date(2026, 0, 2, 13, 0))).toBe(false)
  expect(noticeOf(message, { ...ALL_ON, quietHours: noon }, NOON)).toBeUndefined()
})
