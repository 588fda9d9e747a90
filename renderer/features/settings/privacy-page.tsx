import { useTexts } from '../../text/voice.tsx'
import { Switch } from '../../ui/switch.tsx'
import { Section, Words } from './page.tsx'
import styles from './privacy-page.module.css'
import { useSettingsAndChange } from './use-setting.ts'

export function PrivacyPage() {
  const t = useTexts().settings.privacy
  const { settings, change } = useSettingsAndChange()
  if (!settings) return undefined
  return (
    <>
      <Section>
        <Switch
          label={t.receipts}
          description={t.receiptsLead}
          isOn={settings.readReceipts}
          onChange={(readReceipts) => change({ readReceipts })}
        />
        <Switch
          label={t.typing}
          description={t.typingLead}
          isOn={settings.typingNotices}
          onChange={(typingNotices) => change({ typingNotices })}
        />
      </Section>
      <Section title={t.seenTitle}>
        <ul className={styles.list}>
          {t.seen.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      </Section>
      <Section title={t.keysTitle}>
        <Words>{t.keys}</Words>
      </Section>
      <Section title={t.torTitle}>
        <Words>{t.tor}</Words>
      </Section>
    </>
  )
}
