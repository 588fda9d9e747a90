import { useState } from 'react'
import { NAME_BYTES_MAX } from '../../../shared/limits.ts'
import { utf8Length } from '../../../shared/utf8-length.ts'
import { useAccount, useView } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { Switch } from '../../ui/switch.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { BringProfile } from './bring-profile.tsx'
import styles from './form.module.css'
import { useForm } from './use-form.ts'

/** First run: a name is enough. */
export function NewProfile() {
  const t = useTexts()
  const savefilePath = useView((state) => state.savefilePath)
  const openSavefile = useView((state) => state.openSavefile)
  const [chosenWay, setWay] = useState<'new' | 'import' | 'restore'>('new')
  const way = savefilePath === undefined ? chosenWay : 'import'
  const goBack = (): void => {
    openSavefile(undefined)
    setWay('new')
  }
  if (way !== 'new') return <BringProfile kind={way} onBack={goBack} />
  return (
    <>
      <NameForm />
      <div className={styles.ways}>
        <p className={styles.question}>{t.onboarding.otherWays}</p>
        <Button kind="quiet" onClick={() => setWay('import')}>
          {t.onboarding.importShort}
        </Button>
        <Button kind="quiet" onClick={() => setWay('restore')}>
          {t.onboarding.restoreShort}
        </Button>
      </div>
    </>
  )
}

function NameForm() {
  const t = useTexts()
  const create = useAccount((state) => state.create)
  const [name, setName] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [isProtected, setProtected] = useState(false)
  const [hasTried, setTried] = useState(false)
  const trimmed = name.trim()
  const nameProblem = problemOf(trimmed, hasTried, t.onboarding)
  const passphraseProblem = isProtected && passphrase === '' ? t.onboarding.passphraseMissing : undefined
  const form = useForm(async () => {
    setTried(true)
    const isRight = trimmed !== '' && nameProblem === undefined && passphraseProblem === undefined
    if (isRight) await create(trimmed, isProtected ? passphrase : undefined)
  })
  return (
    <form className={styles.form} onSubmit={form.onSubmit}>
      <header className={styles.head}>
        <h1 className={styles.title}>{t.onboarding.title}</h1>
        <p className={styles.intro}>{t.onboarding.intro}</p>
      </header>
      <div className={styles.box}>
        <TextField
          label={t.onboarding.nameLabel}
          description={t.onboarding.nameHint}
          error={nameProblem}
          value={name}
          onChange={setName}
          autoFocus
          autoComplete="nickname"
        />
        <Switch
          label={t.onboarding.addPassphrase}
          description={t.onboarding.addPassphraseHint}
          isOn={isProtected}
          onChange={setProtected}
        />
        {isProtected && (
          <TextField
            label={t.common.passphrase}
            type="password"
            value={passphrase}
            onChange={setPassphrase}
            error={hasTried ? passphraseProblem : undefined}
            autoComplete="new-password"
          />
        )}
        {form.problem !== undefined && (
          <p className={styles.problem} role="alert">
            {form.problem}
          </p>
        )}
        <Button kind="primary" size="large" type="submit" isBusy={form.isBusy} className={styles.main}>
          {t.onboarding.start}
        </Button>
      </div>
    </form>
  )
}

function problemOf(
  name: string,
  hasTried: boolean,
  words: { readonly nameMissing: string; readonly nameTooLong: string },
): string | undefined {
  if (utf8Length(name) > NAME_BYTES_MAX) return words.nameTooLong
  return hasTried && name === '' ? words.nameMissing : undefined
}
