import { Paperclip, SendHorizontal, X } from 'lucide-react'
import { type ClipboardEvent, type FormEvent, type KeyboardEvent, type RefObject, useId, useRef } from 'react'
import { DRAFT_CHARS_MAX } from '../../../shared/limits.ts'
import type { Friend } from '../../../shared/model/friend.ts'
import { useMessages, useSettings } from '../../app-context.tsx'
import { nameOf } from '../../stores/friends-store.ts'
import { useTexts } from '../../text/voice.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { deliveryActions } from '../delivery/delivery-mark.ts'
import { AttachmentTray } from './attachment-tray.tsx'
import type { ComposerHandle } from './composer-handle.ts'
import { ComposerHints } from './composer-hints.tsx'
import styles from './composer.module.css'
import { EmojiButton } from './emoji-button.tsx'
import { imagesOf } from './pasted-images.ts'
import { isSendable } from './use-attachments.ts'
import { useComposer } from './use-composer.ts'

interface ComposerProps {
  readonly friend: Friend
  readonly handle: RefObject<ComposerHandle | null>
}

/** Where one writes. Nothing here waits for the host: a key only changes the field. */
export function Composer({ friend, handle }: ComposerProps) {
  const t = useTexts().conversation.composer
  const name = nameOf(friend)
  const hintsId = useId()
  const { field, text, write, insert, attachments, editing, submit, stopTyping } = useComposer(friend, handle)
  const hasSomething = text.trim() !== '' || attachments.attachments.some(isSendable)
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (hasSomething) void submit()
  }
  const onKeyDown = useComposerKeys({
    friend,
    text,
    handle,
    isEditing: editing.message !== undefined,
    endEdit: editing.end,
  })
  return (
    <form className={styles.composer} onSubmit={onSubmit} aria-label={t.label(name)}>
      {editing.message && (
        <div className={styles.editing}>
          <span>{t.editing}</span>
          <IconButton label={t.stopEditing} icon={<X />} onClick={editing.end} side="top" />
        </div>
      )}
      <AttachmentTray attachments={attachments.attachments} friend={friend} onRemove={attachments.remove} />
      <ComposerHints id={hintsId} text={text} friend={friend} />
      <div className={styles.line}>
        <AttachButton onFiles={attachments.add} />
        <EmojiButton onSelect={insert} field={field} />
        <div className={styles.field} data-text={text}>
          <textarea
            ref={field}
            rows={1}
            value={text}
            maxLength={DRAFT_CHARS_MAX}
            placeholder={t.placeholder}
            aria-label={t.label(name)}
            aria-describedby={hintsId}
            dir="auto"
            onChange={(event) => write(event.currentTarget.value)}
            onKeyDown={onKeyDown}
            onBlur={stopTyping}
            onPaste={(event) => pasteFiles(event, (files) => attachments.add(files), t.pastedImage)}
          />
        </div>
        <IconButton
          type="submit"
          label={t.send}
          icon={<SendHorizontal data-mirrors="" />}
          className={styles.send}
          disabled={!hasSomething}
          side="top"
        />
      </div>
    </form>
  )
}

function AttachButton({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const t = useTexts().conversation.composer
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
      <IconButton label={t.attach} icon={<Paperclip />} onClick={() => input.current?.click()} side="top" />
    </>
  )
}

interface KeysInput {
  readonly friend: Friend
  readonly text: string
  readonly handle: RefObject<ComposerHandle | null>
  readonly isEditing: boolean
  readonly endEdit: () => void
}

/** Enter sends or breaks the line, as the settings say; the upward arrow takes the last message back if it still waits here. */
function useComposerKeys({ friend, text, handle, isEditing, endEdit }: KeysInput) {
  const enterSends = useSettings(({ settings }) => settings?.enterSends) ?? true
  const newest = useMessages(({ byFriend }) => byFriend[friend.publicKey]?.messages.at(-1))
  return (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return
    const isCommand = event.ctrlKey || event.metaKey
    if (event.key === 'Enter' && (isCommand || (enterSends && !event.shiftKey && !event.altKey))) {
      event.preventDefault()
      event.currentTarget.form?.requestSubmit()
    } else if (event.key === 'Escape' && isEditing) {
      event.preventDefault()
      endEdit()
    } else if (event.key === 'ArrowUp' && text === '' && newest && deliveryActions(newest).canEdit) {
      event.preventDefault()
      handle.current?.edit(newest)
    }
  }
}

/** Pictures from the clipboard become files; words go into the field as ever. */
function pasteFiles(
  event: ClipboardEvent,
  onFiles: (files: readonly File[]) => void,
  nameOfImage: (when: string) => string,
): void {
  const files = imagesOf(event.clipboardData, new Date(), nameOfImage)
  if (files.length === 0) return
  event.preventDefault()
  onFiles(files)
}
