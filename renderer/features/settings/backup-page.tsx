import { useState } from 'react'
import { useProfile, useShell, useStores } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { ImportSection } from './import-section.tsx'
import { Actions, Fields, Section } from './page.tsx'
import { PassphraseSection } from './passphrase-section.tsx'
import { useBusyAsk } from './use-busy-ask.ts'

export function BackupPage() {
  const profile = useProfile((state) => state.profile)
  if (!profile) return undefined
  return (
    <>
      <PassphraseSection profile={profile} />
      <BackupSection name={profile.name} />
      <ExportSection name={profile.name} />
      <ImportSection />
    </>
  )
}

function BackupSection({ name }: { readonly name: string }) {
  const t = useTexts().settings.backup
  const formats = useFormats()
  const stores = useStores()
  const shell = useShell()
  const { isBusy, ask } = useBusyAsk()
  const [passphrase, setPassphrase] = useState('')
  const save = async (): Promise<void> => {
    const path = await shell.chooseSavePath(`${fileNameOf(name)}.ampoule-backup`)
    if (path === undefined) return
    const sizeBytes = await stores.profile.getState().backup(path, passphrase)
    await shell.deliver(path)
    setPassphrase('')
    stores.toasts.getState().show({ kind: 'note', title: t.backedUp(formats.bytes(sizeBytes)) })
  }
  return (
    <Section title={t.backupTitle} lead={t.backupLead}>
      <Fields>
        <TextField
          label={t.backupPassphrase}
          type="password"
          autoComplete="new-password"
          value={passphrase}
          onChange={setPassphrase}
          description={t.forgotten}
        />
      </Fields>
      <Actions>
        <Button isBusy={isBusy} disabled={passphrase === ''} onClick={() => void ask(t.notBackedUp, save)}>
          {t.backup}
        </Button>
      </Actions>
    </Section>
  )
}

function ExportSection({ name }: { readonly name: string }) {
  const t = useTexts().settings.backup
  const stores = useStores()
  const shell = useShell()
  const { isBusy, ask } = useBusyAsk()
  const [passphrase, setPassphrase] = useState('')
  const save = async (): Promise<void> => {
    const path = await shell.chooseSavePath(`${fileNameOf(name)}.tox`)
    if (path === undefined) return
    await stores.profile.getState().exportSave(path, passphrase === '' ? undefined : passphrase)
    await shell.deliver(path)
    setPassphrase('')
    stores.toasts.getState().show({ kind: 'note', title: t.exported })
  }
  return (
    <Section title={t.exportTitle} lead={t.exportLead}>
      <Fields>
        <TextField
          label={t.exportPassphrase}
          type="password"
          autoComplete="new-password"
          value={passphrase}
          onChange={setPassphrase}
          description={passphrase === '' ? t.plainWarning : t.forgotten}
        />
      </Fields>
      <Actions>
        <Button isBusy={isBusy} onClick={() => void ask(t.notExported, save)}>
          {t.export}
        </Button>
      </Actions>
    </Section>
  )
}

/** What every file system takes. */
function fileNameOf(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 40) || 'profile'
}
