import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FriendsState } from './friends-store.ts'

/** What is written is kept once a person pauses for so long; never on each key. */
const REST_MS = 600

export interface DraftsState {
  /** What was written in this window and the host does not have yet, by friend. Otherwise `friend.draft` is the draft. */
  readonly unkept: Readonly<Record<string, string>>
  readonly write: (friend: string, text: string) => void
  /** Words that could not be sent: they come before what was written since, wherever the person is by now. */
  readonly giveBack: (friend: string, words: string) => void
  /** Tells the host at once what it does not have: of one friend, or of all. */
  readonly keep: (friend?: string) => void
}

/**
 * The words in the composer, kept for each friend until they are sent. What several windows write to the same friend is one
 * draft: what was written last.
 */
export function createDraftsStore(friends: StoreApi<FriendsState>): StoreApi<DraftsState> {
  const resting = new Map<string, ReturnType<typeof setTimeout>>()
  /** What the host has been told, and has not confirmed by its own news of the friend. */
  const told = new Map<string, string>()

  const store = createStore<DraftsState>()((set, get) => ({
    unkept: {},
    write(friend, text) {
      told.delete(friend)
      set(({ unkept }) => ({ unkept: { ...unkept, [friend]: text } }))
      rest(friend)
    },
    giveBack(friend, words) {
      // Somebody who is no friend any more took the draft along.
      if (!friends.getState().byKey[friend]) return
      const written = draftOf(get(), friends.getState(), friend)
      get().write(friend, written.trim() === '' ? words : `${words}\n\n${written}`)
      get().keep(friend)
    },
    keep(friend) {
      for (const key of friend === undefined ? Object.keys(get().unkept) : [friend]) void tell(key)
    },
  }))

  const rest = (friend: string): void => {
    clearTimeout(resting.get(friend))
    resting.set(
      friend,
      setTimeout(() => void tell(friend), REST_MS),
    )
  }
  const tell = async (friend: string): Promise<void> => {
    clearTimeout(resting.get(friend))
    resting.delete(friend)
    const text = store.getState().unkept[friend]
    if (text === undefined || told.has(friend)) return
    told.set(friend, text)
    try {
      await friends.getState().saveDraft(friend, text)
    } catch {
      // It stays in this window, and is told again with the next words, or after a lost link.
      if (told.get(friend) === text) told.delete(friend)
    }
  }
  const forget = (gone: readonly string[]): void => {
    for (const friend of gone) {
      clearTimeout(resting.get(friend))
      resting.delete(friend)
      told.delete(friend)
    }
    store.setState(({ unkept }) => ({
      unkept: Object.fromEntries(Object.entries(unkept).filter(([friend]) => !gone.includes(friend))),
    }))
  }
  friends.subscribe(({ byKey }, before) => {
    const isOver = (friend: string): boolean => {
      const now = byKey[friend]
      if (!now) return before.byKey[friend] !== undefined
      return now !== before.byKey[friend] && told.get(friend) === now.draft
    }
    const over = Object.keys(store.getState().unkept).filter(isOver)
    if (over.length > 0) forget(over)
  })
  return store
}

/** What stands in the composer of a friend. */
export function draftOf(
  { unkept }: Pick<DraftsState, 'unkept'>,
  { byKey }: Pick<FriendsState, 'byKey'>,
  friend: string,
): string {
  return unkept[friend] ?? byKey[friend]?.draft ?? ''
}
