import { Copy, UserMinus } from 'lucide-react'
import type { Friend } from '../../../shared/model/friend.ts'
import { useStores } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { MenuItem, MenuSeparator, MenuToggle } from '../../ui/menu.tsx'
import { TtlChoice } from './ttl-choice.tsx'
import { useAttempt } from './use-attempt.ts'

interface FriendMenuProps {
  readonly friend: Friend
  readonly onRemove: () => void
}

/** What can be set for one friend. */
export function FriendMenu({ friend, onRemove }: FriendMenuProps) {
  const texts = useTexts()
  const t = texts.conversation.header
  const { friends } = useStores()
  const { attempt } = useAttempt()
  const { publicKey, offlineMessages } = friend
  const isOn = offlineMessages !== 'off'
  const toggle = () => attempt(t.changeFailed, () => friends.getState().setOfflineMessages(publicKey, !isOn))
  const copyKey = () =>
    attempt(texts.errors.couldNot.copy, () => navigator.clipboard.writeText(publicKey), t.toxKeyCopied)
  return (
    <>
      <MenuToggle isOn={isOn} onToggle={toggle}>
        {t.waitingMessages}
      </MenuToggle>
      {isOn && <TtlChoice friend={friend} />}
      <MenuSeparator />
      <MenuItem icon={<Copy />} onSelect={copyKey}>
        {t.copyToxKey}
      </MenuItem>
      <MenuItem icon={<UserMinus />} isDangerous onSelect={onRemove}>
        {t.removeFriend}
      </MenuItem>
    </>
  )
}
