import { ScanQrCode, UserPlus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { FRIEND_REQUEST_BYTES_MAX } from '../../../shared/limits.ts'
import { utf8Length } from '../../../shared/utf8-length.ts'
import { useFriends, useProfile, useStores, useView } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FileButton } from '../../ui/file-button.tsx'
import { TextField } from '../../ui/text-field.tsx'
import styles from './add-friend-dialog.module.css'
import { bareToxId, checkEntry } from './tox-id-entry.ts'
import { useQrReader } from './use-qr-reader.ts'

/** Asks somebody to be a friend: by a Tox ID that is pasted, came with a link, or is read from a picture. */
export function AddFriendDialog({ toxId: given }: { readonly toxId: string }) {
  const t = useTexts()
  const ask = useAsk()
  const { friends, toasts } = useStores()
  const close = useView((state) => state.closeOverlay)
  const name = useProfile(({ profile }) => profile?.name) ?? ''
  const ownKey = useProfile(({ profile }) => profile?.publicKey) ?? ''
  const byKey = useFriends((state) => state.byKey)
  const [text, setText] = useState(bareToxId(given))
  const [written, setWritten] = useState<string>()
  // A link may open this before the profile has told the name.
  const greeting = written ?? t.friends.greetingDefault(name)
  const [hasTried, setTried] = useState(false)
  const [isSending, setSending] = useState(false)
  const reader = useQrReader(setText)

  const entry = checkEntry(text, { ownKey, isFriend: (key) => byKey[key] !== undefined }, t)
  const greetingProblem = problemOf(greeting, t.friends.greetingEmpty, t.friends.greetingTooLong)
  // While it is being typed it is always too short; what is wrong is said once there is enough to judge.
  const isJudged = hasTried || bareToxId(text).length >= 76
  const toxIdProblem = isJudged && 'problem' in entry ? entry.problem : undefined

  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setTried(true)
    if ('problem' in entry || greetingProblem !== undefined || isSending) return
    setSending(true)
    const isDone = await ask(t.errors.couldNot.addFriend, () => friends.getState().add(entry.toxId, greeting.trim()))
    setSending(false)
    if (!isDone) return
    close()
    toasts.getState().show({ kind: 'note', title: t.friends.requestSent, body: t.friends.requestSentBody })
  }

  return (
    <Dialog isOpen onClose={close} title={t.friends.addFriend} description={t.friends.addFriendIntro}>
      <form
        className={styles.form}
        onSubmit={(event) => void send(event)}
        onPaste={reader.handlePaste}
        onDrop={reader.handleDrop}
        onDragOver={(event) => event.preventDefault()}
      >
        <TextField
          label={t.friends.toxId}
          placeholder={t.friends.toxIdPlaceholder}
          value={text}
          onChange={setText}
          error={toxIdProblem ?? reader.problem}
          description={reader.isReading ? t.friends.readingQr : t.friends.dropQr}
          isMono
          rows={3}
          autoFocus
          spellCheck={false}
          autoComplete="off"
          onKeyDown={submitOnEnter}
        />
        <div className={styles.reader}>
          <FileButton accept="image/*" icon={<ScanQrCode />} onChoose={(file) => void reader.read(file)}>
            {t.friends.readQr}
          </FileButton>
        </div>
        <TextField
          label={t.friends.greeting}
          value={greeting}
          onChange={setWritten}
          description={t.friends.greetingHint}
          error={greetingProblem}
          rows={3}
        />
        <div className={styles.actions}>
          <Button onClick={close}>{t.common.cancel}</Button>
          <Button kind="primary" type="submit" icon={<UserPlus />} isBusy={isSending}>
            {t.friends.sendRequest}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** A Tox ID has no line breaks: Enter sends the form although the field has two lines. */
function submitOnEnter(event: { key: string; preventDefault(): void; currentTarget: HTMLElement }): void {
  if (event.key !== 'Enter') return
  event.preventDefault()
  event.currentTarget.closest('form')?.requestSubmit()
}

function problemOf(greeting: string, empty: string, tooLong: string): string | undefined {
  if (greeting.trim() === '') return empty
  return utf8Length(greeting.trim()) > FRIEND_REQUEST_BYTES_MAX ? tooLong : undefined
}
