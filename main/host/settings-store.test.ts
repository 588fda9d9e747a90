import { expect, test } from 'vitest'
import { Settings } from '../../shared/model/settings.ts'
import { SettingsStore } from './settings-store.ts'
import { createMemorySettings } from './test-settings-table.ts'

test('a new profile has defaults that the contract allows, and leaves a core to the person', () => {
  const { settings } = new SettingsStore(createMemorySettings().table)
  expect(Settings.parse(settings)).toEqual(settings)
  expect(settings).toMatchObject({ ttlSeconds: 14 * 86_400, fileTtlSeconds: 2 * 86_400, readReceipts: true })
})

test('a change keeps the rest, and is found again', () => {
  const { table } = createMemorySettings()
  const store = new SettingsStore(table)
  const before = store.settings
  expect(store.set({ ttlSeconds: 60, readReceipts: undefined })).toEqual({ ...before, ttlSeconds: 60 })
  expect(new SettingsStore(table).settings).toEqual({ ...before, ttlSeconds: 60 })
})

test('settings of another version that cannot be read give way to the defaults', () => {
  const defaults = new SettingsStore(createMemorySettings().table).settings
  for (const settings of [null, 'text', 7, [], { ttlSeconds: 'long' }, { proofAlgorithm: 'tour' }]) {
    expect(new SettingsStore(createMemorySettings({ settings }).table).settings).toEqual(defaults)
  }
  const older = createMemorySettings({ settings: { ttlSeconds: 60 } }).table
  expect(new SettingsStore(older).settings).toEqual({ ...defaults, ttlSeconds: 60 })
})

test('a value of another form costs only itself', () => {
  const { table } = createMemorySettings({ settings: { theme: 'dark', textScale: 'large', stray: 1, udpPort: 7 } })
  expect(new SettingsStore(table).settings).toMatchObject({ theme: 'dark', textScale: 1, udpPort: 7 })
  expect(new SettingsStore(table).settings).not.toHaveProperty('stray')
})
