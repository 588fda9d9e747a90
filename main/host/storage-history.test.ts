import { expect, test } from 'vitest'
import { DAY_MS, MINUTE_MS } from '../base/time.ts'
import { StorageHistory } from './storage-history.ts'
import { createMemorySettings } from './test-settings-table.ts'

const START = 1_700_000_000_000
const HELD = { usedBytes: 700, records: 1 }

test('a sample says what is held and what happened since the one before, also when an engine began anew', () => {
  const history = new StorageHistory(createMemorySettings().table)
  history.beginAnew()
  history.add(HELD, { served: 2, refused: 1, sentBytes: 10, receivedBytes: 20 }, START)
  history.add(HELD, { served: 5, refused: 1, sentBytes: 15, receivedBytes: 20 }, START + 10 * MINUTE_MS)
  history.beginAnew()
  history.add(HELD, { served: 1, refused: 0, sentBytes: 3, receivedBytes: 0 }, START + 20 * MINUTE_MS)
  expect(history.samples(START + 20 * MINUTE_MS)).toEqual([
    { at: '2023-11-14T22:13:20.000Z', ...HELD, served: 2, refused: 1, sentBytes: 10, receivedBytes: 20 },
    { at: '2023-11-14T22:23:20.000Z', ...HELD, served: 3, refused: 0, sentBytes: 5, receivedBytes: 0 },
    { at: '2023-11-14T22:33:20.000Z', ...HELD, served: 1, refused: 0, sentBytes: 3, receivedBytes: 0 },
  ])
})

test('the chart is there after a restart, and holds a day', () => {
  const { table, values } = createMemorySettings()
  const history = new StorageHistory(table)
  const nothing = { served: 0, refused: 0, sentBytes: 0, receivedBytes: 0 }
  for (let at = START; at < START + 2 * DAY_MS; at += 10 * MINUTE_MS) history.add(HELD, nothing, at)
  const end = START + 2 * DAY_MS
  const again = new StorageHistory(table).samples(end)
  expect(again).toEqual(history.samples(end))
  expect(again).toHaveLength(143)
  expect((values.get('storage-history') as unknown[]).length).toBeLessThanOrEqual(145)
  expect(new StorageHistory(table).samples(end + DAY_MS)).toEqual([])
})

test('what another version kept in another form is left out', () => {
  const history = new StorageHistory(createMemorySettings({ 'storage-history': [{ at: 'noon' }] }).table)
  expect(history.samples(START)).toEqual([])
})
