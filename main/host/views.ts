import { toHex, utf8Decode } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import type { MessageRow } from '../db/message-row.ts'
import type { TransferRow } from '../db/transfers.ts'
import type { FriendView } from '../engine/events.ts'
import type { Friend, LastFile, LastMessage, OfflineMessages } from '../../shared/model/friend.ts'
import { type Message, MessageState, StateReason } from '../../shared/model/message.ts'
import { ownWordsOf } from '../../shared/quoting.ts'
import { plainLine } from './plain-line.ts'

/** The last moment that the contract can say. */
const TIMESTAMP_MAX: Instant = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** ISO 8601 with milliseconds, UTC. A friend may claim any time up to 2^53: what is later than year 9999 is shown as its end. */
export function timestampOf(at: Instant): string {
  return new Date(Math.min(at, TIMESTAMP_MAX)).toISOString()
}

/** A row of the history as the contract shows it. `progress` is not kept on disk. */
export function messageOf(row: MessageRow, progress?: number): Message {
  const { content, copies, expiresAt } = row
  const kind = content.kind === 'missing' ? 'text' : content.kind
  const state = MessageState.parse(row.state)
  const isFile = content.kind === 'file'
  return {
    id: row.id,
    friend: row.friend,
    direction: row.isOutgoing ? 'out' : 'in',
    kind,
    text: isFile ? '' : content.text,
    ...(isFile ? { file: { name: plainLine(content.text), sizeBytes: content.bytes?.length ?? 0 } } : {}),
    sentAt: timestampOf(row.sentAt),
    state,
    ...(row.reason === undefined ? {} : { reason: StateReason.parse(row.reason) }),
    ...(copies ? { copies } : {}),
    ...(expiresAt === undefined ? {} : { expiresAt: timestampOf(expiresAt) }),
    ...(state === 'proving' && progress !== undefined ? { progress } : {}),
    isRead: row.isRead,
  }
}

/** The first characters of a message, as a list shows them in one line. */
const LAST_TEXT_CHARS_MAX = 200

export function lastMessageOf(row: MessageRow): LastMessage {
  const { id, direction, kind, sentAt, state, reason } = messageOf(row)
  const words = kind === 'file' ? plainLine(row.content.text) : ownWordsOf(row.content.text)
  const text = Array.from(words.slice(0, 2 * LAST_TEXT_CHARS_MAX))
    .slice(0, LAST_TEXT_CHARS_MAX)
    .join('')
  return { id, direction, kind, text, sentAt, state, ...(reason === undefined ? {} : { reason }) }
}

/** What the app knows of a friend beside the messenger. */
export interface FriendMore {
  readonly offlineMessages: OfflineMessages
  readonly unreadCount: number
  readonly hasMet: boolean
  readonly draft: string
  readonly ttlSeconds: number | undefined
  readonly newest: MessageRow | undefined
  readonly newestFile: TransferRow | undefined
}

/** A friend as the contract shows her. */
export function friendOf(view: FriendView, more: FriendMore): Friend {
  const { offlineMessages, unreadCount, hasMet, draft, ttlSeconds, newest, newestFile } = more
  return {
    publicKey: toHex(view.publicKey.bytes),
    name: plainLine(utf8Decode(view.name)),
    statusMessage: plainLine(utf8Decode(view.statusMessage)),
    status: view.status,
    online: view.isOnline,
    isTyping: view.isTyping,
    isRequested: !view.isConfirmed,
    offlineMessages,
    unreadCount,
    hasMet,
    draft,
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
    ...(newest ? { lastMessage: lastMessageOf(newest) } : {}),
    ...lastFileOf(newestFile, newest),
    ...(view.lastSeenAt > 0 ? { lastSeenAt: timestampOf(view.lastSeenAt) } : {}),
  }
}

function lastFileOf(
  transfer: TransferRow | undefined,
  newest: MessageRow | undefined,
): { readonly lastFile?: LastFile } {
  if (!transfer || (newest && newest.id > transfer.afterMessageId)) return {}
  const { isOutgoing, file, startedAt } = transfer
  return {
    lastFile: { direction: isOutgoing ? 'out' : 'in', name: plainLine(file.name), startedAt: timestampOf(startedAt) },
  }
}
