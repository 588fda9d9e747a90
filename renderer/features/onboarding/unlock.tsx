import { useState } from 'react'
import { ApiError, ApiErrorCode } from '../../../shared/api/errors.ts'
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
  const [isWrong, setWrong] = useState(false)
  const form = useForm(async () => {
    if (passphrase === '') return
    try {
      await unlock(passphrase)
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== ApiErrorCode.WrongPassphrase) throw error
      setWrong(true)
    }
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
            setWrong(false)
          }}
          error={isWrong ? t.onboarding.wrongPassphrase : form.problem}
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
