import { useState } from 'react'
import type { SettingsChange } from '../../../shared/model/settings.ts'
import { useSettings } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Switch } from '../../ui/switch.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Section, Words } from '../settings/page.tsx'
import { useSettingsAndChange } from '../settings/use-setting.ts'
import styles from './connection-settings.module.css'
import { portOf } from './node-entry.ts'

/** UDP on or off, explained before it takes effect; port, IPv6, local network. */
export function ConnectionSettings() {
  const t = useTexts().settings.network
  const { settings, change } = useSettingsAndChange()
  const isBusy = useSettings(({ changing }) => changing.some(isOfNetwork))
  const [isAsking, setAsking] = useState(false)
  if (!settings) return undefined
  return (
    <Section>
      <Switch
        label={t.udp}
        description={t.udpLead}
        isOn={settings.udpEnabled}
        isBusy={isBusy}
        onChange={(isOn) => (isOn ? change({ udpEnabled: true }) : setAsking(true))}
      />
      <PortField
        key={settings.udpPort}
        port={settings.udpPort}
        isBusy={isBusy}
        onSave={(udpPort) => change({ udpPort })}
      />
      <Switch label={t.ipv6} isOn={settings.ipv6} isBusy={isBusy} onChange={(ipv6) => change({ ipv6 })} />
      <Switch label={t.lan} isOn={settings.lanDiscovery} onChange={(lanDiscovery) => change({ lanDiscovery })} />
      <div className={styles.status} role="status">
        {isBusy && <Progress label={t.changing} share={undefined} />}
        {isBusy && <Words>{t.changing}</Words>}
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        title={t.udpTitle}
        body={t.udpBody}
        confirmLabel={t.udpConfirm}
        isDangerous
        onConfirm={() => {
          setAsking(false)
          change({ udpEnabled: false })
        }}
        onCancel={() => setAsking(false)}
      />
    </Section>
  )
}

/** Another socket: the old network is left first, which takes up to ten seconds. */
function isOfNetwork({ udpEnabled, udpPort, ipv6 }: SettingsChange): boolean {
  return udpEnabled !== undefined || udpPort !== undefined || ipv6 !== undefined
}

interface PortFieldProps {
  readonly port: number
  readonly isBusy: boolean
  readonly onSave: (port: number) => void
}

function PortField({ port, isBusy, onSave }: PortFieldProps) {
  const t = useTexts()
  const [value, setValue] = useState(String(port))
  const entered = portOf(value, 0)
  const isChanged = entered !== port
  return (
    <form
      className={styles.port}
      onSubmit={(event) => {
        event.preventDefault()
        if (entered !== undefined && isChanged && !isBusy) onSave(entered)
      }}
    >
      <TextField
        label={t.settings.network.portField}
        inputMode="numeric"
        value={value}
        onChange={setValue}
        description={t.settings.network.portLead}
        error={entered === undefined ? t.settings.network.portWrong : undefined}
      />
      {entered !== undefined && isChanged && (
        <Button type="submit" isBusy={isBusy}>
          {t.common.save}
        </Button>
      )}
    </form>
  )
}
