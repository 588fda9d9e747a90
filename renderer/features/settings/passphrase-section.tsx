import { useState } from 'react'
import type { Profile } from '../../../shared/model/profile.ts'
import { useStores } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Actions, Fields, Section } from './page.tsx'
import { useBusyAsk } from './use-busy-ask.ts'

const EMPTY = { current: '', next: '', repeat: '' }

/** Sets, changes or removes the passphrase of profile and history. */
export function PassphraseSection({ profile }: { readonly profile: Profile }) {
  const t = useTexts().settings.backup
  const stores = useStores()
  const { isBusy, ask } = useBusyAsk()
  const [entered, setEntered] = useState(EMPTY)
  const { current, next, repeat } = entered
  const { isEncrypted } = profile
  const differ = repeat !== '' && next !== repeat
  const isReady = next !== '' && next === repeat && (!isEncrypted || current !== '')
  const set = async (to: string | undefined): Promise<void> => {
    const { setPassphrase } = stores.profile.getState()
    const isDone = await ask(t.notChanged, () => setPassphrase(isEncrypted ? current : undefined, to))
    if (!isDone) return
    setEntered(EMPTY)
    stores.toasts.getState().show({ kind: 'note', title: t.changed })
  }
  const field = (name: keyof typeof EMPTY, label: string) => ({
    label,
    type: 'password' as const,
    autoComplete: name === 'current' ? 'current-password' : 'new-password',
    value: entered[name],
    onChange: (value: string) => setEntered({ ...entered, [name]: value }),
  })
  return (
    <Section title={t.passphrase} lead={t.protection[profile.keyProtection]}>
      <Fields>
        {isEncrypted && <TextField {...field('current', t.current)} />}
        <TextField {...field('next', t.next)} />
        <TextField {...field('repeat', t.repeat)} error={differ ? t.differ : undefined} />
      </Fields>
      <Actions>
        <Button isBusy={isBusy} disabled={!isReady} onClick={() => void set(next)}>
          {isEncrypted ? t.change : t.set}
        </Button>
        {isEncrypted && (
          <Button kind="quiet" isBusy={isBusy} disabled={current === ''} onClick={() => void set(undefined)}>
            {t.removePassphrase}
          </Button>
        )}
      </Actions>
    </Section>
  )
}
