import { expect, expectTypeOf, test } from 'vitest'
import { REPLICA_RANK_MAX, type RingAccess } from './ring-access.ts'
import type { Rings } from './rings.ts'

test('the rings are what storage was promised', () => {
  expectTypeOf<Rings>().toExtend<RingAccess>()
})

test('ranks reach further than the four nodes that hold a range', () => {
  expect(REPLICA_RANK_MAX).toBeGreaterThan(4)
})
