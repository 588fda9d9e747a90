import { useState } from 'react'
import { utf8Length } from '../../../shared/utf8-length.ts'
import type { Message } from '../../../shared/model/message.ts'
import { useSettings, useStores } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/select.tsx'
import { useAttempt } from '../conversation/use-attempt.ts'
import { deliveryActions } from './delivery-mark.ts'
import styles from './expiry-section.module.css'
import { PanelSection } from './panel-section.tsx'
import { ttlChoices } from './ttl-choices.ts'
import { usePrice } from './use-price.ts'

/** Until when the message waits, and a way to let it wait longer. */
export function ExpirySection({ message }: { readonly message: Message }) {
  const t = useTexts().delivery.panel
  const formats = useFormats()
  const { expiresAt, state } = message
  if (expiresAt === undefined || (state !== 'stored' && state !== 'storing')) return undefined
  return (
    <PanelSection title={t.expiry}>
      <time dateTime={expiresAt}>{formats.full(expiresAt)}</time>
      {deliveryActions(message).canRenew && <Renewal message={message} />}
    </PanelSection>
  )
}

function Renewal({ message }: { readonly message: Message }) {
  const t = useTexts().delivery.panel
  const formats = useFormats()
  const { messages } = useStores()
  const { attempt, isBusy } = useAttempt()
  const presentSeconds = useSettings(({ settings }) =>
    message.kind === 'file' ? settings?.fileTtlSeconds : settings?.ttlSeconds,
  )
  const [ttlSeconds, setTtlSeconds] = useState(presentSeconds ?? 0)
  const price = usePrice(message.file?.sizeBytes ?? utf8Length(message.text), ttlSeconds)
  const renew = () => attempt(t.renewFailed, () => messages.getState().renew(message.id, ttlSeconds), t.renewed)
  return (
    <div className={styles.renewal}>
      <Select
        label={t.renewFor}
        value={ttlSeconds}
        options={ttlChoices(ttlSeconds).map((value) => ({ value, label: formats.duration(value) }))}
        onChange={setTtlSeconds}
        {...(price === undefined ? {} : { description: t.renewPrice(formats.duration(price)) })}
      />
      <Button onClick={renew} isBusy={isBusy}>
        {t.renew}
      </Button>
    </div>
  )
}
