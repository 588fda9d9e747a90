import { useEffect, useState } from 'react'
import type { NoticePermission } from '../../../shared/api/shell.ts'
import { useShell } from '../../app-context.tsx'

/** Whether the browser shows notifications, and how to let it ask. Looked at again when the person comes back from its settings. */
export function useNoticePermission(): { permission: NoticePermission; ask: () => void } {
  const shell = useShell()
  const [permission, setPermission] = useState(() => shell.noticePermission())
  useEffect(() => {
    const look = (): void => setPermission(shell.noticePermission())
    window.addEventListener('focus', look)
    return () => window.removeEventListener('focus', look)
  }, [shell])
  return { permission, ask: () => void shell.askForNotices().then(setPermission) }
}
