import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MESSAGE_BYTES_MAX } from '../../../shared/limits.ts'
import { utf8Length } from '../../../shared/utf8-length.ts'
import { messageCount, splitText } from './split-text.ts'

test('leaves a text that fits as it is, but for white space around it', () => {
  expect(splitText('  How are you?\n')).toEqual(['How are you?'])
  expect(splitText('x'.repeat(MESSAGE_BYTES_MAX))).toHaveLength(1)
})

test('makes no message of white space alone', () => {
  expect(splitText(' \n\t ')).toEqual([])
})

test('cuts between words, not inside them', () => {
  expect(splitText('one two three four', 9)).toEqual(['one two', 'three', 'four'])
})

test('cuts exactly at the limit where a word ends there', () => {
  expect(splitText('abcd efgh', 4)).toEqual(['abcd', 'efgh'])
})

test('prefers the end of a paragraph to the end of a line, and that to the end of a sentence', () => {
  expect(splitText('one two three.\n\nfour\nfive six', 24)).toEqual(['one two three.', 'four\nfive six'])
  expect(splitText('one two three\nfour. five six', 22)).toEqual(['one two three', 'four. five six'])
  expect(splitText('One two. Three four five', 15)).toEqual(['One two.', 'Three four five'])
})

test('cuts a word that is longer than a message between characters', () => {
  expect(splitText('abcdefgh', 3)).toEqual(['abc', 'def', 'gh'])
  expect(splitText('éééé', 5)).toEqual(['éé', 'éé'])
})

test('keeps a family emoji in one piece', () => {
  const family = '👨‍👩‍👧'
  expect(splitText(family.repeat(3), utf8Length(family) * 2 - 1)).toEqual([family, family, family])
})

test('loses no character but white space at the cuts, and every part fits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.integer({ min: 8, max: 60 }), (text, bytesMax) => {
      const parts = splitText(text, bytesMax)
      expect(parts.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
      for (const part of parts) {
        expect(utf8Length(part)).toBeLessThanOrEqual(bytesMax)
        expect(part.trim()).not.toBe('')
      }
    }),
  )
})

test('counts the messages that a text becomes', () => {
  expect(messageCount('')).toBe(0)
  expect(messageCount('  ')).toBe(0)
  expect(messageCount('hello')).toBe(1)
  expect(messageCount('word '.repeat(300))).toBe(2)
})
