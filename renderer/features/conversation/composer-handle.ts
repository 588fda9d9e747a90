import type { Message } from '../../../shared/model/message.ts'

/** What the rest of the conversation asks of the composer. */
export interface ComposerHandle {
  readonly focus: () => void
  /** Begins an answer with the words of a message. */
  readonly quote: (text: string) => void
  /** Takes the words of a message that is still queued, to send others in their place. */
  readonly edit: (message: Message) => void
  readonly addFiles: (files: readonly File[]) => void
}
