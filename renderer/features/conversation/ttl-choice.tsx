import type { Friend } from '../../../shared/model/friend.ts'
import { useSettings, useStores } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { MenuChoice } from '../../ui/menu.tsx'
import { ttlChoices } from '../delivery/ttl-choices.ts'
import { useAttempt } from './use-attempt.ts'

/** Stands for the setting's own length. */
const AS_IN_SETTINGS = 0

/** How long messages to a friend wait: as the settings say, or a length for this friend alone. */
export function TtlChoice({ friend }: { readonly friend: Friend }) {
  const t = useTexts().conversation.header
  const formats = useFormats()
  const { friends } = useStores()
  const { attempt } = useAttempt()
  const settingTtl = useSettings(({ settings }) => settings?.ttlSeconds) ?? 0
  const options = ttlChoices(friend.ttlSeconds ?? settingTtl).map((value) => ({
    value,
    label: formats.duration(value),
  }))
  const choose = (value: number) =>
    attempt(t.changeFailed, () =>
      friends.getState().setTtl(friend.publicKey, value === AS_IN_SETTINGS ? undefined : value),
    )
  return (
    <MenuChoice
      label={t.waitFor}
      value={friend.ttlSeconds ?? AS_IN_SETTINGS}
      options={[{ value: AS_IN_SETTINGS, label: t.asInSettings(formats.duration(settingTtl)) }, ...options]}
      onChange={choose}
    />
  )
}
