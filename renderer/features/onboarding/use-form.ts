import { type FormEvent, useState } from 'react'
import { explain } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'

/** A form that asks the host for one thing, and says beside the button why it was refused. */
export function useForm(ask: () => Promise<void>) {
  const t = useTexts()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    setProblem(undefined)
    try {
      await ask()
    } catch (error) {
      setProblem(explain(error, t))
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, problem, onSubmit: (event: FormEvent) => void submit(event) }
}
