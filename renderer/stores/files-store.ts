import { createStore, type StoreApi } from 'zustand/vanilla'
import { PAGE_SIZE_MAX } from '../../shared/limits.ts'
import type { FileTransferView } from '../../shared/model/file.ts'
import type { Api } from '../api/connection.ts'

export interface FilesState {
  readonly byId: Readonly<Record<number, FileTransferView>>
  /** Friends whose transfers are all here. */
  readonly opened: readonly string[]
  /** The file that somebody offered last, for the live region. */
  readonly latestOffer: FileTransferView | undefined
  /** Asks for all transfers with a friend, once. */
  readonly open: (friend: string) => Promise<void>
  /** Resolves to what became of it: a transfer now, or a message that waits. */
  readonly send: (friend: string, path: string, ttlSeconds?: number) => Promise<'transfer' | 'message'>
  readonly accept: (id: number, path: string) => Promise<void>
  readonly pause: (id: number) => Promise<void>
  readonly resume: (id: number) => Promise<void>
  readonly cancel: (id: number) => Promise<void>
  /** Takes one that is over out of the history. */
  readonly remove: (id: number) => Promise<void>
  /** What this friend offered up to `upToId` was seen. */
  readonly markRead: (friend: string, upToId: number) => Promise<void>
  readonly saveWaiting: (messageId: number, path: string) => Promise<void>
  readonly search: (text: string) => Promise<readonly FileTransferView[]>
  /** After a lost link: what is shown is asked for again. */
  readonly reload: () => Promise<void>
}

/** File transfers under way and done, of the conversations that were opened. */
export function createFilesStore(api: Api): StoreApi<FilesState> {
  const opening = new Map<string, Promise<void>>()
  /** Whose transfers are shown, also while they are not here. */
  let shown: string | undefined
  const store = createStore<FilesState>()((set, get) => ({
    byId: {},
    opened: [],
    latestOffer: undefined,
    async open(friend) {
      shown = friend
      if (get().opened.includes(friend)) return
      const asked = opening.get(friend) ?? loadAll(friend).finally(() => opening.delete(friend))
      opening.set(friend, asked)
      await asked
    },
    async send(friend, path, ttlSeconds) {
      const sent = await api.files.send({ friend, path, ...(ttlSeconds === undefined ? {} : { ttlSeconds }) })
      return 'transfer' in sent ? 'transfer' : 'message'
    },
    async accept(id, path) {
      await api.files.accept({ id, path })
    },
    async pause(id) {
      await api.files.pause({ id })
    },
    async resume(id) {
      await api.files.resume({ id })
    },
    async cancel(id) {
      await api.files.cancel({ id })
    },
    async remove(id) {
      await api.files.remove({ id })
    },
    async markRead(friend, upToId) {
      await api.files.markRead({ friend, upToId })
    },
    async saveWaiting(messageId, path) {
      await api.files.saveWaiting({ messageId, path })
    },
    search: (text) => api.files.search({ text }),
    async reload() {
      set({ byId: {}, opened: [] })
      if (shown !== undefined) await get().open(shown)
    },
  }))
  /** Page by page: what is told of one meanwhile is not older than its page. */
  const loadAll = async (friend: string): Promise<void> => {
    let page: readonly FileTransferView[] = []
    do {
      const beforeId = page[0] && { beforeId: page[0].id }
      page = await api.files.list({ friend, ...beforeId, limit: PAGE_SIZE_MAX })
      const found = Object.fromEntries(page.map((file) => [file.id, file]))
      store.setState(({ byId }) => ({ byId: { ...byId, ...found } }))
    } while (page.length === PAGE_SIZE_MAX)
    store.setState(({ opened }) => ({ opened: [...opened, friend] }))
  }
  api.files.changed((file) =>
    store.setState(({ byId }) => {
      const isNews = byId[file.id] === undefined && file.state === 'offered' && !file.isRead
      return { byId: { ...byId, [file.id]: file }, ...(isNews ? { latestOffer: file } : {}) }
    }),
  )
  api.files.removed(({ id }) => store.setState(({ byId }) => ({ byId: without(byId, (file) => file.id === id) })))
  api.friends.removed(({ publicKey }) => {
    if (shown === publicKey) shown = undefined
    store.setState(({ byId, opened }) => ({
      byId: without(byId, ({ friend }) => friend === publicKey),
      opened: opened.filter((friend) => friend !== publicKey),
    }))
  })
  return store
}

function without(byId: FilesState['byId'], isGone: (file: FileTransferView) => boolean): FilesState['byId'] {
  return Object.fromEntries(Object.entries(byId).filter(([, file]) => !isGone(file)))
}
