import { ArrowLeft, EllipsisVertical } from 'lucide-react'
import type { Friend } from '../../../shared/model/friend.ts'
import { useStores } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { useNow } from '../frame/use-now.ts'
import { presenceOf, presenceWords } from '../friends/presence.ts'
import styles from './conversation-header.module.css'
import { FriendMenu } from './friend-menu.tsx'

interface ConversationHeaderProps {
  readonly friend: Friend
  readonly onRemove: () => void
}

/** Who one talks with, how they are, and what can be set for them. */
export function ConversationHeader({ friend, onRemove }: ConversationHeaderProps) {
  const texts = useTexts()
  const t = texts.conversation.header
  const formats = useFormats()
  const now = useNow()
  const { view } = useStores()
  const presence = presenceWords(friend, now, texts, formats)
  return (
    <header className={styles.header}>
      <IconButton
        label={t.back}
        icon={<ArrowLeft data-mirrors="" />}
        className={styles.back}
        onClick={() => view.getState().goHome()}
      />
      <Avatar publicKey={friend.publicKey} presence={presenceOf(friend)} />
      <div className={styles.words}>
        <h1 className={styles.name}>{nameOf(friend)}</h1>
        <p className={styles.standing}>
          <span className={styles.presence}>{friend.isTyping ? t.typing : presence}</span>
          {friend.statusMessage !== '' && (
            <span className={styles.message} title={friend.statusMessage}>
              {friend.statusMessage}
            </span>
          )}
        </p>
      </div>
      <Menu align="end" trigger={<IconButton label={t.menu} icon={<EllipsisVertical />} />}>
        <FriendMenu friend={friend} onRemove={onRemove} />
      </Menu>
    </header>
  )
}
