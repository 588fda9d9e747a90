import type { StoreApi } from 'zustand/vanilla'
import type { FilesState } from './files-store.ts'
import type { Jump } from './jump.ts'
import { placesOf } from './message-window.ts'
import type { MessagesState } from './messages-store.ts'
import { includes } from './places.ts'

interface StoresOfConversation {
  readonly messages: StoreApi<MessagesState>
  readonly files: StoreApi<FilesState>
}

/** Fetches what a conversation shows first: the newest, or what is about the goal of a jump, and the files among it. */
export async function openConversation(
  { messages, files }: StoresOfConversation,
  friend: string,
  jump: Jump | undefined,
): Promise<void> {
  await openMessages(messages, friend, jump)
  const window = messages.getState().byFriend[friend]
  if (window) await files.getState().cover(friend, placesOf(window))
}

/** Sees to it that the files among messages that come, by whichever way, come after them. */
export function coverWindows({ messages, files }: StoresOfConversation): void {
  messages.subscribe(({ byFriend }, before) => {
    for (const [friend, window] of Object.entries(byFriend)) {
      if (window === before.byFriend[friend]) continue
      const places = placesOf(window)
      if (includes(files.getState().covered[friend], places)) continue
      // Whoever opens the conversation is told if this fails; whoever scrolls on asks again.
      files
        .getState()
        .cover(friend, places)
        .catch(() => undefined)
    }
  })
}

function openMessages(messages: StoreApi<MessagesState>, friend: string, jump: Jump | undefined): Promise<void> {
  const { open, openAt, openAfter } = messages.getState()
  if (!jump) return open(friend)
  return jump.transferId === undefined ? openAt(friend, jump.messageId) : openAfter(friend, jump.messageId)
}
