import { Download, File } from 'lucide-react'
import type { Message } from '../../../shared/model/message.ts'
import { useShell, useStores } from '../../app-context.tsx'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import styles from './file-card.module.css'
import { useAttempt } from './use-attempt.ts'

interface FileCardProps {
  readonly message: Message
  readonly file: NonNullable<Message['file']>
  readonly isReachable: boolean
}

/** A small file that is a message: it waited, or waits, for the other side. */
export function FileCard({ message, file, isReachable }: FileCardProps) {
  const t = useTexts().conversation
  const formats = useFormats()
  const save = useSaveWaiting()
  return (
    <span className={styles.card}>
      <File className={styles.icon} aria-hidden="true" />
      <span className={styles.words}>
        <span className={styles.name}>{file.name}</span>
        <span className={styles.size}>{formats.bytes(file.sizeBytes)}</span>
      </span>
      <IconButton
        label={t.actions.save}
        icon={<Download />}
        tabIndex={isReachable ? 0 : -1}
        onClick={() => save(message)}
      />
    </span>
  )
}

/** Asks where to, and writes the file there. */
export function useSaveWaiting(): (message: Message) => void {
  const t = useTexts().conversation
  const shell = useShell()
  const { files } = useStores()
  const { attempt } = useAttempt()
  return ({ id, file }) => {
    if (!file) return
    attempt(t.files.saveFailed(file.name), async () => {
      const path = await shell.chooseSavePath(file.name)
      if (path === undefined) return
      await files.getState().saveWaiting(id, path)
      await shell.deliver(path)
    })
  }
}
