import type { StoreApi } from 'zustand/vanilla'
import type { FileTransferView } from '../../../shared/model/file.ts'
import type { Message } from '../../../shared/model/message.ts'
import type { FilesState } from '../../stores/files-store.ts'
import type { Jump } from '../../stores/jump.ts'
import type { MessagesState } from '../../stores/messages-store.ts'

/** Something in a conversation that a search found. */
export interface Finding {
  readonly friend: string
  readonly direction: Message['direction']
  readonly at: string
  readonly words: string
  readonly jump: Jump
}

/** Newest first. */
export interface Found {
  readonly messages: readonly Finding[]
  readonly files: readonly Finding[]
}

interface Searched {
  readonly messages: StoreApi<Pick<MessagesState, 'search'>>
  readonly files: StoreApi<Pick<FilesState, 'search'>>
}

/** What is found with these words in all conversations; undefined where the host could not be asked. */
export async function findEverywhere({ messages, files }: Searched, text: string): Promise<Found | undefined> {
  try {
    const [ofMessages, ofFiles] = await Promise.all([messages.getState().search(text), files.getState().search(text)])
    return { messages: ofMessages.map(messageFinding), files: ofFiles.map(fileFinding) }
  } catch {
    return undefined
  }
}

function messageFinding({ id, friend, direction, file, text, sentAt }: Message): Finding {
  return { friend, direction, at: sentAt, words: file?.name ?? text, jump: { messageId: id } }
}

function fileFinding({ id, friend, direction, name, startedAt, afterMessageId }: FileTransferView): Finding {
  return { friend, direction, at: startedAt, words: name, jump: { messageId: afterMessageId, transferId: id } }
}
