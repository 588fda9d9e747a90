import { createStore, type StoreApi } from 'zustand/vanilla'
import { PAGE_SIZE_MAX } from '../../shared/limits.ts'
import type { Delivery, Message } from '../../shared/model/message.ts'
import type { Api } from '../api/connection.ts'
import {
  covers,
  type MessageWindow,
  middleWindow,
  newestWindow,
  trimmed,
  windowAround,
  withMessage,
  withNewer,
  withOlder,
  withoutMessage,
  withRead,
} from './message-window.ts'

/** The first page is smaller than the later ones: it is what opening a conversation waits for. */
const FIRST_PAGE_SIZE = 40
/** Windows of conversations that were left stay for a quick return, up to so many. */
const OPEN_COUNT_MAX = 5

export interface MessagesState {
  /** Windows by friend's key, the one opened last at the end. */
  readonly byFriend: Readonly<Record<string, MessageWindow>>
  /** The last message that came from somebody else, for the live region. */
  readonly latestIncoming: Message | undefined
  /** Shows the newest messages; a window that is there already and ends with the newest is kept. */
  readonly open: (friend: string) => Promise<void>
  /** Shows a message among its neighbours; a window that has it already is kept. */
  readonly openAt: (friend: string, messageId: number) => Promise<void>
  /** Shows the place after a message, or before all (0), which need not be there any more. */
  readonly openAfter: (friend: string, messageId: number) => Promise<void>
  readonly openNewest: (friend: string) => Promise<void>
  readonly loadOlder: (friend: string) => Promise<void>
  readonly loadNewer: (friend: string) => Promise<void>
  /** Lets go what is too much at the end that the reader is far from. */
  readonly trim: (friend: string, end: 'oldest' | 'newest') => void
  readonly send: (friend: string, text: string, ttlSeconds?: number) => Promise<void>
  readonly sendAction: (friend: string, text: string) => Promise<void>
  readonly edit: (id: number, text: string) => Promise<void>
  readonly cancel: (id: number) => Promise<void>
  readonly remove: (id: number) => Promise<void>
  readonly renew: (id: number, ttlSeconds: number) => Promise<void>
  readonly resend: (id: number) => Promise<void>
  readonly markRead: (friend: string, upToId: number) => Promise<void>
  readonly setTyping: (friend: string, isTyping: boolean) => Promise<void>
  readonly search: (text: string, friend?: string) => Promise<readonly Message[]>
  readonly delivery: (id: number) => Promise<Delivery>
  /** After a lost link: what is shown is asked for again. */
  readonly reload: () => Promise<void>
}

/** Conversations as the host tells them: actions only ask, `messages.changed` alone adds and alters. */
export function createMessagesStore(api: Api): StoreApi<MessagesState> {
  /** Whose conversation is shown, also while it is not here. */
  let shown: string | undefined
  const store: StoreApi<MessagesState> = createStore<MessagesState>()((set, get) => {
    const busy = new Set<string>()
    const show = (friend: string, window: MessageWindow): void =>
      set(({ byFriend }) => ({ byFriend: withWindow(byFriend, friend, window) }))
    /** One page at a time for each end: scrolling asks often. */
    const once = async (name: string, load: () => Promise<void>): Promise<void> => {
      if (busy.has(name)) return
      busy.add(name)
      try {
        await load()
      } finally {
        busy.delete(name)
      }
    }
    const opening = new Map<string, Promise<void>>()
    let generation = 0
    const nextGeneration = (): number => (generation += 1)
    const openNewest = async (friend: string): Promise<void> => {
      const page = await api.messages.list({ friend, limit: FIRST_PAGE_SIZE })
      show(friend, newestWindow(page, FIRST_PAGE_SIZE, nextGeneration()))
    }
    return {
      byFriend: {},
      latestIncoming: undefined,
      async open(friend) {
        shown = friend
        const window = get().byFriend[friend]
        if (window && !window.hasNewer) {
          show(friend, window)
          return
        }
        const asked = opening.get(friend) ?? openNewest(friend).finally(() => opening.delete(friend))
        opening.set(friend, asked)
        await asked
      },
      async openAt(friend, messageId) {
        shown = friend
        const window = get().byFriend[friend]
        if (window?.messages.some(({ id }) => id === messageId)) {
          show(friend, window)
          return
        }
        const page = await api.messages.around({ id: messageId, limit: FIRST_PAGE_SIZE })
        show(friend, middleWindow(page, nextGeneration()))
      },
      async openAfter(friend, messageId) {
        shown = friend
        const window = get().byFriend[friend]
        if (window && covers(window, messageId)) {
          show(friend, window)
          return
        }
        const limit = FIRST_PAGE_SIZE / 2
        const [before, after] = await Promise.all([
          api.messages.list({ friend, beforeId: messageId + 1, limit }),
          api.messages.after({ friend, afterId: messageId, limit }),
        ])
        show(friend, windowAround(before, after, limit, nextGeneration()))
      },
      openNewest,
      loadOlder: (friend) =>
        once(`older ${friend}`, async () => {
          const before = get().byFriend[friend]
          const beforeId = before?.messages[0]?.id
          if (!before?.hasOlder || beforeId === undefined) return
          const page = await api.messages.list({ friend, beforeId, limit: PAGE_SIZE_MAX })
          const window = get().byFriend[friend]
          if (window?.messages[0]?.id === beforeId) show(friend, withOlder(window, page))
        }),
      loadNewer: (friend) =>
        once(`newer ${friend}`, async () => {
          const before = get().byFriend[friend]
          const afterId = before?.messages.at(-1)?.id
          if (!before?.hasNewer || afterId === undefined) return
          const page = await api.messages.after({ friend, afterId, limit: PAGE_SIZE_MAX })
          const window = get().byFriend[friend]
          if (window?.messages.at(-1)?.id === afterId) show(friend, withNewer(window, page))
        }),
      trim: (friend, end) =>
        set(({ byFriend }) => {
          const window = byFriend[friend]
          const kept = window && trimmed(window, end)
          return kept && kept !== window ? { byFriend: { ...byFriend, [friend]: kept } } : {}
        }),
      async send(friend, text, ttlSeconds) {
        await api.messages.send({ friend, text, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) })
      },
      async sendAction(friend, text) {
        await api.messages.send({ friend, text, kind: 'action' })
      },
      async edit(id, text) {
        await api.messages.edit({ id, text })
      },
      async cancel(id) {
        await api.messages.cancel({ id })
      },
      async remove(id) {
        await api.messages.remove({ id })
      },
      async renew(id, ttlSeconds) {
        await api.messages.renew({ id, ttlSeconds })
      },
      async resend(id) {
        await api.messages.resend({ id })
      },
      async markRead(friend, upToId) {
        await api.messages.markRead({ friend, upToId })
      },
      async setTyping(friend, isTyping) {
        await api.typing.set({ friend, isTyping })
      },
      search: (text, friend) => api.messages.search({ text, ...(friend === undefined ? {} : { friend }) }),
      delivery: (id) => api.messages.delivery({ id }),
      async reload() {
        set({ byFriend: {} })
        if (shown !== undefined) await openNewest(shown)
      },
    }
  })
  api.messages.changed((message) => {
    const isNewIncoming = message.direction === 'in' && message.id > (store.getState().latestIncoming?.id ?? 0)
    store.setState(({ byFriend }) => {
      const window = byFriend[message.friend]
      return {
        ...(window ? { byFriend: { ...byFriend, [message.friend]: withMessage(window, message) } } : {}),
        ...(isNewIncoming && !message.isRead ? { latestIncoming: message } : {}),
      }
    })
  })
  api.messages.removed(({ id, friend }) =>
    store.setState(({ byFriend }) => {
      const window = byFriend[friend]
      return window ? { byFriend: { ...byFriend, [friend]: withoutMessage(window, id) } } : {}
    }),
  )
  api.messages.markedRead(({ friend, upToId }) =>
    store.setState(({ byFriend }) => {
      const window = byFriend[friend]
      return window ? { byFriend: { ...byFriend, [friend]: withRead(window, upToId) } } : {}
    }),
  )
  api.friends.removed(({ publicKey }) => {
    if (shown === publicKey) shown = undefined
    store.setState(({ byFriend }) => {
      const { [publicKey]: _gone, ...others } = byFriend
      return { byFriend: others }
    })
  })
  return store
}

/** With this friend's window last, and the ones left longest ago let go. */
function withWindow(
  byFriend: Readonly<Record<string, MessageWindow>>,
  friend: string,
  window: MessageWindow,
): Readonly<Record<string, MessageWindow>> {
  const others = Object.entries(byFriend).filter(([key]) => key !== friend)
  return Object.fromEntries([...others.slice(1 - OPEN_COUNT_MAX), [friend, window]])
}
