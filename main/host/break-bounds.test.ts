import { expect, test } from 'vitest'
import type { TransferRow } from '../db/transfers.ts'
import { BROKEN_BYTES_MAX, BROKEN_COUNT_MAX, BROKEN_MS_MAX, noLongerKept } from './break-bounds.ts'

const NOW = 1_700_000_000_000
const [LENA, NORA] = ['AA'.repeat(32), 'BB'.repeat(32)]

interface Broken {
  readonly friend?: string
  readonly isOutgoing?: boolean
  readonly syncedBytes?: number
  readonly ageMs?: number
}

function rows(...broken: readonly Broken[]): TransferRow[] {
  return broken.map(({ friend = LENA, isOutgoing = false, syncedBytes = 1, ageMs = 0 }, at) => ({
    id: at + 1,
    friend,
    isOutgoing,
    afterMessageId: 0,
    startedAt: NOW,
    state: 'awaiting-friend',
    isRead: true,
    file: { name: 'x', transferredBytes: syncedBytes, syncedBytes, brokeOffAt: NOW - ageMs },
  }))
}

const many = (count: number, broken: Broken = {}): Broken[] => Array.from({ length: count }, () => broken)

test('what is within the bounds is kept', () => {
  const both = [...many(BROKEN_COUNT_MAX), ...many(BROKEN_COUNT_MAX, { isOutgoing: true })]
  expect(noLongerKept(rows(...both), NOW)).toEqual([])
  expect(noLongerKept(rows({ syncedBytes: BROKEN_BYTES_MAX, ageMs: BROKEN_MS_MAX - 1 }), NOW)).toEqual([])
  expect(noLongerKept([], NOW)).toEqual([])
})

test('what is too old goes, and does not count any more', () => {
  const old = { ageMs: BROKEN_MS_MAX, syncedBytes: BROKEN_BYTES_MAX }
  expect(noLongerKept(rows({ syncedBytes: BROKEN_BYTES_MAX }, old), NOW)).toEqual([{ id: 2, reason: 'expired' }])
})

test('of too many the oldest goes of whoever has the most: nobody pushes out another’s', () => {
  const one = { friend: NORA, ageMs: 99 }
  const hers = [{ ageMs: 1 }, { ageMs: 3 }, { ageMs: 2 }, ...many(BROKEN_COUNT_MAX - 2, { ageMs: 1 })]
  expect(noLongerKept(rows(one, ...hers), NOW)).toEqual([
    { id: 3, reason: 'displaced' },
    { id: 4, reason: 'displaced' },
  ])
})

test('of too many bytes the oldest goes of whoever has most bytes, however few files they are', () => {
  const small = many(9, { friend: NORA, ageMs: 99 })
  const half = BROKEN_BYTES_MAX / 2
  const large = [
    { syncedBytes: BROKEN_BYTES_MAX, ageMs: 9 },
    { syncedBytes: half, ageMs: 1 },
    { syncedBytes: half, ageMs: 3 },
    { syncedBytes: half, ageMs: 2 },
  ]
  expect(noLongerKept(rows(...small, ...large), NOW)).toEqual([
    { id: 12, reason: 'displaced' },
    { id: 13, reason: 'displaced' },
  ])
})

test('a file that is larger than all the room goes on as well: the largest is given up for nothing smaller', () => {
  const film = { syncedBytes: 3 * BROKEN_BYTES_MAX, ageMs: 99 }
  expect(noLongerKept(rows(film), NOW)).toEqual([])
  expect(noLongerKept(rows(film, { syncedBytes: BROKEN_BYTES_MAX }), NOW)).toEqual([])
  const other = { friend: NORA, syncedBytes: BROKEN_BYTES_MAX, ageMs: 1 }
  expect(noLongerKept(rows(film, other, { syncedBytes: 1 }), NOW)).toEqual([{ id: 2, reason: 'displaced' }])
})
