import type { SettingsChange } from '../../../shared/model/settings.ts'
import { useTexts } from '../../text/voice.tsx'
import { Switch } from '../../ui/switch.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Fields, Section } from './page.tsx'
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
  if (!settings) return undefined
  const { quietHours } = settings
  const changeQuiet = (part: Partial<typeof quietHours>): void => change({ quietHours: { ...quietHours, ...part } })
  return (
    <>
      <Section lead={t.lead}>
        {SWITCHES.map(({ setting, text }) => (
          <Switch
            key={setting}
            label={t[text]}
            isOn={settings[setting]}
            onChange={(isOn) => change({ [setting]: isOn } satisfies SettingsChange)}
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

interface TimeFieldProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
}

/** The browser's own field: it gives a whole time of day, or nothing while one is being typed. */
function TimeField({ label, value, onChange }: TimeFieldProps) {
  return <TextField label={label} type="time" value={value} onChange={(next) => next !== '' && onChange(next)} />
}
