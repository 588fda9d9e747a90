import { useState } from 'react'
import type { Settings } from '../../../shared/model/settings.ts'
import { useShell } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Select } from '../../ui/select.tsx'
import { Slider } from '../../ui/slider.tsx'
import { Switch } from '../../ui/switch.tsx'
import { Fields, Section } from './page.tsx'
import { TtlSelect } from './ttl-select.tsx'
import { useSettingsAndChange } from './use-setting.ts'

const THEMES: readonly Settings['theme'][] = ['system', 'light', 'dark']
const LANGUAGES: readonly Settings['language'][] = ['system', 'en', 'de']
const TEXT_PERCENT = { min: 80, max: 200, step: 5 }

export function AppearancePage() {
  const t = useTexts().settings.appearance
  const { settings, change } = useSettingsAndChange()
  const { kind } = useShell()
  if (!settings) return undefined
  return (
    <>
      <Section>
        <Fields>
          <Select
            label={t.theme}
            value={settings.theme}
            options={THEMES.map((value) => ({ value, label: t.themes[value] }))}
            onChange={(theme) => change({ theme })}
          />
          <Select
            label={t.language}
            value={settings.language}
            options={languagesWith(settings.language).map((value) => ({ value, label: t.languages[value] }))}
            onChange={(language) => change({ language })}
          />
        </Fields>
        <TextSize scale={settings.textScale} onCommit={(textScale) => change({ textScale })} />
        <Switch
          label={t.motion}
          description={t.motionLead}
          isOn={settings.reducedMotion === 'on'}
          onChange={(isOn) => change({ reducedMotion: isOn ? 'on' : 'system' })}
        />
      </Section>
      <Section title={t.writing}>
        <Switch
          label={t.enterSends}
          description={t.enterSendsLead}
          isOn={settings.enterSends}
          onChange={(enterSends) => change({ enterSends })}
        />
      </Section>
      <Section title={t.waiting} lead={t.ttlLead}>
        <Fields>
          <TtlSelect label={t.ttl} value={settings.ttlSeconds} onChange={(ttlSeconds) => change({ ttlSeconds })} />
          <TtlSelect
            label={t.fileTtl}
            value={settings.fileTtlSeconds}
            onChange={(fileTtlSeconds) => change({ fileTtlSeconds })}
          />
        </Fields>
      </Section>
      {kind === 'electron' && (
        <Section title={t.window}>
          <Switch
            label={t.closeToTray}
            description={t.closeToTrayLead}
            isOn={settings.closeToTray}
            onChange={(closeToTray) => change({ closeToTray })}
          />
          <Switch
            label={t.startAtLogin}
            isOn={settings.startAtLogin}
            onChange={(startAtLogin) => change({ startAtLogin })}
          />
        </Section>
      )}
    </>
  )
}

/** The language of the checks is offered only to those who have it already. */
function languagesWith(present: Settings['language']): readonly Settings['language'][] {
  return LANGUAGES.includes(present) ? LANGUAGES : [...LANGUAGES, present]
}

function TextSize({ scale, onCommit }: { readonly scale: number; readonly onCommit: (scale: number) => void }) {
  const t = useTexts().settings.appearance
  const formats = useFormats()
  const [moving, setMoving] = useState<number>()
  return (
    <Slider
      label={t.textSize}
      value={moving ?? Math.round(scale * 100)}
      {...TEXT_PERCENT}
      format={(percent) => formats.percent(percent / 100)}
      onChange={setMoving}
      onCommit={(percent) => {
        setMoving(undefined)
        onCommit(percent / 100)
      }}
    />
  )
}
