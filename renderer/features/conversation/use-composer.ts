import { useImperativeHandle, useLayoutEffect, useRef, type RefObject } from 'react'
import type { Friend } from '../../../shared/model/friend.ts'
import type { Message } from '../../../shared/model/message.ts'
import { useStores, useUnsent } from '../../app-context.tsx'
import { useAsk } from '../../ask.ts'
import { useTexts } from '../../text/voice.tsx'
import type { ComposerHandle } from './composer-handle.ts'
import { outgoingParts, writtenAgain } from './outgoing-parts.ts'
import { draftWithQuote } from './quoting.ts'
import { useAttachments } from './use-attachments.ts'
import { useDraft } from './use-draft.ts'
import { useTypingNotice } from './use-typing-notice.ts'

/** What the composer holds, and what happens to it: written, quoted, edited, sent. */
export function useComposer(friend: Friend, handle: RefObject<ComposerHandle | null>) {
  const t = useTexts().conversation.composer
  const ask = useAsk()
  const { messages, drafts } = useStores()
  const field = useRef<HTMLTextAreaElement>(null)
  const [draft, setDraft] = useDraft(friend)
  const editing = useEditing(friend.publicKey)
  const text = editing.words ?? draft
  const caret = useCaret(field, text)
  const attachments = useAttachments(friend)
  const typing = useTypingNotice(friend.publicKey, friend.online)

  const setText = (next: string) => (editing.message ? editing.write(next) : setDraft(next))
  const write = (next: string) => {
    setText(next)
    typing.noteKey(next)
  }
  const insert = (piece: string) => {
    const start = field.current?.selectionStart ?? text.length
    const end = field.current?.selectionEnd ?? text.length
    write(text.slice(0, start) + piece + text.slice(end))
    caret.put(start + piece.length)
  }
  useImperativeHandle(handle, () => ({
    focus: () => field.current?.focus(),
    quote(words) {
      const next = draftWithQuote(words, text)
      setText(next)
      caret.put(next.length)
    },
    edit(message) {
      editing.begin(message)
      caret.put(message.text.length)
    },
    addFiles(files) {
      attachments.add(files)
      field.current?.focus()
    },
  }))

  const sendText = async () => {
    const parts = outgoingParts(text)
    setDraft('')
    typing.stop()
    for (const [index, part] of parts.entries()) {
      const { send, sendAction } = messages.getState()
      const isSent = await ask(t.sendFailed, async () => {
        await (part.kind === 'action' ? sendAction(friend.publicKey, part.text) : send(friend.publicKey, part.text))
      })
      if (!isSent) {
        drafts.getState().giveBack(friend.publicKey, writtenAgain(parts.slice(index)))
        return
      }
    }
  }
  const saveEdit = async (message: Message) => {
    const words = text.trim()
    if (words === '') return
    if (await ask(t.editTooLate, () => messages.getState().edit(message.id, words))) editing.end()
  }
  const submit = async () => {
    if (editing.message) await saveEdit(editing.message)
    else {
      await sendText()
      await attachments.sendAll()
    }
  }
  return { field, text, write, insert, attachments, editing, submit, stopTyping: typing.stop }
}

/** A queued message whose words are being changed. They are no draft: that is kept beside them, and comes back afterwards. */
function useEditing(friend: string) {
  const { unsent } = useStores()
  const edited = useUnsent((state) => state.edited[friend])
  return {
    message: edited?.message,
    words: edited?.words,
    begin: (message: Message) => unsent.getState().beginEdit(message),
    write: (words: string) => unsent.getState().writeEdit(friend, words),
    end: () => edited && unsent.getState().endEdit(edited.message),
  }
}

/** Puts the caret after words that were put into the field, once they stand there. */
function useCaret(field: RefObject<HTMLTextAreaElement | null>, text: string) {
  const wanted = useRef<number>(undefined)
  useLayoutEffect(() => {
    if (wanted.current === undefined) return
    field.current?.focus()
    field.current?.setSelectionRange(wanted.current, wanted.current)
    wanted.current = undefined
  }, [field, text])
  return {
    put: (position: number) => {
      wanted.current = position
    },
  }
}
