import { useState } from 'react'
import { useAccount } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import styles from './form.module.css'
import { useForm } from './use-form.ts'

/** Asks for the passphrase at the start. */
export function Unlock() {
  const t = useTexts()
  const unlock = useAccount((state) => state.unlock)
  const [passphrase, setPassphrase] = useState('')
  const form = useForm(async () => {
    if (passphrase !== '') await unlock(passphrase)
  })
  return (
    <form className={styles.form} onSubmit={form.onSubmit}>
      <header className={styles.head}>
        <h1 className={styles.title}>{t.onboarding.unlockTitle}</h1>
        <p className={styles.intro}>{t.onboarding.unlockBody}</p>
      </header>
      <div className={styles.box}>
        <TextField
          label={t.common.passphrase}
          type="password"
          value={passphrase}
          onChange={(next) => {
            setPassphrase(next)
            form.forgetProblem()
          }}
          error={form.problem}
          autoFocus
          autoComplete="current-password"
        />
        <Button kind="primary" size="large" type="submit" isBusy={form.isBusy} className={styles.main}>
          {t.onboarding.unlock}
        </Button>
      </div>
    </form>
  )
}
