import { expect, test } from 'vitest'
import { VAULT_LIMITS_DEFAULT } from '../engine/engine.ts'
import { StorageSettings } from './storage-settings.ts'
import { createMemorySettings } from './test-settings-table.ts'

test('without a word of the person the vault has its own limits', () => {
  expect(new StorageSettings(createMemorySettings().table).limits).toEqual(VAULT_LIMITS_DEFAULT)
})

test('a change holds at once and lasts only when it is kept', () => {
  const { table, values } = createMemorySettings()
  const settings = new StorageSettings(table)
  settings.change({ allocationBytes: 0, recordBytesMax: 1_024, ttlSecondsMax: 3_600 })
  expect(settings.limits).toMatchObject({ allocationBytes: 0, recordBytesMax: 1_024, ttlMsMax: 3_600_000 })
  expect(values.size).toBe(0)
  settings.keep()
  settings.change({ allocationBytes: undefined, trafficBytesPerDayMax: 5 })
  settings.keep()
  expect(new StorageSettings(table).settings).toEqual(settings.settings)
  expect(settings.settings).toMatchObject({ allocationBytes: 0, trafficBytesPerDayMax: 5 })
})

test('what is out of bounds is refused, and what was stored in another form gives way to the defaults', () => {
  const settings = new StorageSettings(createMemorySettings().table)
  const before = settings.settings
  for (const change of [{ allocationBytes: -1 }, { recordBytesMax: 1 }, { ttlSecondsMax: 0.5 }]) {
    expect(() => settings.change(change)).toThrow(/too_small|invalid_type/)
  }
  expect(settings.settings).toEqual(before)
  for (const storage of [null, 7, { allocationBytes: 1 }, { ...before, ttlSecondsMax: '1' }]) {
    expect(new StorageSettings(createMemorySettings({ storage }).table).settings).toEqual(before)
  }
})
