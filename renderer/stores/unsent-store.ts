import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Message } from '../../shared/model/message.ts'
import type { FriendsState } from './friends-store.ts'

/** A queued message with the words that it is to have. */
export interface EditedMessage {
  readonly message: Message
  readonly words: string
}

export interface ChosenFile {
  readonly id: number
  readonly file: File
}

export interface UnsentState {
  /** By friend. */
  readonly edited: Readonly<Record<string, EditedMessage>>
  /** By friend, in the order in which they were chosen. */
  readonly files: Readonly<Record<string, readonly ChosenFile[]>>
  readonly beginEdit: (message: Message) => void
  readonly writeEdit: (friend: string, words: string) => void
  /** It is kept or given up. Another one that is being changed by now goes on. */
  readonly endEdit: (message: Message) => void
  readonly addFiles: (friend: string, files: readonly File[]) => void
  readonly removeFile: (friend: string, id: number) => void
  /** Takes those that nobody is sending yet: who presses Enter twice sends no file twice. */
  readonly takeFiles: (ids: readonly number[]) => readonly number[]
  /** What was taken is sent, or failed. */
  readonly letGo: (id: number) => void
}

/**
 * What stands in and above the composer beside the draft: words of a message that waits here, and files chosen. It stays with
 * its friend while one looks elsewhere, and goes with the page, which alone can read the files.
 */
export function createUnsentStore(friends: StoreApi<FriendsState>): StoreApi<UnsentState> {
  const underWay = new Set<number>()
  let lastId = 0
  const store = createStore<UnsentState>()((set) => ({
    edited: {},
    files: {},
    beginEdit: (message) =>
      set(({ edited }) => ({ edited: { ...edited, [message.friend]: { message, words: message.text } } })),
    writeEdit: (friend, words) =>
      set(({ edited }) => {
        const before = edited[friend]
        return before ? { edited: { ...edited, [friend]: { ...before, words } } } : {}
      }),
    endEdit: ({ friend, id }) =>
      set(({ edited }) => (edited[friend]?.message.id === id ? { edited: without(edited, friend) } : {})),
    addFiles: (friend, added) =>
      set(({ files }) => {
        const chosen = added.map((file): ChosenFile => ({ id: (lastId += 1), file }))
        return { files: { ...files, [friend]: [...(files[friend] ?? []), ...chosen] } }
      }),
    removeFile: (friend, id) =>
      set(({ files }) => ({ files: { ...files, [friend]: (files[friend] ?? []).filter((one) => one.id !== id) } })),
    takeFiles(ids) {
      const taken = ids.filter((id) => !underWay.has(id))
      for (const id of taken) underWay.add(id)
      return taken
    },
    letGo: (id) => void underWay.delete(id),
  }))
  friends.subscribe(({ byKey }, before) => {
    const gone = Object.keys(before.byKey).filter((friend) => !byKey[friend])
    if (gone.length === 0) return
    store.setState(({ edited, files }) => ({ edited: without(edited, ...gone), files: without(files, ...gone) }))
  })
  return store
}

function without<Value>(byFriend: Readonly<Record<string, Value>>, ...gone: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(byFriend).filter(([friend]) => !gone.includes(friend)))
}
