import type { FileTransferView } from '../../../shared/model/file.ts'
import type { Message } from '../../../shared/model/message.ts'
import { covers } from '../../stores/message-window.ts'
import type { Jump } from '../../stores/jump.ts'

/** One line of the conversation as it is drawn: a message, a file that goes or went, or a line between them. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'unread'; readonly key: string }
  | {
      readonly kind: 'message'
      readonly key: string
      readonly message: Message
      /** Whether it begins or ends a run of messages of one person written shortly after one another. */
      readonly isFirst: boolean
      readonly isLast: boolean
    }
  | { readonly kind: 'transfer'; readonly key: string; readonly transfer: FileTransferView }

type Entry = Extract<Row, { kind: 'message' | 'transfer' }>

/** Messages of one person closer together than this look like one. */
export const GROUP_GAP_MS = 5 * 60_000

export interface RowsInput {
  readonly messages: readonly Message[]
  /** File transfers of this conversation, in any order. */
  readonly transfers: readonly FileTransferView[]
  /** The first message that was new when the conversation was opened. */
  readonly firstUnreadId: number | undefined
  /** Whether messages older or newer than these exist: transfers among those are not shown among these. */
  readonly hasOlder: boolean
  readonly hasNewer: boolean
}

/** Whether there is neither a message nor a file to show. */
export function isNothingThere(
  { messages, hasOlder }: Pick<RowsInput, 'messages' | 'hasOlder'>,
  transfers: RowsInput['transfers'],
): boolean {
  return messages.length === 0 && !hasOlder && transfers.length === 0
}

/** Lays out a conversation: a line for each day and before what is new, and messages in groups. */
export function messageRows(input: RowsInput): Row[] {
  const entries = withTransfers(input)
  const rows: Row[] = []
  let day = ''
  entries.forEach((entry, index) => {
    const at = timeOf(entry)
    const isNewDay = dayOf(at) !== day
    const isUnread = entry.kind === 'message' && entry.message.id === input.firstUnreadId
    // Above the first of more messages no line is drawn: it would have to move when those are loaded.
    if (isNewDay && (index > 0 || !input.hasOlder)) rows.push({ kind: 'day', key: `day ${entry.key}`, at })
    if (isUnread) rows.push({ kind: 'unread', key: 'unread' })
    day = dayOf(at)
    if (entry.kind === 'transfer') {
      rows.push(entry)
      return
    }
    const isFirst = isNewDay || isUnread || !belongTogether(entries[index - 1], entry)
    const next = entries[index + 1]
    const isLast =
      !belongTogether(entry, next) ||
      (next?.kind === 'message' && (next.message.id === input.firstUnreadId || dayOf(timeOf(next)) !== day))
    rows.push({ ...entry, isFirst, isLast })
  })
  return rows
}

/** The time of what is drawn at a place, for the day that floats above it; undefined at a line of its own. */
export function timeAt(rows: readonly Row[], index: number): string | undefined {
  const row = rows[index]
  if (row === undefined || row.kind === 'day' || row.kind === 'unread') return undefined
  return row.kind === 'message' ? row.message.sentAt : row.transfer.startedAt
}

/** The oldest message that is drawn. */
export function firstIdOf(rows: readonly Row[]): number | undefined {
  const first = rows.find((row) => row.kind === 'message')
  return first?.message.id
}

/** The newest message if it is an own one, else 0. */
export function newestOwnIdOf(rows: readonly Row[]): number {
  const newest = rows.findLast((row) => row.kind === 'message')
  return newest?.message.direction === 'out' ? newest.message.id : 0
}

/** Where a message is drawn, or -1. */
export function rowIndexOf(rows: readonly Row[], messageId: number): number {
  return rows.findIndex((row) => row.kind === 'message' && row.message.id === messageId)
}

/** The key of the row that a jump goes to. */
export function goalKeyOf({ messageId, transferId }: Jump): string {
  return transferId === undefined ? `message ${messageId}` : `transfer ${transferId}`
}

/** Each transfer stands after the message that was the newest when it was offered. */
function withTransfers(input: RowsInput): Entry[] {
  const messages = input.messages.map(
    (message): Entry => ({ kind: 'message', key: `message ${message.id}`, message, isFirst: true, isLast: true }),
  )
  const transfers = input.transfers
    .filter(({ afterMessageId }) => covers(input, afterMessageId))
    .map((transfer): Entry => ({ kind: 'transfer', key: `transfer ${transfer.id}`, transfer }))
  return [...messages, ...transfers].toSorted((a, b) => placeOf(a) - placeOf(b) || turnOf(a) - turnOf(b))
}

function placeOf(entry: Entry): number {
  return entry.kind === 'message' ? entry.message.id : entry.transfer.afterMessageId
}

/** The order of what stands at one place: the message, then the files after it. */
function turnOf(entry: Entry): number {
  return entry.kind === 'message' ? 0 : entry.transfer.id
}

function timeOf(entry: Entry): string {
  return entry.kind === 'message' ? entry.message.sentAt : entry.transfer.startedAt
}

function belongTogether(before: Entry | undefined, after: Entry | undefined): boolean {
  if (before?.kind !== 'message' || after?.kind !== 'message') return false
  if (before.message.direction !== after.message.direction) return false
  if (before.message.kind === 'action' || after.message.kind === 'action') return false
  if (isMissing(before.message) || isMissing(after.message)) return false
  return Math.abs(Date.parse(after.message.sentAt) - Date.parse(before.message.sentAt)) < GROUP_GAP_MS
}

/** A place held for a friend's message that has not come yet. */
export function isMissing({ direction, reason }: Message): boolean {
  return direction === 'in' && reason === 'message-missing'
}

/** The day in the reader's own time zone. */
function dayOf(timestamp: string): string {
  const date = new Date(timestamp)
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`
}
