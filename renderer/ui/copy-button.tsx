import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTexts } from '../text/voice.tsx'
import { Button } from './button.tsx'

const SHOWN_MS = 2_000

/** Copies a text, and says for a moment that it did, or that the browser did not let it. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const t = useTexts()
  const [outcome, setOutcome] = useState<'copied' | 'blocked'>()
  useEffect(() => {
    if (outcome === undefined) return undefined
    const timer = setTimeout(() => setOutcome(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => setOutcome('copied'),
      () => setOutcome('blocked'),
    )
  const words = { copied: t.common.copied, blocked: t.errors.couldNot.copy }
  return (
    <Button icon={outcome === 'copied' ? <Check /> : <Copy />} onClick={copy}>
      {outcome === undefined ? label : words[outcome]}
    </Button>
  )
}
