import type { Counters } from '../base/counters.ts'
import type { Instant } from '../base/time.ts'
import type { MessageKind } from '../tox/messenger/messenger-events.ts'
import { decode, encode } from '../wire/codec.ts'
import {
  contentPart,
  keyDoesExist,
  MESSAGE_IDS_MAX,
  messageFollows,
  messagesCollected,
  messagesRead,
  messagesTaken,
  newKey,
  sendAgain,
  subTypeOf,
} from '../wire/offline-packets.ts'
import type { AfterDisk } from './after-disk.ts'
import type { Collection } from './collection.ts'
import type { Effect } from './effects.ts'
import type { Inbox } from './inbox.ts'
import type { KeyExchange } from './key-exchange.ts'
import type { OfflineFriend } from './offline-friend.ts'
import type { Outbox } from './outbox.ts'

/** Acknowledgements that wait for room; what is dropped is reported at the next meeting. */
const TAKEN_MAX = 4_096

interface FriendPacketsParts {
  readonly outbox: Outbox
  readonly inbox: Inbox
  readonly keyExchange: KeyExchange
  readonly collection: Pick<Collection, 'requests'>
  readonly effects: AfterDisk<Effect>
  readonly counters: Counters
  readonly settings: { readonly tellsRead: boolean }
}

/** What friends say over their connection: the one table from packet 184 to who answers it. */
export class FriendPackets {
  readonly #parts: FriendPacketsParts
  readonly #taken = new WeakMap<OfflineFriend, Uint8Array[]>()

  constructor(parts: FriendPacketsParts) {
    this.#parts = parts
  }

  /** Throws DecodeError for a packet 184 that is none of ours. */
  handleCustom(friend: OfflineFriend, data: Uint8Array, now: Instant): void {
    const { inbox, outbox, keyExchange, effects } = this.#parts
    switch (subTypeOf(data)) {
      case 1:
        if (keyExchange.handleHello(friend, decode(keyDoesExist, data), now)) this.#handleMet(friend, now)
        return
      case 2:
        keyExchange.handleNewKey(friend, decode(newKey, data), now)
        return
      case 3:
        inbox.handleFollows(friend, decode(messageFollows, data))
        return
      case 4: {
        const { messageIds } = decode(messagesTaken, data)
        outbox.handleTaken(friend, messageIds, now)
        friend.known.markReported(messageIds)
        return
      }
      case 5: {
        const messageIds = decode(messagesCollected, data).messageIds.map((messageId) => messageId.slice())
        outbox.handleReported(friend, messageIds, now)
        // The friend reports these until it knows that we have them on disk.
        effects.push({ kind: 'taken', friend: friend.hex, messageIds })
        return
      }
      case 6:
        if (this.#parts.settings.tellsRead) outbox.handleRead(friend, decode(messagesRead, data).messageIds, now)
        return
      case 7: {
        const { epochId, slots } = decode(sendAgain, data)
        outbox.sendAgain(friend, epochId, slots, now)
        return
      }
      case 8:
        this.#acknowledge(friend, inbox.handleContentPart(friend, decode(contentPart, data), now))
        return
      case undefined:
      default:
        this.#parts.counters.add('offline.packetsUnknown')
    }
  }

  handleMessage(friend: OfflineFriend, kind: MessageKind, text: Uint8Array, now: Instant): void {
    this.#acknowledge(friend, this.#parts.inbox.handleMessage(friend, kind, text, now))
  }

  /** The friend's client took a packet of ours: what it said was read need not be said again. */
  handleReceipt(friend: OfflineFriend, receiptId: number): void {
    const told = new Set(friend.line.takeReceipt(receiptId).map(String))
    if (told.size > 0) friend.setReads(friend.reads.filter((messageId) => !told.has(String(messageId))))
  }

  /** Says what the person read and the friend was not told. */
  tellRead(friend: OfflineFriend): void {
    for (const messageIds of chunks(friend.reads)) {
      friend.line.push(encode(messagesRead, { subType: 6, messageIds }), messageIds)
    }
  }

  /** These are on our disk. */
  noteTaken(friend: OfflineFriend, messageIds: readonly Uint8Array[]): void {
    if (!friend.meeting) return
    const waiting = this.#taken.get(friend) ?? []
    this.#taken.set(friend, [...waiting, ...messageIds].slice(-TAKEN_MAX))
  }

  /** Acknowledges what came since the last call, many ids in a packet. */
  flushTaken(friend: OfflineFriend): void {
    const waiting = this.#taken.get(friend)
    if (!waiting) return
    this.#taken.delete(friend)
    for (const messageIds of chunks(waiting)) friend.line.push(encode(messagesTaken, { subType: 4, messageIds }))
  }

  #handleMet(friend: OfflineFriend, now: Instant): void {
    this.#parts.outbox.handleMet(friend, now)
    for (const request of this.#parts.collection.requests(friend)) friend.line.push(request)
    if (this.#parts.settings.tellsRead && friend.tellsRead) this.tellRead(friend)
  }

  #acknowledge(friend: OfflineFriend, messageId: Uint8Array | undefined): void {
    if (messageId) this.#parts.effects.push({ kind: 'taken', friend: friend.hex, messageIds: [messageId] })
  }
}

function chunks(messageIds: readonly Uint8Array[]): (readonly Uint8Array[])[] {
  const count = Math.ceil(messageIds.length / MESSAGE_IDS_MAX)
  return Array.from({ length: count }, (_, at) => messageIds.slice(at * MESSAGE_IDS_MAX, (at + 1) * MESSAGE_IDS_MAX))
}
