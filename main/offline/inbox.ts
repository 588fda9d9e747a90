import { DecodeError } from '../base/byte-reader.ts'
import { equalBytes, toHex } from '../base/bytes.ts'
import type { Counters } from '../base/counters.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { type Instant, MINUTE_MS, type Wake } from '../base/time.ts'
import { encode, type PacketOf } from '../wire/codec.ts'
import {
  type contentPart,
  MESSAGE_ID_BYTES,
  MESSAGE_IDS_MAX,
  type messageFollows,
  messagesCollected,
} from '../wire/offline-packets.ts'
import type { MessageKind } from '../tox/messenger/messenger-events.ts'
import type { MessageContent } from './change.ts'
import { CONTENT_BYTES_MAX, contentFault, decodeContent, encodeContent } from './content.ts'
import type { Release } from './incoming-order.ts'
import type { Journal } from './journal.ts'
import type { Transfer } from './meeting.ts'
import type { OfflineFriend } from './offline-friend.ts'

/** How long a message waits for one before it, if the mailboxes cannot be asked. */
const GAP_WAIT_MS_MAX = MINUTE_MS

/** A message of a friend, whichever way it came. `content` is encoded mailContent. */
export interface IncomingMessage {
  readonly messageId: Uint8Array
  readonly sequence: number
  readonly sentAtMs: number
  readonly content: Uint8Array
}

interface InboxParts {
  readonly journal: Journal
  readonly random: Random
  readonly counters: Counters
}

/** Takes friends' messages, each once, and puts them into the history in the order of their sender. */
export class Inbox {
  readonly #parts: InboxParts

  constructor(parts: InboxParts) {
    this.#parts = parts
  }

  /** Returns false if the content is no message; true if it is on its way to the disk, or was there already. */
  accept(friend: OfflineFriend, message: IncomingMessage, now: Instant): boolean {
    if (friend.known.has(message.messageId)) return true
    if (!isContent(message.content)) {
      this.#parts.counters.add('offline.contentsRefused')
      return false
    }
    const historyId = friend.known.add(message.messageId, this.#parts.random, now)
    const arrival = { ...message, content: message.content.slice(), historyId }
    this.#release(
      friend,
      friend.order.take(arrival, () => friend.unnumberedSequence(), now),
      now,
    )
    return true
  }

  /** The friend names the message that its next packet 64 or 65 carries. */
  handleFollows(friend: OfflineFriend, packet: PacketOf<typeof messageFollows>): void {
    const { meeting } = friend
    if (!meeting) return
    meeting.announced = { ...packet, messageId: packet.messageId.slice() }
  }

  /** Packet 64 or 65. Returns the id to acknowledge, if it had one. */
  handleMessage(friend: OfflineFriend, kind: MessageKind, text: Uint8Array, now: Instant): Uint8Array | undefined {
    const announced = friend.meeting?.announced
    if (friend.meeting) friend.meeting.announced = undefined
    const content: MessageContent = { kind: kind === 'message' ? 'text' : 'action', text: text.slice() }
    if (contentFault(content)) return undefined
    if (!announced) {
      this.#acceptPlain(friend, content, now)
      return undefined
    }
    const isTaken = this.accept(friend, { ...announced, content: encodeContent(content) }, now)
    return isTaken ? announced.messageId : undefined
  }

  /** A stretch of a file. Returns the id to acknowledge once all of it came. */
  handleContentPart(friend: OfflineFriend, packet: PacketOf<typeof contentPart>, now: Instant): Uint8Array | undefined {
    const { meeting } = friend
    if (!meeting) return undefined
    if (friend.known.has(packet.messageId)) {
      const isEnd = packet.offset === 0 || packet.offset + packet.part.length >= packet.length
      return isEnd ? packet.messageId.slice() : undefined
    }
    const transfer = transferFor(meeting.transfer, packet)
    meeting.transfer = transfer
    if (!transfer) {
      this.#parts.counters.add('offline.partsRefused')
      return undefined
    }
    transfer.content.set(packet.part, packet.offset)
    transfer.received += packet.part.length
    if (transfer.received < transfer.content.length) return undefined
    meeting.transfer = undefined
    const isTaken = this.accept(friend, transfer, now)
    return isTaken ? transfer.messageId : undefined
  }

  /** What SENDER has not said that it knows: this opens a meeting. */
  reports(friend: OfflineFriend): Uint8Array[] {
    const messageIds = friend.known.unreported()
    const packets: Uint8Array[] = []
    for (let at = 0; at < messageIds.length; at += MESSAGE_IDS_MAX) {
      packets.push(encode(messagesCollected, { subType: 5, messageIds: messageIds.slice(at, at + MESSAGE_IDS_MAX) }))
    }
    return packets
  }

  /** All that could hold what is missing was asked: the messages after it wait no longer. */
  endWaiting(friend: OfflineFriend, now: Instant): void {
    if (friend.order.waitingSince === undefined) return
    const { withdrawnCount } = friend
    friend.withdrawnCount = 0
    this.#release(friend, friend.order.release(withdrawnCount), now)
  }

  handleTimeout(friend: OfflineFriend, now: Instant): void {
    const wake = this.nextTimeout(friend)
    if (wake && wake.at <= now) this.endWaiting(friend, now)
  }

  nextTimeout({ order }: OfflineFriend): Wake | undefined {
    return order.waitingSince === undefined
      ? undefined
      : { at: order.waitingSince + GAP_WAIT_MS_MAX, why: 'a message before this one' }
  }

  /** A message of a plain Tox client, which has neither id nor number. */
  #acceptPlain(friend: OfflineFriend, content: MessageContent, now: Instant): void {
    const historyId = randomBytes(this.#parts.random, MESSAGE_ID_BYTES)
    this.#parts.journal.note({
      kind: 'incoming',
      messageId: toHex(historyId),
      friend: friend.hex,
      content,
      sentAtMs: Math.floor(now),
      sequence: friend.unnumberedSequence(),
    })
  }

  #release(friend: OfflineFriend, released: readonly Release[], now: Instant): void {
    for (const release of released) {
      if (release.kind === 'missing') {
        const { sequence } = release
        this.#parts.journal.note({ kind: 'missing', friend: friend.hex, sequence, atMs: Math.floor(now) })
        continue
      }
      const { historyId, sequence, sentAtMs, content } = release.arrival
      this.#parts.journal.note({
        kind: 'incoming',
        messageId: toHex(historyId),
        friend: friend.hex,
        content: decodeContent(content),
        sentAtMs,
        sequence,
      })
    }
  }
}

/** Parts come in order; the first begins a transfer, whatever was begun before. */
function transferFor(transfer: Transfer | undefined, packet: PacketOf<typeof contentPart>): Transfer | undefined {
  const { messageId, sequence, sentAtMs, length, offset, part } = packet
  if (length > CONTENT_BYTES_MAX || offset + part.length > length) return undefined
  if (offset === 0)
    return { messageId: messageId.slice(), sequence, sentAtMs, content: new Uint8Array(length), received: 0 }
  const isNext = transfer?.received === offset && transfer.content.length === length
  return isNext && equalBytes(transfer.messageId, messageId) ? transfer : undefined
}

function isContent(content: Uint8Array): boolean {
  try {
    decodeContent(content)
    return true
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}
