import type { Instant } from '../base/time.ts'
import { encode } from '../wire/codec.ts'
import { CONTENT_PART_BYTES_MAX, contentPart, messageFollows } from '../wire/offline-packets.ts'
import { decodeContent } from './content.ts'
import type { Gate } from './gate.ts'
import type { Journal } from './journal.ts'
import type { OfflineFriend } from './offline-friend.ts'
import type { Outbox } from './outbox.ts'
import type { OutboxEntry } from './outbox-entry.ts'

interface DirectParts {
  readonly outbox: Outbox
  readonly journal: Journal
  readonly gate: Gate
}

/**
 * Sends to friends who are online, in order: with the message id before each to those who speak the extension, who
 * acknowledge it by id; as plain Tox messages to the others, of whom Tox's receipt is all that is known.
 */
export class DirectDelivery {
  readonly #parts: DirectParts
  /** Messages to plain Tox friends that wait for Tox's receipt. */
  readonly #unreceipted = new Map<number, OutboxEntry>()

  constructor(parts: DirectParts) {
    this.#parts = parts
  }

  /** Sends what there is room for. */
  pump(friend: OfflineFriend, now: Instant): void {
    const { meeting, line } = friend
    if (!meeting || !line.flush(now)) return
    // A friend known as plain from before is not waited for; its hello may still come.
    const isUnheard = !meeting.hello && !meeting.isPlain
    if (isUnheard && friend.support !== 'plain') return
    for (const entry of this.#parts.outbox.of(friend)) {
      if (!entry.isOpen || entry.isCancelWanted || entry.sentIn === meeting) continue
      if (isUnheard && entry.isFile) continue
      // With the extension it may have this one already, under its id.
      if (isUnheard && (entry.wasSentDirectly || entry.placements.length > 0)) return
      if (meeting.hello ? this.#send(friend, entry, now) : this.#sendPlain(friend, entry, now)) continue
      line.waitForRoom(now)
      return
    }
  }

  /** The friend's client took a message. For a plain Tox client this is all that is ever known. */
  handleReceipt(receiptId: number, now: Instant): void {
    const entry = this.#unreceipted.get(receiptId)
    this.#unreceipted.delete(receiptId)
    if (entry?.isOpen) this.#parts.outbox.settle(entry, 'delivered', now)
  }

  /** The connection ended before these were taken: they are sent again. */
  handleUnreceipted(receiptIds: readonly number[]): void {
    for (const receiptId of receiptIds) {
      const entry = this.#unreceipted.get(receiptId)
      this.#unreceipted.delete(receiptId)
      if (entry) entry.sentIn = undefined
    }
  }

  /** The friend is gone: nothing is on its way any more. */
  handleOffline(friend: OfflineFriend): void {
    for (const entry of this.#parts.outbox.of(friend)) {
      entry.sentIn = undefined
      entry.sentBytes = 0
    }
    for (const [receiptId, entry] of this.#unreceipted) {
      if (entry.friend.equals(friend.publicKey)) this.#unreceipted.delete(receiptId)
    }
  }

  /** Returns false if there was no room for all of it. */
  #send(friend: OfflineFriend, entry: OutboxEntry, now: Instant): boolean {
    this.#number(friend, entry)
    const isSent = entry.isFile ? this.#sendParts(friend, entry, now) : this.#sendText(friend, entry, now)
    if (isSent) entry.sentIn = friend.meeting
    return isSent
  }

  /** Its number, and that it may be on its way, are on disk before it is. */
  #number(friend: OfflineFriend, entry: OutboxEntry): void {
    if (entry.sequence > 0 && entry.wasSentDirectly) return
    if (entry.sequence === 0) entry.sequence = friend.nextSequence()
    entry.wasSentDirectly = true
    entry.save(this.#parts.journal)
  }

  #sendText(friend: OfflineFriend, entry: OutboxEntry, now: Instant): boolean {
    const content = decodeContent(entry.content)
    if (content.kind === 'file') return true
    const { messageId, sequence, sentAtMs } = entry
    const follows = encode(messageFollows, { subType: 3, messageId, sequence, sentAtMs })
    if (this.#parts.gate.sendCustom(friend.publicKey, follows, now).kind !== 'sent') return false
    const kind = content.kind === 'text' ? 'message' : 'action'
    return this.#parts.gate.sendMessage(friend.publicKey, kind, content.text, now).kind === 'sent'
  }

  #sendParts(friend: OfflineFriend, entry: OutboxEntry, now: Instant): boolean {
    const { messageId, sequence, sentAtMs, content } = entry
    const length = content.length
    while (entry.sentBytes < length) {
      const offset = entry.sentBytes
      const part = content.subarray(offset, offset + CONTENT_PART_BYTES_MAX)
      const packet = encode(contentPart, { subType: 8, messageId, sequence, sentAtMs, length, offset, part })
      if (this.#parts.gate.sendCustom(friend.publicKey, packet, now).kind !== 'sent') return false
      entry.sentBytes += part.length
    }
    return true
  }

  /** A file has no form that a plain client would know: it waits until the friend has the extension. */
  #sendPlain(friend: OfflineFriend, entry: OutboxEntry, now: Instant): boolean {
    const content = decodeContent(entry.content)
    if (content.kind === 'file') {
      this.#parts.outbox.setStanding(entry, { state: entry.state, reason: 'unsupported' }, now)
      return true
    }
    const kind = content.kind === 'text' ? 'message' : 'action'
    const outcome = this.#parts.gate.sendMessage(friend.publicKey, kind, content.text, now)
    if (outcome.kind !== 'sent') return false
    entry.sentIn = friend.meeting
    this.#unreceipted.set(outcome.receiptId, entry)
    return true
  }
}
