import {
  CircleDashed,
  CircleDot,
  CircleMinus,
  IdCard,
  Settings as SettingsIcon,
  UserPlus,
  UserRound,
} from 'lucide-react'
import { useNetwork, useProfile, useStores, useView } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'
import { Avatar } from '../../ui/avatar.tsx'
import { classNames } from '../../ui/class-names.ts'
import { Unseen } from '../../ui/unseen.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../../ui/menu.tsx'
import { shortcutText } from '../../ui/shortcut-text.ts'
import styles from './own-header.module.css'

/** Oneself, above the list: picture, name, status, and whether one is connected. */
export function OwnHeader() {
  const t = useTexts()
  const showOverlay = useView((state) => state.showOverlay)
  const openSettings = useView((state) => state.openSettings)
  return (
    <header className={styles.header}>
      <OwnMenu />
      <IconButton label={t.friends.addFriend} icon={<UserPlus />} onClick={() => showOverlay({ kind: 'addFriend' })} />
      <IconButton
        label={t.frame.openSettings}
        icon={<SettingsIcon />}
        onClick={() => openSettings()}
        aria-keyshortcuts={shortcutText(',')}
      />
    </header>
  )
}

function OwnMenu() {
  const t = useTexts()
  const ask = useAsk()
  const stores = useStores()
  const profile = useProfile((state) => state.profile)
  const { showOverlay, openSettings } = stores.view.getState()
  if (!profile) return <div className={styles.own} />
  const statuses = [
    { value: 'none', label: t.frame.statusNone, icon: <CircleDot className={styles.none} /> },
    { value: 'away', label: t.frame.statusAway, icon: <CircleDashed className={styles.away} /> },
    { value: 'busy', label: t.frame.statusBusy, icon: <CircleMinus className={styles.busy} /> },
  ] as const
  return (
    <Menu
      trigger={
        <button type="button" className={styles.own}>
          <Avatar publicKey={profile.publicKey} />
          <span className={styles.words}>
            <span className={styles.name}>
              <bdi>{profile.name}</bdi>
            </span>
            <ConnectionLine />
            <Unseen>({t.frame.yourProfile})</Unseen>
          </span>
        </button>
      }
    >
      <MenuChoice
        label={t.frame.status}
        value={profile.status}
        options={statuses}
        onChange={(status) =>
          void ask(t.errors.couldNot.changeProfile, () => stores.profile.getState().setStatus(status))
        }
      />
      <MenuSeparator />
      <MenuItem icon={<IdCard />} onSelect={() => showOverlay({ kind: 'ownToxId' })}>
        {t.frame.showToxId}
      </MenuItem>
      <MenuItem icon={<UserRound />} onSelect={() => openSettings('profile')}>
        {t.frame.editProfile}
      </MenuItem>
    </Menu>
  )
}

/** A dot and a word for the connection, and the status if it is not the usual one. */
function ConnectionLine() {
  const t = useTexts()
  const isConnected = useNetwork(({ network }) => network?.connected === true)
  const isUdpOn = useNetwork(({ network }) => network?.isUdpOn !== false)
  const status = useProfile(({ profile }) => profile?.status)
  const isDiskFull = useNetwork(({ network }) => network?.trouble === 'disk-full')
  const words = isConnected ? t.frame.online : isDiskFull ? t.frame.diskFull : t.frame.offline
  const whyOffline = isUdpOn ? t.frame.connectionOffline : t.frame.connectionOff
  const why = isConnected ? t.frame.connectionOnline : isDiskFull ? t.errors.diskFull : whyOffline
  return (
    <span className={styles.connection} title={why}>
      <span className={classNames(styles.dot, isConnected && styles.connected)} />
      <span className={styles.state}>
        {words}
        {status === 'away' && ` · ${t.frame.statusAway}`}
        {status === 'busy' && ` · ${t.frame.statusBusy}`}
      </span>
    </span>
  )
}
