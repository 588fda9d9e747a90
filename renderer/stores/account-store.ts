import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Account } from '../../shared/model/account.ts'
import type { Api } from '../api/connection.ts'

export interface AccountState {
  /** Undefined until the host has answered for the first time. */
  readonly account: Account | undefined
  readonly load: () => Promise<void>
  readonly create: (name: string, passphrase?: string) => Promise<void>
  readonly unlock: (passphrase: string) => Promise<void>
  /** After `failed`: perhaps what stood in the way is gone. */
  readonly retry: () => Promise<void>
  readonly importSave: (path: string, passphrase?: string) => Promise<void>
  readonly restore: (path: string, passphrase: string) => Promise<void>
}

/** How far the app is with the person's profile: which screen to show. */
export function createAccountStore(api: Api): StoreApi<AccountState> {
  const store = createStore<AccountState>()((set) => ({
    account: undefined,
    async load() {
      set({ account: await api.account.get({}) })
    },
    async create(name, passphrase) {
      await api.account.create(passphrase ? { name, passphrase } : { name })
    },
    async unlock(passphrase) {
      await api.account.unlock({ passphrase })
    },
    async retry() {
      await api.account.retry({})
    },
    async importSave(path, passphrase) {
      await api.account.import(passphrase ? { path, passphrase } : { path })
    },
    async restore(path, passphrase) {
      await api.account.restore({ path, passphrase })
    },
  }))
  api.account.changed((account) => store.setState({ account }))
  return store
}
