import { useEffect, useState } from 'react'
import { useFiles, useMessages, useStores } from '../../app-context.tsx'
import { placesOf } from '../../stores/message-window.ts'
import { openConversation } from '../../stores/open-conversation.ts'
import { includes } from '../../stores/places.ts'
import type { Place } from '../../stores/view-store.ts'

/** A conversation whose messages are not there by then is shown without them. */
const PATIENCE_MS = 150

/**
 * The place to show: a conversation comes once its first messages and its files are there. It is then drawn once, and
 * nothing flickers empty before it.
 */
export function useReadyPlace(wanted: Place): Place {
  const stores = useStores()
  const [shown, setShown] = useState(wanted)
  const friend = wanted.kind === 'conversation' ? wanted.friend : undefined
  const window = useMessages(({ byFriend }) => (friend === undefined ? undefined : byFriend[friend]))
  const covered = useFiles((state) => (friend === undefined ? undefined : state.covered[friend]))
  const isThere = friend === undefined || (window !== undefined && includes(covered, placesOf(window)))
  const isWaiting = wanted !== shown && !isThere
  if (wanted !== shown && isThere) setShown(wanted)
  useEffect(() => {
    if (!isWaiting || wanted.kind !== 'conversation') return undefined
    const show = () => setShown(wanted)
    const timer = setTimeout(show, PATIENCE_MS)
    // What went wrong the conversation says itself: it asks again.
    void openConversation(stores, wanted.friend, wanted.jump).catch(show)
    return () => clearTimeout(timer)
  }, [isWaiting, wanted, stores])
  return isWaiting ? shown : wanted
}
