import { useMemo } from 'react'
import type { Delivery, Message } from '../../../shared/model/message.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { copiesByRing, lastCheckedAt } from './copies-picture.ts'
import { CopiesList, CopiesRing } from './copies-ring.tsx'
import styles from './copies-section.module.css'
import { PanelSection } from './panel-section.tsx'

interface CopiesSectionProps {
  readonly message: Message
  readonly holders: Delivery['holders']
}

/** The copies on the network, drawn and in words. Nothing where none was ever wanted. */
export function CopiesSection({ message, holders }: CopiesSectionProps) {
  const t = useTexts().delivery.panel
  const formats = useFormats()
  const { copies } = message
  const rings = useMemo(() => copiesByRing(holders, copies), [holders, copies])
  if (holders.length === 0 && (copies?.wanted ?? 0) === 0) return undefined
  const checkedAt = lastCheckedAt(holders)
  return (
    <PanelSection title={t.copies}>
      {copies && <p>{t.copiesSummary(formats.number(copies.held), formats.number(copies.wanted))}</p>}
      <div className={styles.picture}>
        <CopiesRing rings={rings} />
        <CopiesList rings={rings} />
      </div>
      {checkedAt !== undefined && <p className={styles.checked}>{t.lastChecked(formats.full(checkedAt))}</p>}
    </PanelSection>
  )
}
