import { expect, test } from 'vitest'
import { containsFolded } from './folded-text.ts'
import { snippetOf } from './snippet.ts'

test('the place that was found stands apart, and the text begins near it', () => {
  const text = `${'word '.repeat(20)}then came the blue folder and more`
  expect(snippetOf(text, 'blue')).toEqual(['…word then came the ', 'blue', ' folder and more'])
})

test('marks and case do not matter, and what is shown keeps them', () => {
  expect(snippetOf('Grüße an José García', 'jose')).toEqual(['Grüße an ', 'José', ' García'])
  expect(snippetOf('Cafe\u0301 au lait', 'café')).toEqual(['', 'Cafe\u0301', ' au lait'])
})

test('of several words the first one that stands there is shown', () => {
  expect(snippetOf('the folder is blue', 'blue folder')).toEqual(['the folder is ', 'blue', ''])
})

test('a text without the words is shown from its start', () => {
  expect(snippetOf('nothing here', 'xyz')).toEqual(['', '', 'nothing here'])
})

test('a friend is found by a part of the name, without marks', () => {
  expect(containsFolded('José García', ' GARCIA ')).toBe(true)
  expect(containsFolded('José García', 'lena')).toBe(false)
})
