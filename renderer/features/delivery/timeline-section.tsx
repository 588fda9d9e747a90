import { useMemo } from 'react'
import type { Delivery } from '../../../shared/model/message.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { DeliveryMarkIcon } from './delivery-mark-icon.tsx'
import { timelineOf } from './delivery-timeline.ts'
import { PanelSection } from './panel-section.tsx'
import styles from './timeline-section.module.css'

export function TimelineSection({ steps }: { readonly steps: Delivery['timeline'] }) {
  const t = useTexts().delivery
  const formats = useFormats()
  const lines = useMemo(() => timelineOf(steps), [steps])
  if (lines.length === 0) return undefined
  return (
    <PanelSection title={t.panel.timeline}>
      <ol className={styles.timeline}>
        {lines.map(({ key, at, sentence, mark, isCurrent }) => (
          <li key={key} className={styles.step} aria-current={isCurrent ? 'step' : undefined}>
            <DeliveryMarkIcon mark={mark} share={1} />
            <span className={styles.words}>{t.steps[sentence]}</span>
            <time dateTime={at} className={styles.time}>
              {formats.full(at)}
            </time>
          </li>
        ))}
      </ol>
    </PanelSection>
  )
}
