import { expect, test } from 'vitest'
import { isEmojiOnly, textParts } from './text-parts.ts'

test('finds web and mail addresses, with and without their scheme', () => {
  expect(textParts('see https://tox.chat/faq.html, or ask bob@example.org.')).toEqual([
    { kind: 'text', text: 'see ' },
    { kind: 'link', text: 'https://tox.chat/faq.html', href: 'https://tox.chat/faq.html' },
    { kind: 'text', text: ', or ask ' },
    { kind: 'link', text: 'bob@example.org', href: 'mailto:bob@example.org' },
    { kind: 'text', text: '.' },
  ])
  expect(textParts('example.org')).toEqual([{ kind: 'link', text: 'example.org', href: 'http://example.org/' }])
})

test('finds what has neither scheme nor dot, and leaves a text without any link whole', () => {
  expect(textParts('Localhost')).toEqual([{ kind: 'link', text: 'Localhost', href: 'http://localhost/' }])
  expect(textParts('at 7: the train. Wait @ the river')).toEqual([
    { kind: 'text', text: 'at 7: the train. Wait @ the river' },
  ])
  expect(textParts('')).toEqual([])
})

test.each([
  'javascript:alert(1)',
  'file:///etc/passwd',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'smb://server/share',
])('makes no link of %s', (text) => {
  for (const part of textParts(text)) expect(part.kind === 'text' || part.href.startsWith('http')).toBe(true)
  expect(
    textParts(text)
      .map((part) => part.text)
      .join(''),
  ).toBe(text)
})

test('does not turn ftp into a link', () => {
  expect(textParts('ftp://example.org/file')).toEqual([{ kind: 'text', text: 'ftp://example.org/file' }])
})

test('shows the address that is opened, so that a name that looks alike is seen', () => {
  expect(textParts('https://аpple.com')).toEqual([
    { kind: 'link', text: 'https://аpple.com', href: 'https://xn--pple-43d.com/' },
  ])
})

test('leaves markup as text', () => {
  expect(textParts('<b onclick="x()">bold</b>')).toEqual([{ kind: 'text', text: '<b onclick="x()">bold</b>' }])
})

test('knows one to three emoji alone', () => {
  expect(['👍', '👍🏽 🎉', '👨‍👩‍👧', '❤️'].every(isEmojiOnly)).toBe(true)
  expect(['', ' ', '5', '#', '👍👍👍👍', 'ok 👍'].some(isEmojiOnly)).toBe(false)
})

test('a link that no shell would open stays text, also where only its written-out form is too long', () => {
  const long = `https://example.org/${'é'.repeat(400)}`
  expect(textParts(long)).toEqual([{ kind: 'text', text: long }])
})
