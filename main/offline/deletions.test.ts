import { expect, test } from 'vitest'
import { DAY_MS } from '../base/time.ts'
import type { OperationId } from '../storage/storage-events.ts'
import { type Collected, Deletions } from './deletions.ts'
import { Journal } from './journal.ts'
import { TestSink } from './test-friends.ts'

const quiet = (): boolean => true

function collected(slot: number, epoch = 1): Collected {
  return {
    epochId: new Uint8Array(32).fill(epoch),
    slot,
    bodyHash: new Uint8Array(32).fill(slot % 256),
    collectSecret: new Uint8Array(32),
    openedAt: 0,
  }
}

test('nothing is deleted before it is on disk, nor while its mailbox is being read', () => {
  const deletions = new Deletions(new Journal(new TestSink()))
  deletions.add('F', collected(1))
  expect(deletions.due(quiet, 0)).toEqual([])
  deletions.release('F', collected(1), 0)
  expect(deletions.due(() => false, 0)).toEqual([])
  expect(deletions.due(quiet, 0)).toHaveLength(1)
})

test('what is ready goes together by mailbox, and again later until it is final', () => {
  const sink = new TestSink()
  const journal = new Journal(sink)
  const deletions = new Deletions(journal)
  for (const one of [collected(1), collected(2), collected(1, 2)]) {
    deletions.add('F', one)
    deletions.release('F', one, 0)
  }
  const batches = deletions.due(quiet, 0)
  expect(batches.map((batch) => batch.collected.map(({ slot }) => slot))).toEqual([[1, 2], [1]])
  const [first] = batches
  if (!first) throw new Error('nothing due')
  deletions.started(first, 7 as OperationId)
  expect(deletions.due(quiet, 0)).toHaveLength(1)
  deletions.finished(7 as OperationId, new Set([1]), 1_000)
  journal.commit()
  expect(sink.rows.size).toBe(2)
  const at = deletions.nextTimeout(quiet)?.at ?? 0
  expect(at).toBe(0)
  expect(deletions.due(quiet, DAY_MS).flatMap((batch) => batch.collected.map(({ slot }) => slot))).toEqual([2, 1])
})

test('they outlive a restart, and end with their records or the mailbox key', () => {
  const sink = new TestSink()
  const journal = new Journal(sink)
  new Deletions(journal).add('F', collected(1))
  journal.commit()
  const again = new Deletions(journal)
  for (const row of sink.rows.values()) again.restore('F', row, 5)
  expect(again.due(quiet, 5)).toHaveLength(1)
  again.expire(() => true, 31 * DAY_MS - 1)
  expect(again.count).toBe(1)
  again.expire(() => false, 0)
  expect(again.count).toBe(0)
})

test('ten thousand are kept, the oldest go', () => {
  const deletions = new Deletions(new Journal({ persist: () => 1 }))
  for (let slot = 0; slot < 10_050; slot += 1) deletions.add('F', collected(slot))
  expect(deletions.count).toBe(10_000)
})
