import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Friend, FriendRequest } from '../../shared/model/friend.ts'
import type { Api } from '../api/connection.ts'

export interface FriendsState {
  readonly isLoaded: boolean
  readonly byKey: Readonly<Record<string, Friend>>
  readonly requests: readonly FriendRequest[]
  readonly load: () => Promise<void>
  /** Sends a request; resolves to the key of the friend to be. */
  readonly add: (toxId: string, message: string) => Promise<string>
  readonly accept: (publicKey: string) => Promise<void>
  readonly dismiss: (publicKey: string) => Promise<void>
  readonly remove: (publicKey: string) => Promise<void>
  /** Without `ttlSeconds` the setting holds again. */
  readonly setTtl: (publicKey: string, ttlSeconds: number | undefined) => Promise<void>
  readonly setOfflineMessages: (publicKey: string, isOn: boolean) => Promise<void>
  readonly saveDraft: (publicKey: string, text: string) => Promise<void>
}

/** Friends and requests, as the host tells them. */
export function createFriendsStore(api: Api): StoreApi<FriendsState> {
  const store = createStore<FriendsState>()((set) => ({
    isLoaded: false,
    byKey: {},
    requests: [],
    async load() {
      const [friends, requests] = await Promise.all([api.friends.list({}), api.friends.requests({})])
      set({
        isLoaded: true,
        byKey: Object.fromEntries(friends.map((friend) => [friend.publicKey, friend])),
        requests: friends.length === 0 ? requests : withoutFriends(requests, friends),
      })
    },
    async add(toxId, message) {
      const { publicKey } = await api.friends.add({ toxId, message })
      return publicKey
    },
    async accept(publicKey) {
      await api.friends.accept({ publicKey })
    },
    async dismiss(publicKey) {
      await api.friends.dismiss({ publicKey })
    },
    async remove(publicKey) {
      await api.friends.remove({ publicKey })
    },
    async setTtl(publicKey, ttlSeconds) {
      await api.friends.setTtl({ publicKey, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) })
    },
    async setOfflineMessages(publicKey, isOn) {
      await api.friends.setOfflineMessages({ publicKey, isOn })
    },
    async saveDraft(publicKey, text) {
      await api.friends.setDraft({ publicKey, text })
    },
  }))
  api.friends.changed((friend) =>
    store.setState(({ byKey, requests }) => ({
      byKey: { ...byKey, [friend.publicKey]: friend },
      requests: withoutFriends(requests, [friend]),
    })),
  )
  api.friends.removed(({ publicKey }) =>
    store.setState(({ byKey }) => {
      const { [publicKey]: _gone, ...others } = byKey
      return { byKey: others }
    }),
  )
  api.friends.requested((request) =>
    store.setState(({ requests }) => ({
      requests: [request, ...requests.filter(({ publicKey }) => publicKey !== request.publicKey)],
    })),
  )
  api.friends.requestRemoved(({ publicKey }) =>
    store.setState(({ requests }) => ({ requests: requests.filter((request) => request.publicKey !== publicKey) })),
  )
  return store
}

/** The order of the list: newest conversation first, then by name; ties by key. */
export function inListOrder(friends: Readonly<Record<string, Friend>>): readonly Friend[] {
  return Object.values(friends).toSorted(
    (left, right) =>
      compareText(lastAt(right) ?? '', lastAt(left) ?? '') ||
      left.name.localeCompare(right.name) ||
      compareText(left.publicKey, right.publicKey),
  )
}

/** When the newest line of a conversation was written; undefined while there is none. */
export function lastAt({ lastFile, lastMessage }: Pick<Friend, 'lastFile' | 'lastMessage'>): string | undefined {
  return lastFile?.startedAt ?? lastMessage?.sentAt
}

/** How a friend is called: before the first meeting there is no name, only a key. */
export function nameOf({ name, publicKey }: { readonly name: string; readonly publicKey: string }): string {
  return name.trim() === '' ? publicKey.slice(0, 8) : name
}

function compareText(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function withoutFriends(requests: readonly FriendRequest[], friends: readonly Friend[]): readonly FriendRequest[] {
  const keys = new Set(friends.map(({ publicKey }) => publicKey))
  return requests.some(({ publicKey }) => keys.has(publicKey))
    ? requests.filter(({ publicKey }) => !keys.has(publicKey))
    : requests
}
