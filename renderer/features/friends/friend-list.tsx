import { useCallback } from 'react'
import { useStores, useView } from '../../app-context.tsx'
import { openConversation } from '../../stores/open-conversation.ts'
import type { Friend } from '../../../shared/model/friend.ts'
import { useTexts } from '../../text/voice.tsx'
import { walkWithArrows } from '../../ui/arrow-keys.ts'
import { useNow } from '../frame/use-now.ts'
import styles from './friend-list.module.css'
import { FriendRow } from './friend-row.tsx'

/** Friends, the newest conversation first. */
export function FriendList({ friends }: { readonly friends: readonly Friend[] }) {
  const t = useTexts()
  const now = useNow()
  const place = useView((state) => state.place)
  const showConversation = useView((state) => state.openConversation)
  const stores = useStores()
  // Whoever then opens it is told if this failed.
  const fetch = useCallback(
    (friend: string) => void openConversation(stores, friend, undefined).catch(() => undefined),
    [stores],
  )
  const shown = place.kind === 'conversation' ? place.friend : undefined
  return (
    <ul className={styles.list} aria-label={t.friends.list} onKeyDown={walkWithArrows}>
      {friends.map((friend) => (
        <FriendRow
          key={friend.publicKey}
          friend={friend}
          isShown={friend.publicKey === shown}
          now={now}
          onAim={fetch}
          onOpen={showConversation}
        />
      ))}
    </ul>
  )
}
