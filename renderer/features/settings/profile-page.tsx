import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import { NAME_BYTES_MAX, STATUS_MESSAGE_BYTES_MAX } from '../../../shared/limits.ts'
import type { UserStatus } from '../../../shared/model/profile.ts'
import { utf8Length } from '../../../shared/utf8-length.ts'
import { useProfile, useStores } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Select } from '../../ui/select.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { ToxIdCard } from '../friends/tox-id-card.tsx'
import { Section } from './page.tsx'
import styles from './profile-page.module.css'
import { useBusyAsk } from './use-busy-ask.ts'

const STATUSES: readonly UserStatus[] = ['none', 'away', 'busy']

export function ProfilePage() {
  const t = useTexts().settings
  const stores = useStores()
  const profile = useProfile((state) => state.profile)
  const { ask } = useBusyAsk()
  if (!profile) return undefined
  const { setName, setStatusMessage, setStatus } = stores.profile.getState()
  return (
    <>
      <Section lead={t.profile.lead}>
        <SavedField
          key={`name ${profile.name}`}
          label={t.profile.name}
          saved={profile.name}
          bytesMax={NAME_BYTES_MAX}
          tooLong={t.profile.nameTooLong}
          onSave={(name) => ask(t.notKept, () => setName(name))}
        />
        <SavedField
          key={`message ${profile.statusMessage}`}
          label={t.profile.statusMessage}
          placeholder={t.profile.statusMessagePlaceholder}
          saved={profile.statusMessage}
          bytesMax={STATUS_MESSAGE_BYTES_MAX}
          tooLong={t.profile.statusMessageTooLong}
          onSave={(message) => ask(t.notKept, () => setStatusMessage(message))}
        />
        <Select
          label={t.profile.status}
          value={profile.status}
          options={STATUSES.map((value) => ({ value, label: t.profile.statusOptions[value] }))}
          onChange={(status) => void ask(t.notKept, () => setStatus(status))}
        />
      </Section>
      <ToxIdSection toxId={profile.toxId} />
    </>
  )
}

interface SavedFieldProps {
  readonly label: string
  readonly placeholder?: string
  readonly saved: string
  readonly bytesMax: number
  readonly tooLong: string
  readonly onSave: (value: string) => Promise<boolean>
}

/** A text that friends get as a whole: on Enter, with the button, or when the field is left. Its key holds what is saved. */
function SavedField({ label, placeholder, saved, bytesMax, tooLong, onSave }: SavedFieldProps) {
  const t = useTexts()
  const [value, setValue] = useState(saved)
  const isTooLong = utf8Length(value) > bytesMax
  const isChanged = value !== saved
  const save = (): void => {
    if (isChanged && !isTooLong) void onSave(value)
  }
  return (
    <form
      className={styles.saved}
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <TextField
        label={label}
        {...(placeholder === undefined ? {} : { placeholder })}
        value={value}
        onChange={setValue}
        onBlur={save}
        error={isTooLong ? tooLong : undefined}
      />
      {isChanged && !isTooLong && (
        <Button type="submit" className={styles.save}>
          {t.common.save}
        </Button>
      )}
    </form>
  )
}

function ToxIdSection({ toxId }: { readonly toxId: string }) {
  const t = useTexts().settings
  const stores = useStores()
  const { isBusy, ask } = useBusyAsk()
  const [isAsking, setAsking] = useState(false)
  const renew = (): void => {
    setAsking(false)
    void ask(t.notKept, () => stores.profile.getState().renewToxId())
  }
  return (
    <Section title={t.profile.toxId} lead={t.profile.toxIdLead}>
      <ToxIdCard toxId={toxId} />
      <div className={styles.renewal}>
        <Button icon={<RotateCw />} isBusy={isBusy} onClick={() => setAsking(true)}>
          {t.profile.newToxId}
        </Button>
        <p className={styles.note}>{t.profile.newToxIdLead}</p>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        title={t.profile.newToxIdTitle}
        body={t.profile.newToxIdBody}
        confirmLabel={t.profile.newToxIdConfirm}
        onConfirm={renew}
        onCancel={() => setAsking(false)}
      />
    </Section>
  )
}
