import { expect, test } from 'vitest'
import { byteOfStatus, statusOfByte } from './user-status.ts'

test('a status and its byte belong together, and a byte that means nothing is none', () => {
  expect((['none', 'away', 'busy'] as const).map(byteOfStatus)).toEqual([0, 1, 2])
  expect([0, 1, 2, 3, 255].map(statusOfByte)).toEqual(['none', 'away', 'busy', 'none', 'none'])
})
