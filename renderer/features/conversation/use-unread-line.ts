import { useEffect, useState } from 'react'
import type { Message } from '../../../shared/model/message.ts'
import { useStores } from '../../app-context.tsx'
import { firstLine, nextLine, unreadCount } from './unread-line.ts'

/**
 * Marks messages as read while they are watched, and keeps the line "new messages" before those that came meanwhile.
 *
 * isWatched   the window has the focus, and the newest message is in sight
 */
export function useUnreadLine(friendKey: string, messages: readonly Message[], isWatched: boolean) {
  const stores = useStores()
  const [line, setLine] = useState(() => firstLine(messages))
  const next = nextLine(line, messages, isWatched)
  if (next !== line) setLine(next)

  const { beforeId, readUpToId } = next
  useEffect(() => {
    // If it fails, the friend's count of unread messages stays, and the next message marks these too.
    if (readUpToId > 0)
      stores.messages
        .getState()
        .markRead(friendKey, readUpToId)
        .catch(() => undefined)
  }, [stores, friendKey, readUpToId])
  return { firstUnreadId: beforeId, unreadCount: unreadCount(next, messages) }
}
