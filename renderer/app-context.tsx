import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { Shell } from '../shared/api/shell.ts'
import type { LinkState } from './api/connection.ts'
import type { AccountState } from './stores/account-store.ts'
import type { AppState } from './stores/app-store.ts'
import type { DraftsState } from './stores/drafts-store.ts'
import type { FilesState } from './stores/files-store.ts'
import type { FriendsState } from './stores/friends-store.ts'
import type { MessagesState } from './stores/messages-store.ts'
import type { NetworkState } from './stores/network-store.ts'
import type { ProfileState } from './stores/profile-store.ts'
import type { ProofState } from './stores/proof-store.ts'
import type { SettingsState } from './stores/settings-store.ts'
import type { StorageNodeState } from './stores/storage-node-store.ts'
import type { Stores } from './stores/stores.ts'
import type { ToastsState } from './stores/toasts-store.ts'
import type { UnsentState } from './stores/unsent-store.ts'
import type { ViewState } from './stores/view-store.ts'

interface AppParts {
  readonly stores: Stores
  readonly shell: Shell<File>
}

export const AppContext = createContext<AppParts | undefined>(undefined)

function useApp(): AppParts {
  const parts = useContext(AppContext)
  if (!parts) throw new Error('outside of <App>')
  return parts
}

/** All stores, for event handlers: `stores.view.getState().goHome()`. To show something, select it with a hook below. */
export function useStores(): Stores {
  return useApp().stores
}

export function useShell(): Shell<File> {
  return useApp().shell
}

type Select<State> = <Part>(select: (state: State) => Part) => Part

/** A selector must return the same thing while nothing changed: pick parts, make new arrays in `useMemo`. */
export const useAccount: Select<AccountState> = (select) => useStore(useStores().account, select)
export const useProfile: Select<ProfileState> = (select) => useStore(useStores().profile, select)
export const useFriends: Select<FriendsState> = (select) => useStore(useStores().friends, select)
export const useDrafts: Select<DraftsState> = (select) => useStore(useStores().drafts, select)
export const useUnsent: Select<UnsentState> = (select) => useStore(useStores().unsent, select)
export const useMessages: Select<MessagesState> = (select) => useStore(useStores().messages, select)
export const useFiles: Select<FilesState> = (select) => useStore(useStores().files, select)
export const useNetwork: Select<NetworkState> = (select) => useStore(useStores().network, select)
export const useStorageNode: Select<StorageNodeState> = (select) => useStore(useStores().storageNode, select)
export const useProof: Select<ProofState> = (select) => useStore(useStores().proof, select)
export const useAppInfo: Select<AppState> = (select) => useStore(useStores().app, select)
export const useSettings: Select<SettingsState> = (select) => useStore(useStores().settings, select)
export const useLink: Select<LinkState> = (select) => useStore(useStores().link, select)
export const useToasts: Select<ToastsState> = (select) => useStore(useStores().toasts, select)
export const useView: Select<ViewState> = (select) => useStore(useStores().view, select)
