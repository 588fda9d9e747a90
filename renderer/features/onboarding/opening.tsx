import { useTexts } from '../../text/voice.tsx'
import { Progress } from '../../ui/progress.tsx'
import styles from './welcome.module.css'

/** While the profile is being opened. */
export function Opening() {
  const t = useTexts()
  return (
    <main className={styles.page}>
      <div className={styles.wait} role="status">
        <p>{t.onboarding.opening}</p>
        <Progress label={t.onboarding.opening} share={undefined} />
      </div>
    </main>
  )
}
