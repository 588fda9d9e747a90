import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Connection, LinkState } from '../api/connection.ts'
import { type AccountState, createAccountStore } from './account-store.ts'
import { type AppState, createAppStore } from './app-store.ts'
import { createDraftsStore, type DraftsState } from './drafts-store.ts'
import { createFilesStore, type FilesState } from './files-store.ts'
import { createFriendsStore, type FriendsState } from './friends-store.ts'
import { createLinkStore } from './link-store.ts'
import { coverWindows } from './open-conversation.ts'
import { createMessagesStore, type MessagesState } from './messages-store.ts'
import { createNetworkStore, type NetworkState } from './network-store.ts'
import { createNoticesStore, type NoticesState } from './notices-store.ts'
import { createProfileStore, type ProfileState } from './profile-store.ts'
import { createProofStore, type ProofState } from './proof-store.ts'
import { createSettingsStore, type SettingsState } from './settings-store.ts'
import { createStorageNodeStore, type StorageNodeState } from './storage-node-store.ts'
import { createToastsStore, type ToastsState } from './toasts-store.ts'
import { createUnsentStore, type UnsentState } from './unsent-store.ts'
import { createViewStore, type ViewState } from './view-store.ts'

/** Why the stores could not be filled; the app says it. */
interface LoadFailure {
  readonly error: unknown
}

/** One store per subject. */
export interface Stores {
  readonly account: StoreApi<AccountState>
  readonly profile: StoreApi<ProfileState>
  readonly friends: StoreApi<FriendsState>
  readonly drafts: StoreApi<DraftsState>
  readonly unsent: StoreApi<UnsentState>
  readonly messages: StoreApi<MessagesState>
  readonly files: StoreApi<FilesState>
  readonly network: StoreApi<NetworkState>
  readonly storageNode: StoreApi<StorageNodeState>
  readonly proof: StoreApi<ProofState>
  readonly settings: StoreApi<SettingsState>
  readonly app: StoreApi<AppState>
  readonly notices: StoreApi<NoticesState>
  readonly link: StoreApi<LinkState>
  readonly toasts: StoreApi<ToastsState>
  readonly view: StoreApi<ViewState>
  readonly loadFailure: StoreApi<LoadFailure>
}

/**
 * Makes the stores and keeps them filled: when a profile opens, and again after every lost link, since events may have
 * been missed meanwhile.
 */
export function createStores({ api, link }: Connection): Stores {
  const friends = createFriendsStore(api)
  const stores: Stores = {
    account: createAccountStore(api),
    profile: createProfileStore(api),
    friends,
    drafts: createDraftsStore(friends),
    unsent: createUnsentStore(friends),
    messages: createMessagesStore(api),
    files: createFilesStore(api),
    network: createNetworkStore(api),
    storageNode: createStorageNodeStore(api),
    proof: createProofStore(api),
    settings: createSettingsStore(api),
    app: createAppStore(api),
    notices: createNoticesStore(api),
    link: createLinkStore(link),
    toasts: createToastsStore(),
    view: createViewStore(),
    loadFailure: createStore<LoadFailure>()(() => ({ error: undefined })),
  }
  coverWindows(stores)
  const tell = (error: unknown): void => {
    // While the link is lost the window says so anyway, and all is asked for again after it.
    if (link.state === 'open') stores.loadFailure.setState({ error }, true)
  }
  stores.account.subscribe(({ account }, before) => {
    if (account?.phase === 'open' && before.account?.phase !== 'open') loadAll(stores).catch(tell)
  })
  stores.link.subscribe((state) => {
    if (state === 'open') reload(stores).catch(tell)
  })
  stores.account.getState().load().catch(tell)
  return stores
}

async function reload(stores: Stores): Promise<void> {
  const wasOpen = stores.account.getState().account?.phase === 'open'
  await stores.account.getState().load()
  const isOpen = stores.account.getState().account?.phase === 'open'
  // A profile that opened just now is loaded by the subscription above.
  if (!wasOpen || !isOpen) return
  stores.drafts.getState().keep()
  await loadAll(stores)
}

async function loadAll(stores: Stores): Promise<void> {
  await stores.settings.getState().load()
  await Promise.all([
    stores.profile.getState().load(),
    stores.friends.getState().load(),
    stores.network.getState().load(),
    stores.storageNode.getState().load(),
    reloadConversations(stores),
  ])
}

/** Messages and files at once: neither is shown without the other. */
function reloadConversations({ files, messages }: Stores): Promise<void> {
  files.getState().forget()
  return messages.getState().reload()
}
