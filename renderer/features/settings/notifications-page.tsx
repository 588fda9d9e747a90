import type { SettingsChange } from '../../../shared/model/settings.ts'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { Switch } from '../../ui/switch.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Actions, Fields, Section, Words } from './page.tsx'
import { useNoticePermission } from './use-notice-permission.ts'
import { useSettingsAndChange } from './use-setting.ts'

const SWITCHES = [
  { setting: 'notifyMessages', text: 'messages' },
  { setting: 'notifyRequests', text: 'requests' },
  { setting: 'notifyStored', text: 'stored' },
  { setting: 'notifyCollected', text: 'collected' },
] as const

export function NotificationsPage() {
  const t = useTexts().settings.notifications
  const { settings, change } = useSettingsAndChange()
  const { permission, ask } = useNoticePermission()
  if (!settings) return undefined
  const { quietHours } = settings
  const switchNotice = (setting: (typeof SWITCHES)[number]['setting'], isOn: boolean): void => {
    if (isOn && permission === 'unasked') ask()
    change({ [setting]: isOn } satisfies SettingsChange)
  }
  const changeQuiet = (part: Partial<typeof quietHours>): void => change({ quietHours: { ...quietHours, ...part } })
  return (
    <>
      {permission !== 'granted' && <PermissionSection permission={permission} onAsk={ask} />}
      <Section lead={t.lead}>
        {SWITCHES.map(({ setting, text }) => (
          <Switch
            key={setting}
            label={t[text]}
            isOn={settings[setting]}
            onChange={(isOn) => switchNotice(setting, isOn)}
          />
        ))}
        <Switch
          label={t.text}
          description={t.textLead}
          isOn={settings.notifyText}
          onChange={(notifyText) => change({ notifyText })}
        />
      </Section>
      <Section>
        <Switch
          label={t.quiet}
          description={t.quietLead}
          isOn={quietHours.isOn}
          onChange={(isOn) => changeQuiet({ isOn })}
        />
        {quietHours.isOn && (
          <Fields>
            <TimeField label={t.from} value={quietHours.from} onChange={(from) => changeQuiet({ from })} />
            <TimeField label={t.to} value={quietHours.to} onChange={(to) => changeQuiet({ to })} />
          </Fields>
        )}
      </Section>
    </>
  )
}

interface PermissionSectionProps {
  readonly permission: 'refused' | 'unasked'
  readonly onAsk: () => void
}

/** What the switches below are worth while the browser shows nothing. */
function PermissionSection({ permission, onAsk }: PermissionSectionProps) {
  const t = useTexts().settings.notifications
  return (
    <Section>
      <Words>{permission === 'refused' ? t.refused : t.unasked}</Words>
      {permission === 'unasked' && (
        <Actions>
          <Button onClick={onAsk}>{t.allow}</Button>
        </Actions>
      )}
    </Section>
  )
}

interface TimeFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** The browser's own field: it gives a whole time of day, or nothing while one is being typed. */
function TimeField({ label, value, onChange }: TimeFieldProps) {
  return <TextField label={label} type="time" value={value} onChange={(next) => next !== '' && onChange(next)} />
}
