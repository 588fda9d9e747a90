import { File as FileIcon, X } from 'lucide-react'
import { WAITING_FILE_BYTES_MAX } from '../../../shared/limits.ts'
import type { Friend } from '../../../shared/model/friend.ts'
import { useSettings } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import { useFormats, useTexts } from '../../text/voice.tsx'
import { classNames } from '../../ui/class-names.ts'
import { IconButton } from '../../ui/icon-button.tsx'
import { usePrice } from '../delivery/use-price.ts'
import styles from './attachment-tray.module.css'
import { isStoredOnNetwork } from './offline-strip.ts'
import { type Attachment, isSendable } from './use-attachments.ts'

interface AttachmentTrayProps {
  readonly attachments: readonly Attachment[]
  readonly friend: Friend
  readonly onRemove: (id: number) => void
}

/** Files above the composer, each with its size and what becomes of it, or why it cannot be sent now. */
export function AttachmentTray({ attachments, friend, onRemove }: AttachmentTrayProps) {
  const t = useTexts().conversation.composer
  if (attachments.length === 0) return undefined
  return (
    <ul className={styles.tray} aria-label={t.attachments}>
      {attachments.map((attachment) => (
        <AttachmentLine key={attachment.id} attachment={attachment} friend={friend} onRemove={onRemove} />
      ))}
    </ul>
  )
}

interface AttachmentLineProps {
  readonly attachment: Attachment
  readonly friend: Friend
  readonly onRemove: (id: number) => void
}

function AttachmentLine({ attachment, friend, onRemove }: AttachmentLineProps) {
  const t = useTexts().conversation
  const formats = useFormats()
  const settingTtl = useSettings(({ settings }) => settings?.fileTtlSeconds) ?? 0
  const { id, file, fit } = attachment
  const isPaid = fit === 'waits' && isStoredOnNetwork(friend)
  const seconds = usePrice(isPaid ? file.size : undefined, friend.ttlSeconds ?? settingTtl)
  const words = useFitWords(attachment, nameOf(friend))
  return (
    <li className={classNames(styles.line, !isSendable(attachment) && styles.impossible)}>
      <FileIcon className={styles.icon} aria-hidden="true" />
      <span className={styles.words}>
        <span className={styles.name}>{file.name}</span>
        <span className={styles.fit}>
          {formats.bytes(file.size)}
          {words !== '' && ` · ${words}`}
          {seconds !== undefined && `, ${t.composer.pricePerFile(formats.duration(seconds))}`}
        </span>
      </span>
      <IconButton label={t.composer.removeAttachment(file.name)} icon={<X />} onClick={() => onRemove(id)} side="top" />
    </li>
  )
}

function useFitWords({ fit }: Attachment, name: string): string {
  const t = useTexts().conversation.files
  const formats = useFormats()
  switch (fit) {
    case 'transfer':
      return ''
    case 'waits':
      return t.waits
    case 'empty':
      return t.empty
    case 'too-large-to-wait':
      return t.tooLargeToWait(name, formats.bytes(WAITING_FILE_BYTES_MAX))
    case 'not-answered':
      return t.notAnswered(name)
    case 'unsupported':
      return t.unsupported(name)
  }
}
