import type { Jump } from './jump.ts'
import type { Stores } from './stores.ts'

/** Fetches what a conversation shows first: the newest, or what is about the goal of a jump, and its files. */
export async function openConversation(
  { messages, files }: Pick<Stores, 'messages' | 'files'>,
  friend: string,
  jump: Jump | undefined,
): Promise<void> {
  await Promise.all([files.getState().open(friend), openMessages(messages, friend, jump)])
}

function openMessages(messages: Stores['messages'], friend: string, jump: Jump | undefined): Promise<void> {
  const { open, openAt, openAfter } = messages.getState()
  if (!jump) return open(friend)
  return jump.transferId === undefined ? openAt(friend, jump.messageId) : openAfter(friend, jump.messageId)
}
