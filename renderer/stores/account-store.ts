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

/**
 * How far the app is with the person's profile: which screen to show. While the profile opens because a form here asked for
 * it, that form stays: it says itself that it is busy, and a refusal must find it with all that was typed.
 */
export function createAccountStore(api: Api): StoreApi<AccountState> {
  let latest: Account | undefined
  let askedCount = 0
  const show = (account: Account | undefined): void => {
    latest = account
    if (askedCount === 0 || account?.phase !== 'opening') store.setState({ account })
  }
  const ask = async (request: () => Promise<unknown>): Promise<void> => {
    askedCount += 1
    try {
      await request()
    } finally {
      askedCount -= 1
      show(latest)
    }
  }
  const store = createStore<AccountState>()(() => ({
    account: undefined,
    load: async () => show(await api.account.get({})),
    create: (name, passphrase) => ask(() => api.account.create(passphrase ? { name, passphrase } : { name })),
    unlock: (passphrase) => ask(() => api.account.unlock({ passphrase })),
    retry: () => ask(() => api.account.retry({})),
    importSave: (path, passphrase) => ask(() => api.account.import(passphrase ? { path, passphrase } : { path })),
    restore: (path, passphrase) => ask(() => api.account.restore({ path, passphrase })),
  }))
  api.account.changed(show)
  return store
}
