import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Settings, SettingsChange } from '../../shared/model/settings.ts'
import type { Api } from '../api/connection.ts'

export interface SettingsState {
  /** Undefined before a profile is open. */
  readonly settings: Settings | undefined
  /** What was asked to be changed, and is not yet: another network takes seconds, for the old one is left politely. */
  readonly changing: readonly SettingsChange[]
  readonly load: () => Promise<void>
  readonly change: (change: SettingsChange) => Promise<void>
}

export function createSettingsStore(api: Api): StoreApi<SettingsState> {
  const store = createStore<SettingsState>()((set) => ({
    settings: undefined,
    changing: [],
    async load() {
      set({ settings: await api.settings.get({}) })
    },
    async change(change) {
      set(({ changing }) => ({ changing: [...changing, change] }))
      try {
        await api.settings.set(change)
      } finally {
        set(({ changing }) => ({ changing: changing.filter((one) => one !== change) }))
      }
    },
  }))
  api.settings.changed((settings) => store.setState({ settings }))
  return store
}
