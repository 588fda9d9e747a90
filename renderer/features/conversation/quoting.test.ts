import { expect, test } from 'vitest'
import { draftWithQuote, quoteOf } from './quoting.ts'

test('quotes the words of a message, not what it quotes itself', () => {
  expect(quoteOf('> Shall we meet?\nYes.\nAt eight.')).toBe('> Yes.\n> At eight.')
})

test('quotes a message that only quotes', () => {
  expect(quoteOf('> Shall we meet?')).toBe('> Shall we meet?')
})

test('shortens long quotes by lines and within a line', () => {
  expect(quoteOf('1\n2\n3\n4\n5')).toBe('> 1\n> 2\n> 3\n> 4\n> …')
  expect(Array.from(quoteOf('🙂'.repeat(500)))).toHaveLength(2 + 160)
})

test('puts a quote before what was written already, in place of an earlier quote', () => {
  expect(draftWithQuote('Where?', 'At home')).toBe('> Where?\nAt home')
  expect(draftWithQuote('When?', '> Where?\nAt home')).toBe('> When?\nAt home')
  expect(draftWithQuote('When?', '')).toBe('> When?\n')
})
