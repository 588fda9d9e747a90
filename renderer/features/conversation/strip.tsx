import { ChevronDown } from 'lucide-react'
import type { Friend } from '../../../shared/model/friend.ts'
import { useNetwork, useSettings, useStores } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Banner } from '../../ui/banner.tsx'
import { Button } from '../../ui/button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { stripKind } from './offline-strip.ts'
import styles from './strip.module.css'
import { TtlChoice } from './ttl-choice.tsx'
import { useAttempt } from './use-attempt.ts'

/** The calm strip above the composer while a friend is offline: what becomes of what one writes now. */
export function Strip({ friend }: { readonly friend: Friend }) {
  const t = useTexts().conversation.strip
  const formats = useFormats()
  const isConnected = useNetwork(({ network }) => network?.connected) ?? true
  const settingTtl = useSettings(({ settings }) => settings?.ttlSeconds) ?? 0
  const kind = stripKind(friend, isConnected)
  if (kind === undefined) return undefined
  const duration = formats.duration(friend.ttlSeconds ?? settingTtl)
  return (
    <div className={styles.strip}>
      <Banner action={<StripAction kind={kind} friend={friend} />}>{t[kind](nameOf(friend), duration)}</Banner>
    </div>
  )
}

interface StripActionProps {
  readonly kind: NonNullable<ReturnType<typeof stripKind>>
  readonly friend: Friend
}

function StripAction({ kind, friend }: StripActionProps) {
  const t = useTexts().conversation
  const { friends } = useStores()
  const { attempt, isBusy } = useAttempt()
  if (kind === 'waits') {
    return (
      <Menu
        align="end"
        trigger={
          <Button kind="quiet" icon={<ChevronDown />} aria-label={t.strip.howLong}>
            {t.strip.change}
          </Button>
        }
      >
        <TtlChoice friend={friend} />
      </Menu>
    )
  }
  if (kind !== 'off') return undefined
  const switchOn = () =>
    attempt(t.header.changeFailed, () => friends.getState().setOfflineMessages(friend.publicKey, true))
  return (
    <Button kind="quiet" onClick={switchOn} isBusy={isBusy}>
      {t.strip.switchOn}
    </Button>
  )
}
