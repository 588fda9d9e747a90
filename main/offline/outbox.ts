import { equalBytes, toHex } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { DAY_MS, earliest, type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { MESSAGE_ID_BYTES } from '../wire/offline-packets.ts'
import type { DeliveryReason, DeliveryState, MessageContent } from './change.ts'
import { encodeContent } from './content.ts'
import type { Journal } from './journal.ts'
import type { OfflineFriend } from './offline-friend.ts'
import { OutboxEntry, type Standing } from './outbox-entry.ts'
import { SettledMessages } from './settled-messages.ts'

/** A message to be sent, with the sender's time of it in Unix milliseconds. */
export interface Outgoing {
  readonly content: MessageContent
  readonly sentAtMs: number
  readonly ttlSeconds: number
}

interface OutboxParts {
  readonly journal: Journal
  readonly random: Random
}

/** Deleting copies failed: again after this long, doubled each time. */
const REMOVE_RETRY_MS = MINUTE_MS
const REMOVE_RETRIES_MAX = 10
/** Longer than a tombstone can tell what became of a message. */
const ENDED_LIFE_MS = 62 * DAY_MS

/** Own messages that are not settled, and what becomes of each: the only place where their states end. */
export class Outbox {
  readonly settled: SettledMessages
  readonly #parts: OutboxParts
  readonly #entries = new Map<string, OutboxEntry>()
  #nextOrder = 1

  constructor(parts: OutboxParts) {
    this.#parts = parts
    this.settled = new SettledMessages(parts.journal)
  }

  /** Takes over an entry from disk, with its content and sealed parts. */
  restore(entry: OutboxEntry): void {
    this.#entries.set(entry.id, entry)
    this.#nextOrder = Math.max(this.#nextOrder, entry.order + 1)
  }

  get(id: string): OutboxEntry | undefined {
    return this.#entries.get(id)
  }

  /** In the order in which they are to arrive. */
  of(friend: OfflineFriend): OutboxEntry[] {
    return this.all().filter((entry) => entry.friend.equals(friend.publicKey))
  }

  all(): OutboxEntry[] {
    return [...this.#entries.values()].sort(byOrder)
  }

  /** A new message, with its row in the history, in one change. Returns its id in hex. */
  add(friend: PublicKey, { content, sentAtMs, ttlSeconds }: Outgoing, reason: DeliveryReason | undefined): string {
    const { journal, random } = this.#parts
    const entry = new OutboxEntry({
      messageId: randomBytes(random, MESSAGE_ID_BYTES),
      friend,
      order: this.#nextOrder,
      sequence: 0,
      sentAtMs,
      ttlSeconds,
      state: 'queued',
      reason,
      isFile: content.kind === 'file',
      isPlaced: false,
      isCancelWanted: false,
      wasSentDirectly: false,
      held: 0,
      wanted: 0,
      expiresAt: 0,
      placements: [],
    })
    this.#nextOrder += 1
    entry.content = encodeContent(content)
    this.#entries.set(entry.id, entry)
    entry.save(journal)
    entry.saveContent(journal)
    const standing = { state: 'queued' as const, ...(reason === undefined ? {} : { reason }) }
    journal.note({ kind: 'outgoing', messageId: entry.id, friend: friend.hex, content, sentAtMs, ...standing })
    return entry.id
  }

  setStanding(entry: OutboxEntry, standing: Standing, now: Instant): void {
    entry.setStanding(this.#parts.journal, standing, now)
  }

  /** The friend said that it has these on disk: those that we sent it are settled. */
  handleTaken(friend: OfflineFriend, messageIds: readonly Uint8Array[], now: Instant): void {
    for (const messageId of messageIds) {
      const entry = this.#ownEntry(friend, messageId)
      if (entry && entry.state !== 'delivered') this.settle(entry, 'delivered', now)
    }
  }

  /** The friend says at the beginning of a meeting what came since the last, stored or directly. */
  handleReported(friend: OfflineFriend, messageIds: readonly Uint8Array[], now: Instant): void {
    for (const messageId of messageIds) {
      const entry = this.#ownEntry(friend, messageId)
      const done = this.settled.stateOf(friend.publicKey, messageId)
      if (entry) {
        if (entry.state === 'delivered') continue
        this.settle(entry, entry.wasSentDirectly ? 'delivered' : 'collected', now)
      } else if (done === 'cancelled') {
        this.#noteDone(friend.publicKey, toHex(messageId), 'collected', now)
      }
    }
  }

  /** A person read these. */
  handleRead(friend: OfflineFriend, messageIds: readonly Uint8Array[], now: Instant): void {
    for (const messageId of messageIds) {
      const entry = this.#ownEntry(friend, messageId)
      if (entry && entry.state !== 'delivered') this.settle(entry, 'delivered', now)
      const done = this.settled.stateOf(friend.publicKey, messageId)
      if (done !== 'delivered' && done !== 'collected') continue
      const id = toHex(messageId)
      this.#parts.journal.note({ kind: 'state', messageId: id, state: 'read', atMs: Math.floor(now) })
      this.settled.delete(id)
    }
  }

  /**
   * The friend's hello came, and before it all that it had to report: what it did not name, it does not have. Settles
   * cancelled messages and those that ended while nobody knew whether they were read.
   */
  handleMet(friend: OfflineFriend, now: Instant): void {
    for (const entry of this.of(friend)) {
      if (entry.state === 'expired' && entry.reason !== undefined) this.setStanding(entry, { state: 'expired' }, now)
      if (!entry.wasSentDirectly || entry.sentIn === friend.meeting) continue
      entry.wasSentDirectly = false
      entry.save(this.#parts.journal)
      if (entry.isCancelWanted && entry.placements.length === 0) this.settle(entry, 'cancelled', now)
    }
  }

  /** The friend is gone: what was taken back and can no longer arrive is settled. */
  handleUnmet(friend: OfflineFriend, now: Instant): void {
    for (const entry of this.of(friend)) {
      const isAnywhere = entry.wasSentDirectly || entry.placements.length > 0
      if (entry.isOpen && entry.isCancelWanted && !isAnywhere) this.settle(entry, 'cancelled', now)
    }
  }

  /** Other words for a message of which nothing has left and nothing was sealed. Returns false for any other. */
  edit(entry: OutboxEntry, content: MessageContent): boolean {
    const hasLeft = entry.placements.length > 0 || entry.wasSentDirectly || entry.sentIn !== undefined
    if (entry.state !== 'queued' || entry.isFile || entry.isCancelWanted || hasLeft) return false
    const { journal } = this.#parts
    entry.content = encodeContent(content)
    entry.saveContent(journal)
    journal.note({ kind: 'edited', messageId: entry.id, content })
    return true
  }

  /** Takes a message back, at once if it never left. Returns false if it is settled. */
  cancel(entry: OutboxEntry, now: Instant): boolean {
    if (!entry.isOpen) return false
    if (entry.placements.length === 0 && !entry.wasSentDirectly && !entry.sentIn) {
      this.settle(entry, 'cancelled', now)
      return true
    }
    entry.isCancelWanted = true
    entry.removeAt = now
    entry.save(this.#parts.journal)
    return true
  }

  /** The friend cannot open what lies in these slots: what had ended is sent once more, directly. */
  sendAgain(friend: OfflineFriend, epochId: Uint8Array, slots: readonly number[], now: Instant): void {
    for (const entry of this.of(friend)) {
      if (entry.state !== 'expired') continue
      const isAsked = entry.placements.some(
        (placement) =>
          equalBytes(placement.epochId, epochId) &&
          slots.some((slot) => slot >= placement.firstSlot && slot < placement.firstSlot + placement.parts.length),
      )
      if (isAsked) this.requeue(entry, undefined, now)
    }
  }

  /** Drops what ended so long ago that nobody can say anything about it any more. */
  expireEnded(now: Instant): void {
    this.settled.expire(now)
    for (const entry of this.#entries.values()) {
      const isEnded = entry.state === 'expired' || entry.state === 'failed'
      if (isEnded && now - Math.max(entry.sentAtMs, entry.expiresAt) >= ENDED_LIFE_MS) this.#drop(entry)
    }
  }

  /**
   * Ends a message's way. Copies that may still lie somewhere are deleted before the entry goes; of a collected one the
   * friend deletes them.
   */
  settle(entry: OutboxEntry, state: 'collected' | 'delivered' | 'cancelled', now: Instant): void {
    const { journal } = this.#parts
    entry.setStanding(journal, { state }, now)
    entry.eraseParts(journal)
    entry.eraseContent(journal)
    this.settled.set(entry.friend, entry.id, state, now)
    entry.isPlaced = false
    entry.removeAt = now
    const isClean = state !== 'delivered' || entry.placements.length === 0
    if (isClean) this.#drop(entry)
    else entry.save(journal)
  }

  /** Deleting its copies ended. */
  handleRemoved(entry: OutboxEntry, isFinal: boolean, now: Instant): void {
    if (!isFinal) {
      entry.removeCount += 1
      entry.removeAt = now + REMOVE_RETRY_MS * 2 ** Math.min(entry.removeCount, 8)
      if (entry.state === 'delivered' && entry.removeCount > REMOVE_RETRIES_MAX) this.#drop(entry)
      return
    }
    if (entry.state === 'delivered') this.#drop(entry)
    else if (entry.isCancelWanted) {
      entry.placements = []
      entry.abandon(this.#parts.journal)
      // What went out directly may have come: the next meeting tells.
      if (!entry.wasSentDirectly) this.settle(entry, 'cancelled', now)
    }
  }

  /** Whether its copies are to be deleted now. */
  wantsRemoval(entry: OutboxEntry, now: Instant): boolean {
    const isWanted = entry.state === 'delivered' || (entry.isOpen && entry.isCancelWanted)
    return isWanted && entry.placements.length > 0 && entry.removeAt <= now
  }

  /** Its copies have ended, and no packet said that it was read. */
  expire(entry: OutboxEntry, now: Instant): void {
    entry.isCancelWanted = false
    entry.abandon(this.#parts.journal)
    this.setStanding(entry, { state: 'expired', reason: 'not-known-whether-read' }, now)
  }

  /** Sent again by its sender after it expired or failed. */
  requeue(entry: OutboxEntry, reason: DeliveryReason | undefined, now: Instant): void {
    entry.isAtRisk = false
    entry.abandon(this.#parts.journal)
    this.setStanding(entry, { state: 'queued', reason, copies: { held: 0, wanted: 0 }, expiresAt: 0 }, now)
  }

  /** The friend was removed: nothing of its messages stays but the history. */
  failAll(friend: OfflineFriend, now: Instant): void {
    for (const entry of this.of(friend)) {
      if (entry.isOpen) this.setStanding(entry, { state: 'failed', reason: 'friend-removed' }, now)
      this.#drop(entry)
    }
    this.settled.eraseFriend(friend.publicKey)
  }

  forget(entry: OutboxEntry): void {
    this.#drop(entry)
  }

  /** canRemove   whether there is a network to delete copies from */
  nextTimeout(canRemove: boolean): Wake | undefined {
    let soonest: Wake | undefined
    for (const entry of this.#entries.values()) {
      if (canRemove && this.wantsRemoval(entry, Infinity)) {
        soonest = earliest(soonest, { at: entry.removeAt, why: 'delete copies' })
      }
      if (entry.isOpen && entry.expiresAt > 0) {
        soonest = earliest(soonest, { at: entry.expiresAt, why: 'a stored message ends' })
        if (entry.state === 'stored' && entry.reason === undefined) {
          soonest = earliest(soonest, { at: expiringFrom(entry), why: 'a stored message is about to end' })
        }
      }
    }
    return soonest
  }

  #noteDone(friend: PublicKey, id: string, state: DeliveryState, now: Instant): void {
    this.#parts.journal.note({ kind: 'state', messageId: id, state, atMs: Math.floor(now) })
    this.settled.set(friend, id, state, now)
  }

  #ownEntry(friend: OfflineFriend, messageId: Uint8Array): OutboxEntry | undefined {
    const entry = this.#entries.get(toHex(messageId))
    return entry?.friend.equals(friend.publicKey) ? entry : undefined
  }

  #drop(entry: OutboxEntry): void {
    this.#entries.delete(entry.id)
    entry.erase(this.#parts.journal)
  }
}

/** From when on `stored` is shown as expiring: the last tenth of its life, at most a day. */
export function expiringFrom({ expiresAt, ttlSeconds }: Pick<OutboxEntry, 'expiresAt' | 'ttlSeconds'>): Instant {
  return expiresAt - Math.min(ttlSeconds * SECOND_MS * 0.1, 24 * 60 * MINUTE_MS)
}

/** Those that have a number already come first: they were given in the order of sending. */
function byOrder(left: OutboxEntry, right: OutboxEntry): number {
  const bySequence = (left.sequence || Number.MAX_SAFE_INTEGER) - (right.sequence || Number.MAX_SAFE_INTEGER)
  return bySequence || left.order - right.order
}
