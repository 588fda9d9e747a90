import { expect, test } from 'vitest'
import { Counters } from './counters.ts'
import { Queue } from './queue.ts'
import { watchTables } from './test-table-sizes.ts'

test('sees how large tables become that it was not shown, and nothing after it stopped', () => {
  const watch = watchTables()
  const table = new Counters()
  const queue = new Queue<number>(10_000)
  for (let index = 0; index < 5_000; index += 1) {
    table.add(`name ${index % 50}`)
    queue.push(index)
  }
  watch.stop()
  const before = new Map(watch.largest)
  expect(before.get('base/counters.ts')).toBe(50)
  expect(before.get('base/queue.ts')).toBe(5_000)
  const later = new Counters()
  for (let index = 0; index < 100; index += 1) later.add(`name ${index}`)
  expect(watch.largest).toEqual(before)
})
