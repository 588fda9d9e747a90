import { lazy, Suspense, useEffect } from 'react'
import { useFriends, useSettings, useView } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Conversation } from '../conversation/conversation.tsx'
import { AddFriendDialog } from '../friends/add-friend-dialog.tsx'
import { OwnToxIdDialog } from '../friends/own-tox-id-dialog.tsx'
import { Side } from '../friends/side.tsx'
import { CrashGuard } from './crash-guard.tsx'
import styles from './frame.module.css'
import { Home } from './home.tsx'
import { LiveRegion } from './live-region.tsx'
import { SplitView } from './split-view.tsx'
import { Switcher } from './switcher.tsx'
import { useBadge } from './use-badge.ts'
import { useNotifications } from './use-notifications.ts'
import { useReadyPlace } from './use-ready-place.ts'
import { useShortcuts } from './use-shortcuts.ts'

const Settings = lazy(async () => {
  const { Settings: component } = await import('../settings/settings.tsx')
  return { default: component }
})

/** The main window: friends at the side, a conversation in the middle, settings as a view of their own. */
export function Frame() {
  useShortcuts()
  useNotifications()
  useBadge()
  const hasSettings = useSettings(({ settings }) => settings !== undefined)
  const hasFriends = useFriends(({ isLoaded }) => isLoaded)
  return (
    <div className={styles.frame}>
      {hasSettings && hasFriends && <Places />}
      <Overlays />
      <LiveRegion />
    </div>
  )
}

function Places() {
  const t = useTexts()
  const place = useReadyPlace(useView((state) => state.place))
  if (place.kind === 'settings') {
    return (
      <CrashGuard key="settings">
        <Suspense>
          <Settings page={place.page} />
        </Suspense>
      </CrashGuard>
    )
  }
  return (
    <SplitView
      side={<Side />}
      sideLabel={t.frame.sideColumn}
      mainLabel={t.frame.mainArea}
      isMainShown={place.kind === 'conversation'}
      main={
        <CrashGuard key={place.kind === 'conversation' ? place.friend : 'home'}>
          {place.kind === 'conversation' ? <ConversationPlace friend={place.friend} /> : <Home />}
        </CrashGuard>
      }
    />
  )
}

/** A friend who was removed takes the conversation along. */
function ConversationPlace({ friend }: { readonly friend: string }) {
  const isThere = useFriends(({ byKey }) => byKey[friend] !== undefined)
  const goHome = useView((state) => state.goHome)
  useEffect(() => {
    if (!isThere) goHome()
  }, [isThere, goHome])
  if (!isThere) return null
  return <Conversation key={friend} friend={friend} />
}

function Overlays() {
  const overlay = useView((state) => state.overlay)
  switch (overlay?.kind) {
    case 'addFriend':
      return <AddFriendDialog toxId={overlay.toxId ?? ''} />
    case 'switcher':
      return <Switcher />
    case 'ownToxId':
      return <OwnToxIdDialog />
    case undefined:
      return null
  }
}
