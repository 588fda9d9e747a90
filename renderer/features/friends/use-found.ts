import { useEffect, useState } from 'react'
import type { FileTransferView } from '../../../shared/model/file.ts'
import type { Message } from '../../../shared/model/message.ts'
import { useStores } from '../../app-context.tsx'
import type { Jump } from '../../stores/jump.ts'

export const TEXT_CHARS_MIN = 2
/** So long after the last key the host is asked. */
const PAUSE_MS = 150

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

const NOTHING: Found = { messages: [], files: [] }

/** What is found with these words in all conversations; undefined while it is asked for. */
export function useFound(text: string): Found | undefined {
  const stores = useStores()
  const [found, setFound] = useState<Found>()
  const isShort = text.length < TEXT_CHARS_MIN
  useEffect(() => {
    if (isShort) return undefined
    let isWanted = true
    const { messages, files } = stores
    const timer = setTimeout(() => {
      Promise.all([messages.getState().search(text), files.getState().search(text)]).then(
        ([ofMessages, ofFiles]) =>
          isWanted && setFound({ messages: ofMessages.map(messageFinding), files: ofFiles.map(fileFinding) }),
        () => isWanted && setFound(NOTHING),
      )
    }, PAUSE_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [text, isShort, stores])
  // What was found for fewer letters stays until the answer is there: the list must not flicker.
  return isShort ? NOTHING : found
}

function messageFinding({ id, friend, direction, file, text, sentAt }: Message): Finding {
  return { friend, direction, at: sentAt, words: file?.name ?? text, jump: { messageId: id } }
}

function fileFinding({ id, friend, direction, name, startedAt, afterMessageId }: FileTransferView): Finding {
  return { friend, direction, at: startedAt, words: name, jump: { messageId: afterMessageId, transferId: id } }
}
