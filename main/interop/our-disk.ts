import type { Change, MessageChange } from '../offline/change.ts'
import { EventLog } from './event-log.ts'
import type { MessageKind } from './peer-events.ts'

/** What the history says. `number` names an own message: the first is 1. */
export type MailNews =
  | { readonly kind: 'incoming'; readonly friend: string; readonly messageKind: MessageKind; readonly text: Uint8Array }
  | { readonly kind: 'delivered'; readonly friend: string; readonly number: number }

interface OwnMessage {
  readonly friend: string
  readonly number: number
}

/** What a person of ours has on disk: the engine's rows, and the history. It outlives a crash. */
export class OurDisk {
  readonly news = new EventLog<MailNews>()
  readonly rows: Map<string, Uint8Array>
  /** By message id. */
  readonly #own: Map<string, OwnMessage>

  /** before   the disk as it was when its owner crashed */
  constructor(before?: OurDisk) {
    this.rows = new Map(before?.rows)
    this.#own = new Map(before === undefined ? [] : before.#own)
  }

  write({ writes, messages }: Change): void {
    for (const { key, value } of writes) {
      if (value) this.rows.set(key, value.slice())
      else this.rows.delete(key)
    }
    for (const message of messages) this.#note(message)
  }

  numberOf(messageId: string): number {
    const own = this.#own.get(messageId)
    if (!own) throw new Error('a message that is not on disk')
    return own.number
  }

  #note(change: MessageChange): void {
    if (change.kind === 'outgoing') {
      this.#own.set(change.messageId, { friend: change.friend, number: this.#own.size + 1 })
    } else if (change.kind === 'incoming' && change.content.kind !== 'file') {
      const messageKind = change.content.kind === 'action' ? 'action' : 'message'
      this.news.push({ kind: 'incoming', friend: change.friend, messageKind, text: change.content.text })
    } else if (change.kind === 'state' && change.state === 'delivered') {
      const own = this.#own.get(change.messageId)
      if (own) this.news.push({ kind: 'delivered', ...own })
    }
  }
}
