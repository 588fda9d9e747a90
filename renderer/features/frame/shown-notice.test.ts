import { expect, test } from 'vitest'
import { de } from '../../text/de.ts'
import { en } from '../../text/en.ts'
import { shownNotice } from './shown-notice.ts'

const FRIEND = 'A'.repeat(64)

test('a file that is offered is told by its name where texts are shown, and leads to the conversation', () => {
  const notice = { kind: 'file', publicKey: FRIEND, name: 'Lena' } as const
  const target = `friend:${FRIEND}`
  expect(shownNotice({ ...notice, text: 'map.png' }, en)).toEqual({
    target,
    title: 'Lena',
    body: 'Wants to send you a file: map.png',
  })
  expect(shownNotice(notice, de)).toEqual({ target, title: 'Lena', body: 'Möchte Ihnen eine Datei senden' })
})

test('whoever has no name yet is called by the first digits of the key', () => {
  const { title, body } = shownNotice({ kind: 'message', publicKey: FRIEND, name: ' ', messageId: 1 }, en)
  expect([title, body]).toEqual(['AAAAAAAA', 'New message'])
  expect(shownNotice({ kind: 'request', publicKey: FRIEND, name: '' }, en).body).toMatch(/^AAAAAAAA…/)
})
