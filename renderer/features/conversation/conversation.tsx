import { FileUp } from 'lucide-react'
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Friend } from '../../../shared/model/friend.ts'
import { useFriends, useMessages, useStores, useView } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import type { Jump } from '../../stores/jump.ts'
import { useTexts } from '../../text/voice.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { focusFriends } from '../friends/focus-list.ts'
import { DeliveryPanel } from '../delivery/delivery-panel.tsx'
import type { ComposerHandle } from './composer-handle.ts'
import { Composer } from './composer.tsx'
import { ConversationHeader } from './conversation-header.tsx'
import styles from './conversation.module.css'
import { Messages } from './messages.tsx'
import { Strip } from './strip.tsx'
import { useAttempt } from './use-attempt.ts'
import { useFileDrop } from './use-file-drop.ts'

interface ConversationProps {
  readonly friend: string
}

/** One friend's conversation, with the delivery panel beside it. */
export function Conversation({ friend: publicKey }: ConversationProps) {
  const t = useTexts().conversation
  const friend = useFriends(({ byKey }) => byKey[publicKey])
  const composer = useRef<ComposerHandle>(null)
  const jump = useJump()
  const [isLeaving, setLeaving] = useState(false)
  const { isOver, handlers } = useFileDrop((files) => composer.current?.addFiles(files))
  useEffect(() => {
    if (matchMedia('(pointer: fine)').matches) composer.current?.focus()
  }, [])
  useFocusBack(publicKey)
  if (!friend) return undefined
  const name = nameOf(friend)
  return (
    <div className={styles.conversation}>
      <section className={styles.talk} aria-label={t.label(name)} {...handlers}>
        <ConversationHeader friend={friend} onRemove={() => setLeaving(true)} />
        <Messages friend={friend} jump={jump} composer={composer} />
        <Strip friend={friend} />
        <Composer friend={friend} handle={composer} />
        {isOver && (
          <div className={styles.drop}>
            <FileUp aria-hidden="true" />
            <p>{t.composer.dropHere(name)}</p>
          </div>
        )}
      </section>
      <Panel friend={friend} composer={composer} />
      <RemovalDialog friend={friend} isOpen={isLeaving} onClose={() => setLeaving(false)} />
    </div>
  )
}

/** Whoever leaves the conversation and goes nowhere else, or removes the friend, is at the friend in the list, or beside. */
function useFocusBack(publicKey: string): void {
  useEffect(
    () => () =>
      queueMicrotask(() => {
        if (document.activeElement === document.body) focusFriends(publicKey)
      }),
    [publicKey],
  )
}

/** Where to go, as a new object each time it is asked for: the same result can be chosen twice. */
function useJump(): Jump | undefined {
  const place = useView((state) => state.place)
  return useMemo(() => (place.kind === 'conversation' && place.jump ? { ...place.jump } : undefined), [place])
}

interface PanelProps {
  readonly friend: Friend
  readonly composer: RefObject<ComposerHandle | null>
}

function Panel({ friend, composer }: PanelProps) {
  const shownId = useView((state) => state.deliveryOf)
  const messages = useMessages(({ byFriend }) => byFriend[friend.publicKey]?.messages)
  const message = shownId === undefined ? undefined : messages?.find(({ id }) => id === shownId)
  return message && <DeliveryPanel message={message} friend={friend} composer={composer} />
}

interface RemovalDialogProps {
  readonly friend: Friend
  readonly isOpen: boolean
  readonly onClose: () => void
}

function RemovalDialog({ friend, isOpen, onClose }: RemovalDialogProps) {
  const t = useTexts().conversation.remove
  const { friends } = useStores()
  const { attempt } = useAttempt()
  const name = nameOf(friend)
  const remove = useCallback(() => {
    onClose()
    attempt(t.failed(name), () => friends.getState().remove(friend.publicKey))
  }, [onClose, attempt, t, name, friends, friend.publicKey])
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={t.title(name)}
      body={t.body(name)}
      confirmLabel={t.confirm}
      isDangerous
      onConfirm={remove}
      onCancel={onClose}
    />
  )
}
