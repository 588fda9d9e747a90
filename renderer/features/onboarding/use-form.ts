import { type FormEvent, useState } from 'react'
import { ApiError, ApiErrorCode } from '../../../shared/api/errors.ts'
import { explain } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'

interface Problem {
  /** What is to blame; undefined if it is nothing that was entered. */
  readonly about: 'passphrase' | 'file' | undefined
  readonly words: string
}

/** A form that asks the host for one thing, and says why it was refused. */
export function useForm(ask: () => Promise<void>) {
  const t = useTexts()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<Problem>()
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    setProblem(undefined)
    try {
      await ask()
    } catch (error) {
      const about = aboutOf(error)
      setProblem({ about, words: about === 'passphrase' ? t.onboarding.wrongPassphrase : explain(error, t) })
    } finally {
      setBusy(false)
    }
  }
  return {
    isBusy,
    problem: problem?.words,
    /** What the problem is about, for forms that say it there. */
    about: problem?.about,
    /** What was wrong is being changed. */
    forgetProblem: () => setProblem(undefined),
    onSubmit: (event: FormEvent) => void submit(event),
  }
}

function aboutOf(error: unknown): Problem['about'] {
  if (!(error instanceof ApiError)) return undefined
  if (error.code === ApiErrorCode.WrongPassphrase) return 'passphrase'
  return error.code === ApiErrorCode.Unreadable ? 'file' : undefined
}
