import { expect, test } from 'vitest'
import { testAddress } from './test-peers.ts'
import { Traffic } from './traffic.ts'

test('remembers for each address when it was written to and heard from', () => {
  const traffic = new Traffic()
  expect(traffic.isQuietTo(testAddress(1), 1_000, 0)).toBe(true)
  traffic.noteSent(testAddress(1), 5_000)
  traffic.noteHeard(testAddress(2), 5_000)
  expect([traffic.isQuietTo(testAddress(1), 1_000, 5_999), traffic.isQuietTo(testAddress(1), 1_000, 6_000)]).toEqual([
    false,
    true,
  ])
  expect([
    traffic.isQuietFrom(testAddress(2), 1_000, 5_999),
    traffic.isQuietFrom(testAddress(2), 1_000, 6_000),
  ]).toEqual([false, true])
  expect([traffic.isQuietFrom(testAddress(1), 1_000, 5_000), traffic.isQuietTo(testAddress(2), 1_000, 5_000)]).toEqual([
    true,
    true,
  ])
})
