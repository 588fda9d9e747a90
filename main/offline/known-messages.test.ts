import { expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { DAY_MS } from '../base/time.ts'
import { Journal } from './journal.ts'
import { KnownMessages } from './known-messages.ts'
import { TestSink } from './test-friends.ts'

const random = new SeededRandom(1)

function idOf(count: number): Uint8Array {
  const id = new Uint8Array(16)
  new DataView(id.buffer).setUint32(0, count)
  return id
}

function restored(sink: TestSink): KnownMessages {
  const known = new KnownMessages('F', new Journal(sink))
  for (const [key, row] of sink.rows) known.restore(Number(key.split('/')[2]), row)
  return known
}

test('an id is known from then on, over restarts, with an id of our own for the history', () => {
  const sink = new TestSink()
  const journal = new Journal(sink)
  const known = new KnownMessages('F', journal)
  const historyId = known.add(idOf(1), random, 100)
  journal.commit()
  expect(historyId).not.toEqual(idOf(1))
  const again = restored(sink)
  expect(again.has(idOf(1))).toBe(true)
  expect(again.has(idOf(2))).toBe(false)
  expect(again.idOf(historyId)).toEqual(idOf(1))
  expect(again.idOf(idOf(1))).toBeUndefined()
})

test('what was not reported is reported until SENDER knows it', () => {
  const sink = new TestSink()
  const journal = new Journal(sink)
  const known = new KnownMessages('F', journal)
  for (let count = 0; count < 100; count += 1) known.add(idOf(count), random, 100)
  known.markReported([idOf(3), idOf(70), idOf(5_000)])
  journal.commit()
  expect(sink.rows.size).toBe(2)
  const again = restored(sink)
  expect(again.unreported()).toHaveLength(98)
  expect(again.unreported()).not.toContainEqual(idOf(70))
  expect(again.has(idOf(70))).toBe(true)
})

test('a row is small, and old rows go 62 days after their newest message', () => {
  const sink = new TestSink()
  const journal = new Journal(sink)
  const known = new KnownMessages('F', journal)
  for (let count = 0; count < 130; count += 1) known.add(idOf(count), random, count < 64 ? 0 : DAY_MS)
  journal.commit()
  for (const row of sink.rows.values()) expect(row.length).toBeLessThan(2_200)
  known.expire(62 * DAY_MS)
  journal.commit()
  expect(known.count).toBe(66)
  expect(known.has(idOf(0))).toBe(false)
  expect(known.has(idOf(129))).toBe(true)
  expect([...sink.rows.keys()]).toEqual(['known/F/1', 'known/F/2'])
  known.eraseAll()
  journal.commit()
  expect(sink.rows.size).toBe(0)
})

test('whatever a friend sends, at most 65,536 ids are kept, and 1,024 wait to be reported', () => {
  const known = new KnownMessages('F', new Journal({ persist: () => 1 }))
  for (let count = 0; count < 66_000; count += 1) known.add(idOf(count), random, 0)
  expect(known.count).toBeLessThanOrEqual(65_536)
  expect(known.unreported()).toHaveLength(1_024)
  expect(known.has(idOf(65_999))).toBe(true)
  expect(known.has(idOf(0))).toBe(false)
})
