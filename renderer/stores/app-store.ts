import { createStore, type StoreApi } from 'zustand/vanilla'
import type { AppInfo } from '../../shared/model/app.ts'
import type { Api } from '../api/connection.ts'

export interface AppState {
  readonly info: AppInfo | undefined
  /** The newest lines, oldest first; undefined until somebody asked for them. */
  readonly log: readonly string[] | undefined
  loadInfo(): Promise<void>
  loadLog(): Promise<void>
}

/** What the app says of itself. */
export function createAppStore(api: Api): StoreApi<AppState> {
  return createStore<AppState>()((set) => ({
    info: undefined,
    log: undefined,
    async loadInfo() {
      set({ info: await api.app.info({}) })
    },
    async loadLog() {
      set({ log: await api.app.log({}) })
    },
  }))
}
