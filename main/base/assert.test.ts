import { expect, test } from 'vitest'
import { AssertionError, assert, unreachable } from './assert.ts'

test('says what was wrong only when it is', () => {
  expect(() => assert(true, 'never said')).not.toThrow()
  expect(() => assert(false, 'one is not above two')).toThrow(AssertionError)
  expect(() => assert(false, 'one is not above two')).toThrow('one is not above two')
})

test('a branch that was thought out of reach is a bug, with the value that reached it', () => {
  expect(() => unreachable('surprise' as never)).toThrow('surprise')
  expect(() => unreachable('surprise' as never)).toThrow(AssertionError)
})
