import { expect, test } from 'vitest'
import { LruMap } from './lru-map.ts'
import { Queue } from './queue.ts'
import { watchTables } from './test-table-sizes.ts'

test('sees how large tables become that it was not shown, and nothing after it stopped', () => {
  const watch = watchTables()
  const table = new LruMap<number, number>(3)
  const queue = new Queue<number>(10_000)
  for (let index = 0; index < 5_000; index += 1) {
    table.set(index, index)
    queue.push(index)
  }
  watch.stop()
  const before = new Map(watch.largest)
  // The entry that makes room for itself counts too.
  expect(before.get('base/lru-map.ts')).toBe(4)
  expect(before.get('base/queue.ts')).toBe(5_000)
  const later = new LruMap<number, number>(100)
  for (let index = 0; index < 100; index += 1) later.set(index, index)
  expect(watch.largest).toEqual(before)
})
