import { useState } from 'react'
import type { Account } from '../../../shared/model/account.ts'
import { useAccount } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { BringProfile } from './bring-profile.tsx'
import styles from './form.module.css'
import { useForm } from './use-form.ts'

/** The profile did not open: what happened, what was kept, what to do. */
export function Failed({ account }: { readonly account: Account }) {
  const [isRestoring, setRestoring] = useState(false)
  if (isRestoring) return <BringProfile kind="restore" isInPlaceOfAnother onBack={() => setRestoring(false)} />
  return <FailedForm account={account} onRestore={() => setRestoring(true)} />
}

interface FailedFormProps {
  readonly account: Account
  readonly onRestore: () => void
}

function FailedForm({ account: { reason, failure }, onRestore }: FailedFormProps) {
  const t = useTexts()
  const isInUse = failure === 'in-use'
  const retry = useAccount((state) => state.retry)
  const form = useForm(retry)
  return (
    <form className={styles.form} onSubmit={form.onSubmit}>
      <header className={styles.head}>
        <h1 className={styles.title}>{isInUse ? t.onboarding.inUseTitle : t.onboarding.failedTitle}</h1>
        <p className={styles.intro}>{isInUse ? t.onboarding.inUseBody : t.onboarding.failedBody}</p>
      </header>
      <div className={styles.box}>
        {reason !== undefined && !isInUse && (
          <p className={styles.problem} role="alert">
            {t.onboarding.failedReason(reason)}
          </p>
        )}
        {form.problem !== undefined && <p className={styles.problem}>{form.problem}</p>}
        <Button kind="primary" size="large" type="submit" isBusy={form.isBusy} className={styles.main}>
          {t.common.tryAgain}
        </Button>
      </div>
      {!isInUse && (
        <div className={styles.ways}>
          <Button kind="quiet" onClick={onRestore}>
            {t.onboarding.restoreShort}
          </Button>
        </div>
      )}
    </form>
  )
}
