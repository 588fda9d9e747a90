import { useCallback, useEffect, useRef } from 'react'
import { useStores } from '../../app-context.tsx'

/** Without a key for so long one no longer counts as typing. */
const IDLE_MS = 5_000

/** Tells the friend that one is writing, when it begins and when it ends. The host holds it back if the settings say so. */
export function useTypingNotice(friendKey: string, isFriendOnline: boolean) {
  const { messages } = useStores()
  const idle = useRef<ReturnType<typeof setTimeout>>(undefined)
  const isTold = useRef(false)

  const tell = useCallback(
    (isTyping: boolean) => {
      clearTimeout(idle.current)
      if (isTold.current === isTyping) return
      isTold.current = isTyping
      // A notice that is lost changes nothing.
      messages
        .getState()
        .setTyping(friendKey, isTyping)
        .catch(() => undefined)
    },
    [messages, friendKey],
  )
  const stop = useCallback(() => tell(false), [tell])
  const noteKey = useCallback(
    (text: string) => {
      if (!isFriendOnline || text.trim() === '') {
        stop()
        return
      }
      tell(true)
      idle.current = setTimeout(stop, IDLE_MS)
    },
    [isFriendOnline, tell, stop],
  )
  useEffect(() => stop, [stop])
  return { noteKey, stop }
}
