import { Dialog as Base } from '@base-ui/react/dialog'
import { IdCard, Settings, UserPlus } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useFriends, useView } from '../../app-context.tsx'
import { inListOrder, nameOf } from '../../stores/friends-store.ts'
import { useTexts } from '../../text/voice.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { classNames } from '../../ui/class-names.ts'
import { FilterList, type FilterOption } from '../../ui/filter-list.tsx'
import { Unseen } from '../../ui/unseen.tsx'
import { containsFolded } from '../friends/folded-text.ts'
import dialog from '../../ui/dialog.module.css'
import styles from './switcher.module.css'

/** Ctrl/Cmd+K: a few letters and Enter lead to any friend or place. */
export function Switcher() {
  const t = useTexts()
  const [text, setText] = useState('')
  const close = useView((state) => state.closeOverlay)
  const options = useOptions(text)
  return (
    <Base.Root open onOpenChange={(open) => !open && close()}>
      <Base.Portal>
        <Base.Backdrop className={dialog.backdrop} />
        <Base.Viewport className={classNames(dialog.viewport, styles.viewport)}>
          <Base.Popup className={classNames(dialog.popup, styles.popup)}>
            <Base.Title render={<Unseen>{t.frame.switchTo}</Unseen>} />
            <FilterList
              label={t.frame.switchTo}
              placeholder={t.frame.switcherPlaceholder}
              text={text}
              onTextChange={setText}
              options={options}
              onChoose={(id) => {
                close()
                options.find((option) => option.id === id)?.open()
              }}
              emptyText={t.frame.switcherEmpty}
            />
            <p className={styles.hint}>{t.frame.switcherHint}</p>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}

interface Destination extends FilterOption {
  readonly open: () => void
}

function useOptions(text: string): readonly Destination[] {
  const t = useTexts()
  const byKey = useFriends((state) => state.byKey)
  const openConversation = useView((state) => state.openConversation)
  const openSettings = useView((state) => state.openSettings)
  const showOverlay = useView((state) => state.showOverlay)
  return useMemo(() => {
    const friends = inListOrder(byKey).map((friend) => ({
      id: friend.publicKey,
      label: nameOf(friend),
      hint: friend.online ? t.friends.presenceOnline : t.friends.presenceOffline,
      icon: <Avatar publicKey={friend.publicKey} size="small" />,
      open: () => openConversation(friend.publicKey),
    }))
    const places = [
      {
        id: 'addFriend',
        label: t.friends.addFriend,
        icon: <UserPlus />,
        open: () => showOverlay({ kind: 'addFriend' }),
      },
      { id: 'ownToxId', label: t.frame.showToxId, icon: <IdCard />, open: () => showOverlay({ kind: 'ownToxId' }) },
      { id: 'settings', label: t.common.settings, icon: <Settings />, open: () => openSettings() },
    ]
    return [...friends, ...places].filter(({ label }) => containsFolded(label, text))
  }, [byKey, text, t, openConversation, openSettings, showOverlay])
}
