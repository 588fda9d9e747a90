import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Jump } from './jump.ts'

/** What fills the middle. */
export type Place =
  | { readonly kind: 'home' }
  | { readonly kind: 'conversation'; readonly friend: string; readonly jump?: Jump }
  | { readonly kind: 'settings'; readonly page: SettingsPageName | undefined }

export const SETTINGS_PAGES = [
  'profile',
  'storage',
  'proof',
  'network',
  'privacy',
  'notifications',
  'appearance',
  'backup',
  'about',
] as const
export type SettingsPageName = (typeof SETTINGS_PAGES)[number]

/** What lies over the window. */
export type Overlay =
  | { readonly kind: 'addFriend'; readonly toxId?: string }
  | { readonly kind: 'switcher' }
  | { readonly kind: 'ownToxId' }

export interface ViewState {
  readonly place: Place
  readonly overlay: Overlay | undefined
  /** The message whose delivery panel is open beside the conversation. */
  readonly deliveryOf: number | undefined
  readonly searchText: string
  /** A Tox savefile that was opened with the app: what the import form starts with. */
  readonly savefilePath: string | undefined
  /** The app is leaving, which takes a few seconds. */
  readonly isQuitting: boolean
  /** Where the window was before a reload, while nobody has gone elsewhere. */
  readonly returnTo: (place: Place) => void
  readonly openConversation: (friend: string, jump?: Jump) => void
  readonly openSettings: (page?: SettingsPageName) => void
  /** Back to the list: in a narrow window the list alone is shown. */
  readonly goHome: () => void
  readonly showOverlay: (overlay: Overlay) => void
  readonly closeOverlay: () => void
  readonly showDelivery: (messageId: number | undefined) => void
  readonly openSavefile: (path: string | undefined) => void
  readonly showQuitting: () => void
  readonly setSearchText: (text: string) => void
}

const HOME: Place = { kind: 'home' }

/** What this window shows; the host knows nothing of it. */
export function createViewStore(): StoreApi<ViewState> {
  return createStore<ViewState>()((set) => ({
    place: HOME,
    overlay: undefined,
    deliveryOf: undefined,
    searchText: '',
    savefilePath: undefined,
    isQuitting: false,
    returnTo: (place) => set((state) => (state.place === HOME ? { place } : {})),
    openConversation: (friend, jump) =>
      set({
        place: { kind: 'conversation', friend, ...(jump ? { jump } : {}) },
        deliveryOf: undefined,
        overlay: undefined,
      }),
    openSettings: (page) => set({ place: { kind: 'settings', page }, deliveryOf: undefined, overlay: undefined }),
    goHome: () => set({ place: HOME, deliveryOf: undefined }),
    showOverlay: (overlay) => set({ overlay }),
    closeOverlay: () => set({ overlay: undefined }),
    showDelivery: (deliveryOf) => set({ deliveryOf }),
    openSavefile: (savefilePath) => set({ savefilePath }),
    showQuitting: () => set({ isQuitting: true }),
    setSearchText: (searchText) => set({ searchText }),
  }))
}
