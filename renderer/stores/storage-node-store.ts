import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Storage, StorageChange, StorageSample } from '../../shared/model/storage.ts'
import type { Api } from '../api/connection.ts'

export interface StorageNodeState {
  readonly storage: Storage | undefined
  /** The last 24 hours, oldest first. */
  readonly history: readonly StorageSample[]
  readonly load: () => Promise<void>
  readonly loadHistory: () => Promise<void>
  readonly change: (change: StorageChange) => Promise<void>
  /** Hands over what is held, then empties the vault. */
  readonly clear: () => Promise<void>
}

/** What this computer keeps for others. */
export function createStorageNodeStore(api: Api): StoreApi<StorageNodeState> {
  const store = createStore<StorageNodeState>()((set) => ({
    storage: undefined,
    history: [],
    async load() {
      set({ storage: await api.storage.get({}) })
    },
    async loadHistory() {
      set({ history: await api.storage.history({}) })
    },
    async change(change) {
      await api.storage.set(change)
    },
    async clear() {
      await api.storage.clear({})
    },
  }))
  api.storage.changed((storage) => store.setState({ storage }))
  return store
}
