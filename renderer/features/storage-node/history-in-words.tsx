import type { StorageSample } from '../../../shared/model/storage.ts'
import { useVoice } from '../../text/voice.tsx'
import { historySummary } from './history-summary.ts'
import styles from './storage-page.module.css'

/** Instead of a chart that cannot be drawn. */
export function HistoryInWords({ history }: { readonly history: readonly StorageSample[] }) {
  const voice = useVoice()
  return (
    <p className={styles.quiet}>
      {voice.texts.settings.storage.chartFailed} {historySummary(history, voice)}
    </p>
  )
}
