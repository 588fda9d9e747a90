import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FileTransferView } from '../../shared/model/file.ts'
import type { Api } from '../api/connection.ts'

export interface FilesState {
  readonly byId: Readonly<Record<number, FileTransferView>>
  /** The file that somebody offered last, for the live region. */
  readonly latestOffer: FileTransferView | undefined
  readonly load: () => Promise<void>
  /** Resolves to what became of it: a transfer now, or a message that waits. */
  readonly send: (friend: string, path: string, ttlSeconds?: number) => Promise<'transfer' | 'message'>
  readonly accept: (id: number, path: string) => Promise<void>
  readonly pause: (id: number) => Promise<void>
  readonly resume: (id: number) => Promise<void>
  readonly cancel: (id: number) => Promise<void>
  /** What this friend offered up to `upToId` was seen. */
  readonly markRead: (friend: string, upToId: number) => Promise<void>
  readonly saveWaiting: (messageId: number, path: string) => Promise<void>
}

/** File transfers under way and done. */
export function createFilesStore(api: Api): StoreApi<FilesState> {
  const store = createStore<FilesState>()((set) => ({
    byId: {},
    latestOffer: undefined,
    async load() {
      const files = await api.files.list({})
      set({ byId: Object.fromEntries(files.map((file) => [file.id, file])) })
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
    async markRead(friend, upToId) {
      await api.files.markRead({ friend, upToId })
    },
    async saveWaiting(messageId, path) {
      await api.files.saveWaiting({ messageId, path })
    },
  }))
  api.files.changed((file) =>
    store.setState(({ byId }) => ({
      byId: { ...byId, [file.id]: file },
      ...(byId[file.id] === undefined && !file.isRead ? { latestOffer: file } : {}),
    })),
  )
  return store
}
