import { useEffect } from 'react'
import { useFriends, useShell } from '../../app-context.tsx'

/** Keeps the number of unread messages at the icon, the tray or the title. */
export function useBadge(): void {
  const shell = useShell()
  const unreadCount = useFriends(({ byKey }) =>
    Object.values(byKey).reduce((sum, friend) => sum + friend.unreadCount, 0),
  )
  useEffect(() => shell.setBadge(unreadCount), [shell, unreadCount])
}
