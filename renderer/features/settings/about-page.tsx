import { useEffect } from 'react'
import { useAppInfo, useStores } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import styles from './about-page.module.css'
import { Actions, Facts, Section, Words } from './page.tsx'

export function AboutPage() {
  const t = useTexts().settings.about
  const stores = useStores()
  const info = useAppInfo((state) => state.info)
  useEffect(() => {
    // Fails only while the host is away, which the window says by itself.
    stores.app
      .getState()
      .loadInfo()
      .catch(() => undefined)
  }, [stores])
  if (!info) return undefined
  return (
    <>
      <Section lead={t.lead}>
        <Facts
          facts={[
            { name: t.version, value: info.version },
            { name: t.platform, value: info.platform },
            { name: t.folder, value: info.profileFolder },
          ]}
        />
        <Words>{t.licence}</Words>
      </Section>
      <Section title={t.libraries}>
        <ul className={styles.libraries}>
          {info.libraries.map(({ name, version, licence }) => (
            <li key={name}>
              <span>
                {name} <span className={styles.faint}>{version}</span>
              </span>
              <span className={styles.faint}>{licence}</span>
            </li>
          ))}
        </ul>
      </Section>
      <LogSection />
    </>
  )
}

function LogSection() {
  const t = useTexts().settings.about
  const stores = useStores()
  const ask = useAsk()
  const lines = useAppInfo((state) => state.log)
  const text = lines?.join('\n') ?? ''
  return (
    <Section title={t.log} lead={t.logLead}>
      {lines && (
        <TextField
          label={t.log}
          isLabelHidden
          isMono
          readOnly
          rows={12}
          value={text === '' ? t.logNone : text}
          onChange={() => undefined}
        />
      )}
      <Actions>
        <Button onClick={() => void ask(t.notLoaded, () => stores.app.getState().loadLog())}>{t.logShow}</Button>
        {text !== '' && <CopyButton text={text} label={t.logCopy} />}
      </Actions>
    </Section>
  )
}
