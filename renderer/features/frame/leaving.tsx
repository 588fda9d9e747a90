import { useView } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Progress } from '../../ui/progress.tsx'
import styles from './leaving.module.css'

/** While the app hands over what it holds for others: nothing more can be done here. */
export function Leaving() {
  const t = useTexts()
  const isQuitting = useView((state) => state.isQuitting)
  if (!isQuitting) return null
  return (
    <div className={styles.cover} role="alertdialog" aria-modal="true" aria-label={t.frame.leavingTitle}>
      <div className={styles.words}>
        <p className={styles.title}>{t.frame.leavingTitle}</p>
        <p className={styles.body}>{t.frame.leavingBody}</p>
        <Progress label={t.frame.leavingTitle} share={undefined} />
      </div>
    </div>
  )
}
