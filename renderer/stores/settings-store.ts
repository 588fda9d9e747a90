import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Settings, SettingsChange } from '../../shared/model/settings.ts'
import type { Api } from '../api/connection.ts'

export interface SettingsState {
  /** Undefined before a profile is open. */
  readonly settings: Settings | undefined
  readonly load: () => Promise<void>
  readonly change: (change: SettingsChange) => Promise<void>
}

export function createSettingsStore(api: Api): StoreApi<SettingsState> {
  const store = createStore<SettingsState>()((set) => ({
    settings: undefined,
    async load() {
      set({ settings: await api.settings.get({}) })
    },
    async change(change) {
      await api.settings.set(change)
    },
  }))
  api.settings.changed((settings) => store.setState({ settings }))
  return store
}
