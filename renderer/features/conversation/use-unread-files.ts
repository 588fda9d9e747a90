import { useEffect } from 'react'
import type { FileTransferView } from '../../../shared/model/file.ts'
import type { Friend } from '../../../shared/model/friend.ts'
import { useStores } from '../../app-context.tsx'

/** Of all that is offered: what is not loaded stands before what is, and was passed by with the messages there. */
const ALL = Number.MAX_SAFE_INTEGER

/**
 * Marks offered files as read while they are watched; returns how many of those that are loaded are not.
 *
 * isWatched   the window has the focus, and the newest of the conversation is in sight
 */
export function useUnreadFiles(
  { publicKey, unreadCount }: Friend,
  transfers: readonly FileTransferView[],
  isWatched: boolean,
): number {
  const { files } = useStores()
  useEffect(() => {
    // If it fails, the count of what is unread stays, and the next one marks these too.
    if (isWatched && unreadCount > 0)
      files
        .getState()
        .markRead(publicKey, ALL)
        .catch(() => undefined)
  }, [files, publicKey, isWatched, unreadCount])
  return transfers.filter(({ isRead }) => !isRead).length
}
