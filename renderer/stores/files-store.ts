import { createStore, type StoreApi } from 'zustand/vanilla'
import { PAGE_SIZE_MAX } from '../../shared/limits.ts'
import type { FileTransferView } from '../../shared/model/file.ts'
import type { Api } from '../api/connection.ts'
import { extended, includes, type Places } from './places.ts'

export interface FilesState {
  readonly byId: Readonly<Record<number, FileTransferView>>
  /** The places of each conversation whose transfers are all here. */
  readonly covered: Readonly<Record<string, Places>>
  /** The file that somebody offered last, for the live region. */
  readonly latestOffer: FileTransferView | undefined
  /** Asks for the transfers at these places, as far as they are not here. */
  readonly cover: (friend: string, places: Places) => Promise<void>
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
  /** After a lost link: what is here may be old. */
  readonly forget: () => void
}

/** File transfers under way and done, of the conversations that were opened. */
export function createFilesStore(api: Api): StoreApi<FilesState> {
  /** One after the other for each friend: the next one asks only for what is missing then. */
  const covering = new Map<string, Promise<void>>()
  /** Another whenever what was here was let go, of all or of one friend: what was asked for before is not taken in any more. */
  let newestEra = 0
  const nextEra = (): number => (newestEra += 1)
  let era = 0
  const eras = new Map<string, number>()
  const eraOf = (friend: string): number => Math.max(era, eras.get(friend) ?? 0)
  const store = createStore<FilesState>()((set) => ({
    byId: {},
    covered: {},
    latestOffer: undefined,
    cover(friend, places) {
      const before = covering.get(friend) ?? Promise.resolve()
      const asked = before.catch(() => undefined).then(() => loadMissing(friend, places))
      covering.set(friend, asked)
      return asked
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
    forget() {
      era = nextEra()
      set({ byId: {}, covered: {} })
    },
  }))
  const loadMissing = async (friend: string, wanted: Places): Promise<void> => {
    const here = store.getState().covered[friend]
    if (includes(here, wanted)) return
    const { missing, whole } = extended(here, wanted)
    const begun = eraOf(friend)
    for (const places of missing) await loadAll(friend, places)
    if (eraOf(friend) === begun) store.setState(({ covered }) => ({ covered: { ...covered, [friend]: whole } }))
  }
  /** Page by page: what is told of one meanwhile is not older than its page. */
  const loadAll = async (friend: string, { from, to }: Places): Promise<void> => {
    const afterMessages = { from, ...(to === Infinity ? {} : { to }) }
    const begun = eraOf(friend)
    let page: readonly FileTransferView[] = []
    do {
      const beforeId = page[0] && { beforeId: page[0].id }
      page = await api.files.list({ friend, afterMessages, ...beforeId, limit: PAGE_SIZE_MAX })
      if (eraOf(friend) !== begun) return
      const found = Object.fromEntries(page.map((file) => [file.id, file]))
      store.setState(({ byId }) => ({ byId: { ...byId, ...found } }))
    } while (page.length === PAGE_SIZE_MAX)
  }
  api.files.changed((file) =>
    store.setState(({ byId }) => {
      const isNews = byId[file.id] === undefined && file.state === 'offered' && !file.isRead
      return { byId: { ...byId, [file.id]: file }, ...(isNews ? { latestOffer: file } : {}) }
    }),
  )
  api.files.removed(({ id }) => store.setState(({ byId }) => ({ byId: without(byId, (file) => file.id === id) })))
  api.friends.removed(({ publicKey }) => {
    eras.set(publicKey, nextEra())
    store.setState(({ byId, covered: { [publicKey]: _gone, ...covered } }) => ({
      byId: without(byId, ({ friend }) => friend === publicKey),
      covered,
    }))
  })
  return store
}

function without(byId: FilesState['byId'], isGone: (file: FileTransferView) => boolean): FilesState['byId'] {
  return Object.fromEntries(Object.entries(byId).filter(([, file]) => !isGone(file)))
}
