import { expect, test } from 'vitest'
import { OwnState } from './own-state.ts'
import { testAddress, testKey } from './test-peers.ts'

test('takes the prefix that most of the latest nine reporters see', () => {
  const self = new OwnState(testKey(0))
  expect(self.prefix).toBeUndefined()
  self.reportAddress(testKey(1), testAddress(7))
  for (const reporter of [2, 3]) self.reportAddress(testKey(reporter), testAddress(8))
  expect(self.prefix).toBe(testAddress(8).prefix)
  // One liar has one voice, however often it speaks.
  for (let round = 0; round < 5; round += 1) self.reportAddress(testKey(4), testAddress(9))
  expect(self.prefix).toBe(testAddress(8).prefix)
  for (let reporter = 10; reporter < 19; reporter += 1) self.reportAddress(testKey(reporter), testAddress(5))
  expect(self.prefix).toBe(testAddress(5).prefix)
})
