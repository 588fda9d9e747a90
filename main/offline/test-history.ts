import { utf8Decode } from '../base/bytes.ts'
import type { Change, MessageChange, MessageContent } from './change.ts'

interface HistoryRow {
  readonly isOutgoing: boolean
  readonly friend: string
  messageId: string | undefined
  readonly sequence: number | undefined
  text: string
  state: string
  reason: string | undefined
  copies: { held: number; wanted: number } | undefined
  expiresAt: number | undefined
  readonly steps: string[]
}

/**
 * The disk of one side: engine rows, and the history under the same rules as the database has. It throws where the
 * database would: an id that is taken, a sequence that is no missing one.
 */
export class TestDisk {
  readonly rows = new Map<string, Uint8Array>()
  readonly history: HistoryRow[] = []

  /** A copy, as a backup has it. */
  copy(): TestDisk {
    const copy = new TestDisk()
    for (const [key, value] of this.rows) copy.rows.set(key, value.slice())
    copy.history.push(...this.history.map((row) => ({ ...row, steps: [...row.steps] })))
    return copy
  }

  apply({ writes, messages }: Change): void {
    for (const { key, value } of writes) {
      if (value) this.rows.set(key, value.slice())
      else this.rows.delete(key)
    }
    for (const message of messages) this.#note(message)
  }

  texts(friend: string): string[] {
    return this.history.filter((row) => row.friend === friend && !row.isOutgoing).map(({ text }) => text)
  }

  outgoing(messageId: string): HistoryRow {
    const row = this.history.find((known) => known.isOutgoing && known.messageId === messageId)
    if (!row) throw new Error(`no outgoing message ${messageId}`)
    return row
  }

  /** How many rows of a family there are. */
  count(family: string): number {
    return [...this.rows.keys()].filter((key) => key.startsWith(`${family}/`)).length
  }

  #note(message: MessageChange): void {
    if (message.kind === 'state') {
      const row = this.history.find(({ messageId, isOutgoing }) => isOutgoing && messageId === message.messageId)
      if (!row) throw new Error('state of an unknown message')
      row.state = message.state
      row.reason = message.reason
      row.copies = message.copies ? { ...message.copies } : row.copies
      row.expiresAt = message.expiresAtMs ?? row.expiresAt
      const step = message.reason ? `${message.state} (${message.reason})` : message.state
      if (row.steps.at(-1) !== step) row.steps.push(step)
      return
    }
    if (message.kind === 'edited') {
      this.outgoing(message.messageId).text = textOf(message.content)
      return
    }
    if (message.kind !== 'missing' && this.history.some(({ messageId }) => messageId === message.messageId)) {
      throw new Error(`message id ${message.messageId} is taken`)
    }
    if (message.kind === 'outgoing') {
      const step = message.reason ? `queued (${message.reason})` : 'queued'
      const { friend, messageId } = message
      this.#add({ isOutgoing: true, friend, messageId, text: textOf(message.content), state: 'queued', steps: [step] })
      this.outgoing(messageId).reason = message.reason
      return
    }
    const { friend, sequence } = message
    const kept = this.history.find((row) => !row.isOutgoing && row.friend === friend && row.sequence === sequence)
    if (message.kind === 'missing') {
      if (kept) throw new Error(`sequence ${sequence} is not missing`)
      this.#add({ isOutgoing: false, friend, sequence, text: '(missing)', state: 'received', steps: [] })
    } else if (kept) {
      if (kept.text !== '(missing)') throw new Error(`sequence ${sequence} is taken`)
      kept.messageId = message.messageId
      kept.text = textOf(message.content)
    } else {
      const { messageId } = message
      const text = textOf(message.content)
      this.#add({ isOutgoing: false, friend, messageId, sequence, text, state: 'received', steps: [] })
    }
  }

  #add(row: Partial<HistoryRow> & Pick<HistoryRow, 'isOutgoing' | 'friend' | 'text' | 'state' | 'steps'>): void {
    this.history.push({
      messageId: undefined,
      sequence: undefined,
      reason: undefined,
      copies: undefined,
      expiresAt: undefined,
      ...row,
    })
  }
}

function textOf(content: MessageContent): string {
  return content.kind === 'file'
    ? `${utf8Decode(content.name)} (${content.bytes.length} bytes)`
    : utf8Decode(content.text)
}
