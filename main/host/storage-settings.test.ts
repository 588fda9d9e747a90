import { expect, test } from 'vitest'
import { HOUR_MS } from '../base/time.ts'
import { VAULT_LIMITS_DEFAULT } from '../engine/engine.ts'
import { StorageSettings } from './storage-settings.ts'
import { createMemorySettings } from './test-settings-table.ts'

const MIB = 2 ** 20

test('without a word of the person the vault has its own limits, and the traffic of eight hours', () => {
  const { limits } = new StorageSettings(createMemorySettings().table)
  expect(limits).toEqual({ ...VAULT_LIMITS_DEFAULT, allocationBytes: Math.floor((200 * MIB) / 3) })
})

test('no more is taken than the traffic of a mean session hands over, and never too little for a record', () => {
  const { table } = createMemorySettings()
  const settings = new StorageSettings(table)
  settings.change({ allocationBytes: 100 * MIB, trafficBytesPerDayMax: 240 * MIB })
  settings.noteSession(4 * HOUR_MS)
  expect(settings.limits.allocationBytes).toBe(40 * MIB)
  settings.noteSession(8 * HOUR_MS)
  expect(settings.limits.allocationBytes).toBe(60 * MIB)
  settings.keep()
  expect(new StorageSettings(table).limits.allocationBytes).toBe(60 * MIB)
  for (let session = 0; session < 100; session += 1) settings.noteSession(24 * HOUR_MS)
  expect(settings.limits.allocationBytes).toBe(100 * MIB)
  for (let session = 0; session < 200; session += 1) settings.noteSession(1_000)
  expect(settings.limits.allocationBytes).toBe(MIB)
  expect(settings.settings.allocationBytes).toBe(100 * MIB)
})

test('without traffic nothing is stored', () => {
  const settings = new StorageSettings(createMemorySettings().table)
  settings.change({ trafficBytesPerDayMax: 0 })
  expect(settings.limits.allocationBytes).toBe(0)
})

test('lengths of sessions that make no sense are as none', () => {
  const none = new StorageSettings(createMemorySettings().table).limits
  for (const sessions of [7, { count: 0, meanMs: 1 }, { count: 1, meanMs: -1 }]) {
    expect(new StorageSettings(createMemorySettings({ sessions }).table).limits).toEqual(none)
  }
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
