import { expect, test } from 'vitest'
import { ownWordsOf, textBlocks } from './quoting.ts'

test('shows lines that begin with > as a quote', () => {
  expect(textBlocks('> Shall we meet?\nYes.')).toEqual([
    { kind: 'quote', text: 'Shall we meet?' },
    { kind: 'text', text: 'Yes.' },
  ])
})

test('keeps several quotes and answers in their order, without the blank lines between them', () => {
  expect(textBlocks('> one\n> two\n\nfirst\n\nstill first\n>three\n\nlast')).toEqual([
    { kind: 'quote', text: 'one\ntwo' },
    { kind: 'text', text: 'first\n\nstill first' },
    { kind: 'quote', text: 'three' },
    { kind: 'text', text: 'last' },
  ])
})

test('sees no quote where > stands inside a line', () => {
  expect(textBlocks('1 > 0\n <b>')).toEqual([{ kind: 'text', text: '1 > 0\n <b>' }])
})

test('what is told of an answer are its own words, and of a message that only quotes its quote', () => {
  expect(ownWordsOf('> Shall we meet?\nYes.\n> When?\nAt eight.')).toBe('Yes.\nAt eight.')
  expect(ownWordsOf('> Shall we meet?')).toBe('> Shall we meet?')
  expect(ownWordsOf('Yes.')).toBe('Yes.')
  expect(ownWordsOf('')).toBe('')
})
