import { expect, test } from 'vitest'
import { outgoingParts, writtenAgain } from './outgoing-parts.ts'

test('sends /me as an action, without the command', () => {
  expect(outgoingParts('/me waves')).toEqual([{ kind: 'action', text: 'waves' }])
  expect(outgoingParts('/medium')).toEqual([{ kind: 'text', text: '/medium' }])
  expect(outgoingParts('/me ')).toEqual([])
})

test('makes only the beginning of a long action one', () => {
  const parts = outgoingParts(`/me ${'word '.repeat(400)}`)
  expect(parts.map(({ kind }) => kind)).toEqual(['action', 'text'])
})

test('gives back what was written', () => {
  expect(writtenAgain(outgoingParts('/me waves'))).toBe('/me waves')
  expect(writtenAgain(outgoingParts('hello'))).toBe('hello')
})
