import { expect, test } from 'vitest'
import { AssertionError } from '../../base/assert.ts'
import { type Codec, u16 } from '../../wire/codec.ts'
import { decodeOpened } from './opened.ts'

test('gives the value of well-formed bytes, and nothing for malformed or unopened ones', () => {
  expect(decodeOpened(u16, Uint8Array.of(1, 2))).toBe(258)
  expect(decodeOpened(u16, Uint8Array.of(1))).toBeUndefined()
  expect(decodeOpened(u16, undefined)).toBeUndefined()
})

test('does not hide a bug of ours', () => {
  const broken: Codec<number> = {
    write: () => {},
    read: () => {
      throw new AssertionError('a bug')
    },
  }
  expect(() => decodeOpened(broken, Uint8Array.of(1))).toThrow(AssertionError)
})
