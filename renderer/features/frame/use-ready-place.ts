import { useEffect, useState } from 'react'
import { useMessages, useStores } from '../../app-context.tsx'
import type { Place } from '../../stores/view-store.ts'

/** A conversation whose messages are not there by then is shown without them. */
const PATIENCE_MS = 150

/**
 * The place to show: a conversation comes once its first messages are there. It is then drawn once, and nothing flickers
 * empty before it.
 */
export function useReadyPlace(wanted: Place): Place {
  const { messages } = useStores()
  const [shown, setShown] = useState(wanted)
  const isThere = useMessages(({ byFriend }) => wanted.kind !== 'conversation' || byFriend[wanted.friend] !== undefined)
  const isWaiting = wanted !== shown && !isThere
  if (wanted !== shown && isThere) setShown(wanted)
  useEffect(() => {
    if (!isWaiting || wanted.kind !== 'conversation') return undefined
    const show = () => setShown(wanted)
    const timer = setTimeout(show, PATIENCE_MS)
    const { open, openAt } = messages.getState()
    const { friend, messageId } = wanted
    // What went wrong the conversation says itself: it asks again.
    void (messageId === undefined ? open(friend) : openAt(friend, messageId)).catch(show)
    return () => clearTimeout(timer)
  }, [isWaiting, wanted, messages])
  return isWaiting ? shown : wanted
}
