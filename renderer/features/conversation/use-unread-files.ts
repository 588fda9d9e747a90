import { useEffect } from 'react'
import type { FileTransferView } from '../../../shared/model/file.ts'
import { useStores } from '../../app-context.tsx'

/**
 * Marks offered files as read while they are watched; returns how many are not.
 *
 * isWatched   the window has the focus, and the newest of the conversation is in sight
 */
export function useUnreadFiles(friendKey: string, transfers: readonly FileTransferView[], isWatched: boolean): number {
  const { files } = useStores()
  const unread = transfers.filter(({ isRead }) => !isRead)
  const upToId = isWatched ? Math.max(0, ...unread.map(({ id }) => id)) : 0
  useEffect(() => {
    // If it fails, the count of what is unread stays, and the next offer marks these too.
    if (upToId > 0)
      files
        .getState()
        .markRead(friendKey, upToId)
        .catch(() => undefined)
  }, [files, friendKey, upToId])
  return unread.length
}
