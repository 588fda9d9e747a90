import { MessageCircle } from 'lucide-react'
import { type RefObject, useCallback, useEffect, useMemo, useState } from 'react'
import type { FileTransferView } from '../../../shared/model/file.ts'
import type { Friend } from '../../../shared/model/friend.ts'
import { useFiles, useMessages, useStores } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { nameOf } from '../../stores/friends-store.ts'
import type { Jump } from '../../stores/jump.ts'
import { type MessageWindow, placesOf } from '../../stores/message-window.ts'
import { openConversation } from '../../stores/open-conversation.ts'
import { includes } from '../../stores/places.ts'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import type { ComposerHandle } from './composer-handle.ts'
import { MessageList } from './message-list.tsx'
import { isNothingThere } from './message-rows.ts'
import styles from './messages.module.css'

interface MessagesProps {
  readonly friend: Friend
  readonly jump: Jump | undefined
  readonly composer: RefObject<ComposerHandle | null>
}

/** Loads the part of the conversation that is wanted, and shows it; or says that there is nothing yet. */
export function Messages({ friend, jump, composer }: MessagesProps) {
  const t = useTexts().conversation.list
  const { publicKey } = friend
  const shown = useWholeWindow(publicKey)
  const transfers = useTransfers(publicKey)
  const { hasFailed, load } = useOpened(publicKey, jump)
  if (hasFailed && !shown) {
    return (
      <div className={styles.centre} role="alert">
        <EmptyState title={t.loadFailed} action={<Button onClick={load}>{t.tryAgain}</Button>} />
      </div>
    )
  }
  if (!shown) return <div className={styles.centre} aria-busy="true" />
  if (isNothingThere(shown, transfers)) {
    return (
      <div className={styles.centre}>
        <EmptyState icon={<MessageCircle />} title={t.empty(nameOf(friend))} body={t.emptyHint} />
      </div>
    )
  }
  const list = { friend, window: shown, transfers, jump, composer }
  return <MessageList key={shown.generation} {...list} />
}

/** The newest window whose files are here too: a list would move when files come into it later. */
function useWholeWindow(friend: string): MessageWindow | undefined {
  const window = useMessages(({ byFriend }) => byFriend[friend])
  const isWhole = useFiles(({ covered }) => window !== undefined && includes(covered[friend], placesOf(window)))
  const [whole, setWhole] = useState<MessageWindow>()
  // After a lost link all begins anew.
  const next = isWhole || !window ? window : whole
  if (next !== whole) setWhole(next)
  return next
}

function useTransfers(friendKey: string): FileTransferView[] {
  const byId = useFiles((state) => state.byId)
  return useMemo(() => Object.values(byId).filter(({ friend }) => friend === friendKey), [byId, friendKey])
}

function useOpened(publicKey: string, jump: MessagesProps['jump']) {
  const t = useTexts().conversation.list
  const ask = useAsk()
  const stores = useStores()
  const [hasFailed, setFailed] = useState(false)
  const load = useCallback(() => {
    void ask(t.loadFailed, () => openConversation(stores, publicKey, jump)).then((isDone) => setFailed(!isDone))
  }, [stores, ask, t, publicKey, jump])
  useEffect(load, [load])
  return { hasFailed, load }
}
