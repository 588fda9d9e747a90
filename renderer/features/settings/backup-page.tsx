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
  return (
    <SaveSection
      title={t.backupTitle}
      lead={t.backupLead}
      fieldLabel={t.backupPassphrase}
      describe={() => t.forgotten}
      needsPassphrase
      buttonLabel={t.backup}
      failure={t.notBackedUp}
      fileName={`${fileNameOf(name)}.ampoule-backup`}
      write={async (path, passphrase) =>
        t.backedUp(formats.bytes(await stores.profile.getState().backup(path, passphrase)))
      }
    />
  )
}

function ExportSection({ name }: { readonly name: string }) {
  const t = useTexts().settings.backup
  const stores = useStores()
  return (
    <SaveSection
      title={t.exportTitle}
      lead={t.exportLead}
      fieldLabel={t.exportPassphrase}
      describe={(passphrase) => (passphrase === '' ? t.plainWarning : t.forgotten)}
      buttonLabel={t.export}
      failure={t.notExported}
      fileName={`${fileNameOf(name)}.tox`}
      write={async (path, passphrase) => {
        await stores.profile.getState().exportSave(path, passphrase === '' ? undefined : passphrase)
        return t.exported
      }}
    />
  )
}

interface SaveSectionProps {
  readonly title: string
  readonly lead: string
  readonly fieldLabel: string
  readonly describe: (passphrase: string) => string
  readonly needsPassphrase?: boolean
  readonly buttonLabel: string
  /** What did not happen, for the toast. */
  readonly failure: string
  readonly fileName: string
  /** Has the host write the file; returns what to say then. */
  readonly write: (path: string, passphrase: string) => Promise<string>
}

/** Writes a file under a passphrase where the person wants it. */
function SaveSection(props: SaveSectionProps) {
  const stores = useStores()
  const shell = useShell()
  const { isBusy, ask } = useBusyAsk()
  const [passphrase, setPassphrase] = useState('')
  const save = async (): Promise<void> => {
    const path = await shell.chooseSavePath(props.fileName)
    if (path === undefined) return
    const title = await props.write(path, passphrase)
    await shell.deliver(path)
    setPassphrase('')
    stores.toasts.getState().show({ kind: 'note', title })
  }
  return (
    <Section title={props.title} lead={props.lead}>
      <Fields>
        <TextField
          label={props.fieldLabel}
          type="password"
          autoComplete="new-password"
          value={passphrase}
          onChange={setPassphrase}
          description={props.describe(passphrase)}
        />
      </Fields>
      <Actions>
        <Button
          isBusy={isBusy}
          disabled={props.needsPassphrase === true && passphrase === ''}
          onClick={() => void ask(props.failure, save)}
        >
          {props.buttonLabel}
        </Button>
      </Actions>
    </Section>
  )
}

/** What every file system takes. */
function fileNameOf(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 40) || 'profile'
}
