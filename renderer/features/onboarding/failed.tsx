import { useTexts } from '../../text/voice.tsx'
import { BringProfile } from './bring-profile.tsx'
import styles from './form.module.css'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'

/** The profile did not open: what happened, what was kept, what to do. */
export function Failed({ reason }: { readonly reason: string | undefined }) {
  const t = useTexts()
  const [isRestoring, setRestoring] = useState(false)
  if (isRestoring) return <BringProfile kind="restore" onBack={() => setRestoring(false)} />
  return (
    <div className={styles.form}>
      <header className={styles.head}>
        <h1 className={styles.title}>{t.onboarding.failedTitle}</h1>
        <p className={styles.intro}>{t.onboarding.failedBody}</p>
      </header>
      {reason !== undefined && (
        <div className={styles.box}>
          <p className={styles.problem} role="alert">
            {t.onboarding.failedReason(reason)}
          </p>
        </div>
      )}
      <div className={styles.ways}>
        <Button onClick={() => setRestoring(true)}>{t.onboarding.restoreShort}</Button>
      </div>
    </div>
  )
}
