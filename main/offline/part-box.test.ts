import { expect, test } from 'vitest'
import { DAY_MS } from '../base/time.ts'
import { Journal } from './journal.ts'
import { joined, PartBox, type StoredPart } from './part-box.ts'
import { TestSink } from './test-friends.ts'

function part(message: number, partIndex: number, partCount: number, bytes = 3, openedAt = 0): StoredPart {
  return {
    messageId: new Uint8Array(16).fill(message),
    sequence: 1,
    sentAtMs: 2,
    partIndex,
    partCount,
    openedAt,
    epochId: new Uint8Array(32),
    slot: partIndex,
    bodyHash: new Uint8Array(32),
    collectSecret: new Uint8Array(32),
    part: new Uint8Array(bytes).fill(partIndex),
  }
}

test('parts wait on disk, in whatever order they come, until the message is whole', () => {
  const sink = new TestSink()
  const journal = new Journal(sink)
  const box = new PartBox('F', journal)
  expect(box.add(part(1, 2, 3))).toBeUndefined()
  expect(box.add(part(1, 0, 3))).toBeUndefined()
  journal.commit()
  expect(sink.rows.size).toBe(2)
  const again = new PartBox('F', journal)
  for (const row of sink.rows.values()) again.restore(row)
  const whole = again.add(part(1, 1, 3))
  expect(whole?.map(({ partIndex }) => partIndex)).toEqual([0, 1, 2])
  expect(joined(whole ?? [])).toEqual(Uint8Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2))
  journal.commit()
  expect(sink.rows.size).toBe(0)
  expect(again.count).toBe(0)
})

test('a part that comes twice, or speaks of another number of parts, is left out', () => {
  const box = new PartBox('F', new Journal(new TestSink()))
  box.add(part(1, 0, 2))
  expect(box.add(part(1, 0, 2))).toBeUndefined()
  expect(box.add(part(1, 1, 3))).toBeUndefined()
  expect(box.count).toBe(1)
  expect(box.add(part(1, 1, 2))).toHaveLength(2)
})

test('a friend cannot fill it: the oldest message goes, and what stays unfinished ends after 31 days', () => {
  const sink = new TestSink()
  const journal = new Journal(sink)
  const box = new PartBox('F', journal)
  for (let message = 0; message < 100; message += 1) box.add(part(message, 0, 2, 60_000))
  expect(box.count).toBeLessThanOrEqual(70)
  for (let message = 0; message < 250; message += 1) box.add(part(message, 1, 32, 1))
  expect(box.count).toBeLessThanOrEqual(128)
  journal.commit()
  expect(sink.rows.size).toBe(box.count)
  box.expire(31 * DAY_MS)
  expect(box.count).toBe(0)
})
