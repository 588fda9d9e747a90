import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
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

test('strangers who make up senders push out nobody whom we wrote to', () => {
  const traffic = new Traffic()
  const ours = new Address(Uint8Array.of(198, 18, 0, 1), 33_445)
  traffic.noteSent(ours, 0)
  for (const stranger of addresses(10_000)) traffic.noteHeard(stranger, 1)
  expect(traffic.isQuietTo(ours, 1_000, 999)).toBe(false)
  expect(traffic.isQuietTo(ours, 1_000, 1_000)).toBe(true)
})

test('a busy bootstrap node still tells strangers from those whom it wrote to', () => {
  const traffic = new Traffic()
  const [first, ...others] = addresses(20_000)
  if (!first) throw new Error('there is a first')
  traffic.noteSent(first, 0)
  for (const [at, other] of others.entries()) traffic.noteSent(other, 5 * at)
  const stranger = new Address(Uint8Array.of(198, 18, 0, 1), 33_445)
  expect(traffic.isQuietTo(stranger, 150_000, 100_000)).toBe(true)
  expect(traffic.isQuietTo(first, 150_000, 149_999)).toBe(false)
  expect(traffic.isQuietTo(first, 150_000, 150_000)).toBe(true)
})

test('whom a flood of made-up senders pushed out is not said to have been quiet', () => {
  const traffic = new Traffic()
  const ours = new Address(Uint8Array.of(198, 18, 0, 1), 33_445)
  traffic.noteHeard(ours, 0)
  for (const stranger of addresses(70_000)) traffic.noteHeard(stranger, 1_000)
  expect(traffic.isQuietFrom(ours, 150_000, 2_000)).toBe(false)
})

function addresses(count: number): Address[] {
  return Array.from(
    { length: count },
    (_, at) => new Address(Uint8Array.of(203, at >> 16, (at >> 8) & 255, at & 255), 1_024),
  )
}
