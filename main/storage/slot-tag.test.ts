import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { slotTagOf } from './slot-tag.ts'
import { TestDeposits } from './test-deposits.ts'

beforeAll(() => sodiumReady)

test('a tag differs by mailbox and by slot, and is the same at every holder', () => {
  const [one, two] = [new TestDeposits(1).mailbox.verifyKey, new TestDeposits(2).mailbox.verifyKey]
  expect(slotTagOf(one, 0)).toHaveLength(8)
  expect(slotTagOf(one, 0)).toEqual(slotTagOf(one, 0))
  expect(slotTagOf(one, 0)).not.toEqual(slotTagOf(one, 1))
  expect(slotTagOf(one, 0)).not.toEqual(slotTagOf(two, 0))
})
