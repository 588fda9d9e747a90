import { FileKey } from 'lucide-react'
import { useState } from 'react'
import { useAccount, useShell, useView } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { FileButton } from '../../ui/file-button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import styles from './form.module.css'
import { useForm } from './use-form.ts'

interface BringProfileProps {
  readonly kind: 'import' | 'restore'
  /** A profile that could not be opened lies there and gives way. */
  readonly isInPlaceOfAnother?: boolean
  readonly onBack: () => void
}

/** A profile of another Tox app, or a backup of this one, instead of a new profile. */
export function BringProfile({ kind, isInPlaceOfAnother = false, onBack }: BringProfileProps) {
  const t = useTexts()
  const shell = useShell()
  const importSave = useAccount((state) => state.importSave)
  const restore = useAccount((state) => state.restore)
  const givenPath = useView((state) => state.savefilePath)
  const [file, setFile] = useState<File>()
  const [passphrase, setPassphrase] = useState('')
  const [hasTried, setTried] = useState(false)
  const openedPath = kind === 'import' ? givenPath : undefined
  const chosenName = file?.name ?? openedPath?.replace(/^.*[\\/]/s, '')
  const words = wordsOf(kind, t.onboarding)
  const isPassphraseMissing = kind === 'restore' && passphrase === ''
  const form = useForm(async () => {
    setTried(true)
    const path = file ? await shell.hostPath(file) : openedPath
    if (path === undefined || isPassphraseMissing) return
    if (kind === 'restore') await restore(path, passphrase)
    else await importSave(path, passphrase === '' ? undefined : passphrase)
  })
  const problemAbout = (part: typeof form.about) => (form.about === part ? form.problem : undefined)
  return (
    <form className={styles.form} onSubmit={form.onSubmit}>
      <header className={styles.head}>
        <h1 className={styles.title}>{words.title}</h1>
        <p className={styles.intro}>{words.body}</p>
        {isInPlaceOfAnother && <p className={styles.intro}>{t.onboarding.restoreKeeps}</p>}
      </header>
      <div className={styles.box}>
        <FileField
          label={words.file}
          chosenName={chosenName}
          problem={hasTried && chosenName === undefined ? t.onboarding.fileMissing : problemAbout('file')}
          onChoose={(chosen) => {
            setFile(chosen)
            form.forgetProblem()
          }}
        />
        <TextField
          label={words.passphrase}
          type="password"
          value={passphrase}
          onChange={(next) => {
            setPassphrase(next)
            form.forgetProblem()
          }}
          error={hasTried && isPassphraseMissing ? t.onboarding.unlockBody : problemAbout('passphrase')}
          autoComplete="current-password"
        />
        {problemAbout(undefined) !== undefined && (
          <p className={styles.problem} role="alert">
            {problemAbout(undefined)}
          </p>
        )}
        <Button kind="primary" size="large" type="submit" isBusy={form.isBusy} className={styles.main}>
          {words.button}
        </Button>
      </div>
      <div className={styles.ways}>
        <Button kind="quiet" onClick={onBack}>
          {t.common.back}
        </Button>
      </div>
    </form>
  )
}

interface FileFieldProps {
  readonly label: string
  readonly chosenName: string | undefined
  readonly problem: string | undefined
  readonly onChoose: (file: File) => void
}

function FileField({ label, chosenName, problem, onChoose }: FileFieldProps) {
  const t = useTexts()
  return (
    <div className={styles.file}>
      <span className={styles.fileLabel}>{label}</span>
      <FileButton icon={<FileKey />} onChoose={onChoose}>
        {t.common.chooseFile}
      </FileButton>
      {chosenName !== undefined && <p className={styles.chosen}>{t.onboarding.fileChosen(chosenName)}</p>}
      {problem !== undefined && (
        <p className={styles.problem} role="alert">
          {problem}
        </p>
      )}
    </div>
  )
}

function wordsOf(kind: 'import' | 'restore', words: ReturnType<typeof useTexts>['onboarding']) {
  return kind === 'import'
    ? {
        title: words.importTitle,
        body: words.importBody,
        file: words.importFile,
        passphrase: words.importPassphrase,
        button: words.importButton,
      }
    : {
        title: words.restoreTitle,
        body: words.restoreBody,
        file: words.restoreFile,
        passphrase: words.restorePassphrase,
        button: words.restoreButton,
      }
}
