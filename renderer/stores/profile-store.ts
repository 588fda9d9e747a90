import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Profile, UserStatus } from '../../shared/model/profile.ts'
import type { Api } from '../api/connection.ts'

export interface ProfileState {
  readonly profile: Profile | undefined
  readonly load: () => Promise<void>
  readonly setName: (name: string) => Promise<void>
  readonly setStatusMessage: (statusMessage: string) => Promise<void>
  readonly setStatus: (status: UserStatus) => Promise<void>
  /** Gives a new Tox ID; the old one takes no more friend requests. */
  readonly renewToxId: () => Promise<void>
  readonly setPassphrase: (current: string | undefined, next: string | undefined) => Promise<void>
  /** Takes over the identity of a savefile. */
  readonly importSave: (path: string, passphrase: string | undefined) => Promise<void>
  readonly exportSave: (path: string, passphrase: string | undefined) => Promise<void>
  /** Returns the size of the backup in bytes. */
  readonly backup: (path: string, passphrase: string) => Promise<number>
}

/** Who one is. */
export function createProfileStore(api: Api): StoreApi<ProfileState> {
  const store = createStore<ProfileState>()((set) => ({
    profile: undefined,
    async load() {
      set({ profile: await api.profile.get({}) })
    },
    async setName(name) {
      await api.profile.set({ name })
    },
    async setStatusMessage(statusMessage) {
      await api.profile.set({ statusMessage })
    },
    async setStatus(status) {
      await api.profile.set({ status })
    },
    async renewToxId() {
      await api.profile.set({ newNospam: true })
    },
    async setPassphrase(current, next) {
      await api.profile.setPassphrase({ ...(current ? { current } : {}), ...(next ? { next } : {}) })
    },
    async importSave(path, passphrase) {
      await api.profile.import({ path, ...(passphrase ? { passphrase } : {}) })
    },
    async exportSave(path, passphrase) {
      await api.profile.export({ path, ...(passphrase ? { passphrase } : {}) })
    },
    async backup(path, passphrase) {
      const { sizeBytes } = await api.profile.backup({ path, passphrase })
      return sizeBytes
    },
  }))
  api.profile.changed((profile) => store.setState({ profile }))
  return store
}
