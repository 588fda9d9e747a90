import { memo } from 'react'
import type { Friend } from '../../../shared/model/friend.ts'
import { useDrafts } from '../../app-context.tsx'
import { lastAt, nameOf } from '../../stores/friends-store.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Unseen } from '../../ui/unseen.tsx'
import { DeliveryMarkIcon } from '../delivery/delivery-mark-icon.tsx'
import { deliveryMark, deliverySentence } from '../delivery/delivery-mark.ts'
import { friendRowId } from './focus-list.ts'
import styles from './friend-row.module.css'
import { presenceOf, presenceWords } from './presence.ts'

interface FriendRowProps {
  readonly friend: Friend
  /** Whether the conversation is the open one. */
  readonly isShown: boolean
  readonly now: Date
  /** The mouse went down on it: most likely it is about to be opened. */
  readonly onAim: (publicKey: string) => void
  readonly onOpen: (publicKey: string) => void
}

/** One friend: who, presence, the last line with its state, when, and what is unread. */
export const FriendRow = memo(function FriendRow({ friend, isShown, now, onAim, onOpen }: FriendRowProps) {
  const t = useTexts()
  const formats = useFormats()
  const { unreadCount } = friend
  const draft = useDrafts(({ unkept }) => (isShown ? '' : (unkept[friend.publicKey] ?? friend.draft)))
  const at = lastAt(friend)
  return (
    <li className={styles.item}>
      <button
        type="button"
        id={friendRowId(friend.publicKey)}
        data-item
        className={classNames(styles.row, isShown && styles.shown)}
        aria-current={isShown || undefined}
        onPointerDown={({ pointerType, button }) => {
          // A finger that comes down may be about to scroll.
          if (pointerType === 'mouse' && button === 0) onAim(friend.publicKey)
        }}
        onClick={() => onOpen(friend.publicKey)}
      >
        <Avatar publicKey={friend.publicKey} presence={presenceOf(friend)} />
        <span className={styles.words}>
          <span className={styles.line}>
            <span className={classNames(styles.name, unreadCount > 0 && styles.unreadName)} dir="auto">
              {nameOf(friend)}
            </span>
            <Unseen>({presenceWords(friend, now, t, formats)})</Unseen>
            {at !== undefined && <time className={styles.time}>{formats.moment(at, now)}</time>}
          </span>
          <span className={styles.line}>
            <LastLine friend={friend} draft={draft} />
            {unreadCount > 0 && (
              <span className={styles.badge}>
                <span aria-hidden="true">{unreadCount > 999 ? '999+' : unreadCount}</span>
                <Unseen>({t.friends.unread(unreadCount)})</Unseen>
              </span>
            )}
          </span>
        </span>
      </button>
    </li>
  )
})

function LastLine({ friend, draft }: { readonly friend: Friend; readonly draft: string }) {
  const t = useTexts()
  const { lastMessage, lastFile, isTyping, isRequested } = friend
  if (isTyping) return <span className={classNames(styles.last, styles.typing)}>{t.friends.typing}</span>
  if (draft.trim() !== '') return <span className={styles.last}>{t.friends.draft(draft)}</span>
  if (lastFile) {
    const words = lastFile.direction === 'in' ? t.friends.fileOffered : t.friends.fileSent
    return (
      <span className={styles.last} dir="auto">
        {words(lastFile.name)}
      </span>
    )
  }
  if (!lastMessage) {
    return <span className={styles.last}>{isRequested ? t.friends.requested : t.friends.noMessages}</span>
  }
  const text = lastMessage.kind === 'file' ? t.friends.file(lastMessage.text) : lastMessage.text
  if (lastMessage.direction === 'in') {
    return (
      <span className={styles.last} dir="auto">
        {text}
      </span>
    )
  }
  const mark = deliveryMark(lastMessage)
  const sentence = deliverySentence(lastMessage)
  return (
    <>
      {mark && <DeliveryMarkIcon mark={mark} />}
      {sentence && <Unseen>{t.delivery.steps[sentence]}: </Unseen>}
      <span className={styles.last} dir="auto">
        {text}
      </span>
    </>
  )
}
