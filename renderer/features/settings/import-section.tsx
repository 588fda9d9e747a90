import { useState } from 'react'
import { useFriends, useShell, useStores, useView } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { FileButton } from '../../ui/file-button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { Actions, Fields, Section } from './page.tsx'

/** Takes over the identity of a savefile, which the host allows only while there are no friends. */
export function ImportSection() {
  const t = useTexts().settings.backup
  const stores = useStores()
  const shell = useShell()
  const hasFriends = useFriends(({ byKey }) => Object.keys(byKey).length > 0)
  const ask = useAsk()
  const [passphrase, setPassphrase] = useState('')
  const openedPath = useView((state) => state.savefilePath)
  const take = async (path: string): Promise<void> => {
    await stores.profile.getState().importSave(path, passphrase === '' ? undefined : passphrase)
    setPassphrase('')
    stores.view.getState().openSavefile(undefined)
    stores.toasts.getState().show({ kind: 'note', title: t.imported })
  }
  if (hasFriends) return <Section title={t.importTitle} lead={t.importHasFriends} />
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
        {openedPath !== undefined && (
          <Button kind="primary" onClick={() => void ask(t.notImported, () => take(openedPath))}>
            {t.importOpened(openedPath.replace(/^.*[\\/]/s, ''))}
          </Button>
        )}
        <FileButton
          accept=".tox"
          onChoose={(file) => void ask(t.notImported, async () => take(await shell.hostPath(file)))}
        >
          {t.importChoose}
        </FileButton>
      </Actions>
    </Section>
  )
}
