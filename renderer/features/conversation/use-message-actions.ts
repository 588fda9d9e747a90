import type { RefObject } from 'react'
import type { Message } from '../../../shared/model/message.ts'
import { useStores } from '../../app-context.tsx'
import { useTexts } from '../../text/voice.tsx'
import type { ComposerHandle } from './composer-handle.ts'
import { useSaveWaiting } from './file-card.tsx'
import { useAttempt } from './use-attempt.ts'

/** All that can be done with a message, as functions that tell by themselves when they fail. */
export function useMessageActions(composer: RefObject<ComposerHandle | null>) {
  const t = useTexts()
  const { messages, view } = useStores()
  const { attempt } = useAttempt()
  const save = useSaveWaiting()
  const texts = t.conversation.actions
  return {
    copy: ({ text }: Message) =>
      attempt(t.errors.couldNot.copy, () => navigator.clipboard.writeText(text), texts.copied),
    reply: ({ text, file }: Message) => composer.current?.quote(file?.name ?? text),
    edit: (message: Message) => composer.current?.edit(message),
    cancel: ({ id }: Message) => attempt(texts.cancelFailed, () => messages.getState().cancel(id)),
    resend: ({ id }: Message) => attempt(texts.resendFailed, () => messages.getState().resend(id)),
    remove: ({ id }: Message) => attempt(texts.removeFailed, () => messages.getState().remove(id)),
    showDelivery: ({ id }: Message) => view.getState().showDelivery(id),
    save,
  }
}
