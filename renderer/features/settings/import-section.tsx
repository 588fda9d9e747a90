import { useState } from 'react'
import { useFriends, useShell, useStores } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'
import { FileButton } from '../../ui/file-button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Actions, Fields, Section, Words } from './page.tsx'

/** Takes over the identity of a savefile, which the host allows only while there are no friends. */
export function ImportSection() {
  const t = useTexts().settings.backup
  const stores = useStores()
  const shell = useShell()
  const hasFriends = useFriends(({ byKey }) => Object.keys(byKey).length > 0)
  const ask = useAsk()
  const [passphrase, setPassphrase] = useState('')
  const take = async (file: File): Promise<void> => {
    await stores.profile.getState().importSave(await shell.hostPath(file), passphrase === '' ? undefined : passphrase)
    setPassphrase('')
    stores.toasts.getState().show({ kind: 'note', title: t.imported })
  }
  if (hasFriends) {
    return (
      <Section title={t.importTitle}>
        <Words>{t.importHasFriends}</Words>
      </Section>
    )
  }
  return (
    <Section title={t.importTitle} lead={t.importLead}>
      <Fields>
        <TextField
          label={t.importPassphrase}
          type="password"
          autoComplete="off"
          value={passphrase}
          onChange={setPassphrase}
        />
      </Fields>
      <Actions>
        <FileButton accept=".tox" onChoose={(file) => void ask(t.notImported, () => take(file))}>
          {t.importChoose}
        </FileButton>
      </Actions>
    </Section>
  )
}
