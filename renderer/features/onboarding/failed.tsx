import { useState } from 'react'
import { useAccount } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { BringProfile } from './bring-profile.tsx'
import styles from './form.module.css'
import { useForm } from './use-form.ts'

/** The profile did not open: what happened, what was kept, what to do. */
export function Failed({ reason }: { readonly reason: string | undefined }) {
  const [isRestoring, setRestoring] = useState(false)
  if (isRestoring) return <BringProfile kind="restore" onBack={() => setRestoring(false)} />
  return <FailedForm reason={reason} onRestore={() => setRestoring(true)} />
}

interface FailedFormProps {
  readonly reason: string | undefined
  readonly onRestore: () => void
}

function FailedForm({ reason, onRestore }: FailedFormProps) {
  const t = useTexts()
  const retry = useAccount((state) => state.retry)
  const form = useForm(retry)
  return (
    <form className={styles.form} onSubmit={form.onSubmit}>
      <header className={styles.head}>
        <h1 className={styles.title}>{t.onboarding.failedTitle}</h1>
        <p className={styles.intro}>{t.onboarding.failedBody}</p>
      </header>
      <div className={styles.box}>
        {reason !== undefined && (
          <p className={styles.problem} role="alert">
            {t.onboarding.failedReason(reason)}
          </p>
        )}
        {form.problem !== undefined && <p className={styles.problem}>{form.problem}</p>}
        <Button kind="primary" size="large" type="submit" isBusy={form.isBusy} className={styles.main}>
          {t.common.tryAgain}
        </Button>
      </div>
      <div className={styles.ways}>
        <Button kind="quiet" onClick={onRestore}>
          {t.onboarding.restoreShort}
        </Button>
      </div>
    </form>
  )
}
