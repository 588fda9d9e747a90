import { equalBytes, wipe } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import { earliest, type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import type { KeyPair } from '../crypto/keys.ts'
import type { RefusalReason } from '../storage/refusal.ts'
import type { DepositFinished, OperationFinished, StorageClientEvent } from '../storage/storage-events.ts'
import type { TombstoneEntry } from '../wire/storage-record.ts'
import { longTermSecret } from './agreement.ts'
import type { DeliveryReason } from './change.ts'
import { Custody, type CustodyParts } from './custody.ts'
import type { Epoch } from './epoch.ts'
import { NetworkClock } from './network-clock.ts'
import type { Reach } from './lower-machines.ts'
import type { OfflineFriend } from './offline-friend.ts'
import { detachedReceipt, type EntryPart, type OutboxEntry } from './outbox-entry.ts'
import { Removals } from './removals.ts'
import { sealEntry } from './seal-entry.ts'
import { type InsertOperation, type SenderOperation, SenderOperations } from './sender-operations.ts'
import { StoredStanding } from './stored-standing.ts'

/** A connection that breaks often comes back at once: nothing is sealed for a friend who was here a moment ago. */
export const OFFLINE_GRACE_MS = 5 * SECOND_MS
/** Proofs for so many records are computed side by side; the others wait in order. */
const INSERTS_MAX = 8
/** Nodes take a deposit for an hour after it was created; one that is older is sealed anew. */
const DEPOSIT_AGE_MS_MAX = 60 * MINUTE_MS
const RETRY_DELAY_MS = 30 * SECOND_MS
/** Nodes that lie about the time may make us seal a message anew this often. */
const CLOCK_INTERVAL_MS = 10 * MINUTE_MS
const RETRY_DELAY_MS_MAX = 30 * MINUTE_MS

/** A no that no other node and no later time will change. */
const FINAL_REFUSALS: ReadonlySet<RefusalReason> = new Set(['tooLarge', 'ttlTooLong', 'malformed', 'signatureWrong'])

type DepositsParts = Omit<CustodyParts, 'operations' | 'standing' | 'clock'> & {
  readonly keys: KeyPair
  readonly random: Random
}

/** How far the proofs of one message are, in the storage client's units of work. */
export interface ProofProgress {
  readonly messageId: string
  readonly done: number
  readonly total: number
}

/**
 * Brings own messages to the storage network while their friends are away: seals each into the next slot of the newest
 * confirmed epoch, and sends those bytes until enough nodes gave their receipts.
 *
 * source   offline-messaging design, sections 4 ("One transaction") and 9
 */
export class Deposits {
  readonly #parts: DepositsParts
  readonly #operations = new SenderOperations()
  readonly #clock = new NetworkClock()
  readonly #standing: StoredStanding
  readonly #custody: Custody
  readonly #removals: Removals
  #progress: ProofProgress[] = []
  #reach: Reach = 'nowhere'
  #retryAt: Instant | undefined

  constructor(parts: DepositsParts) {
    this.#parts = parts
    this.#standing = new StoredStanding(parts.outbox, this.#clock)
    const shared = { ...parts, operations: this.#operations, standing: this.#standing, clock: this.#clock }
    this.#custody = new Custody(shared)
    this.#removals = new Removals(shared, this.#custody)
  }

  handleReach(reach: Reach): void {
    const couldStore = this.#canStore
    this.#reach = reach
    if (this.#canStore && !couldStore) this.#custody.restart()
  }

  /** Why a message for this friend is only queued; undefined: the friend is here. */
  waitReason(friend: OfflineFriend): DeliveryReason | undefined {
    if (friend.isMet) return undefined
    if (!friend.isWaitingOn) return 'waiting-off'
    if (friend.support === 'plain') return friend.meeting ? undefined : 'unsupported'
    const current = friend.epochs.current()
    if (!current) return 'not-met'
    if (current.isOutOfDate) return 'keys-out-of-date'
    return this.#canStore ? 'offline' : this.#outOfReach
  }

  /** Progress of proofs since the last call. */
  takeProgress(): ProofProgress[] {
    const progress = this.#progress
    this.#progress = []
    return progress
  }

  renew(entry: OutboxEntry, ttlSeconds: number, now: Instant): boolean {
    return this.#custody.renew(entry, ttlSeconds, now)
  }

  /** Deletes the copies of all messages to a friend of whom nothing stays here. */
  removeAll(friend: OfflineFriend, now: Instant): void {
    for (const entry of this.#parts.outbox.of(friend)) {
      if (entry.isOpen || entry.state === 'delivered') this.#removals.start(friend, entry, now)
    }
  }

  /** The run ends: wipes the keys of what is under way. */
  wipe(): void {
    this.#operations.wipe()
  }

  /** Starts what is due for every message. */
  pump(now: Instant): void {
    this.#retryAt = undefined
    this.#operations.stopNeedless(this.#parts.gate, now)
    for (const entry of this.#parts.outbox.all()) {
      const friend = this.#parts.friends.get(entry.friend.hex)
      if (!friend) continue
      if (this.#canStore) this.#removals.pump(friend, entry, now)
      if (entry.isOpen && !entry.isCancelWanted) this.#advance(friend, entry, now)
    }
    if (this.#canStore) this.#custody.pump(now)
  }

  /** Returns whether the event was about an operation of ours. */
  handleStorageEvent(event: StorageClientEvent, now: Instant): boolean {
    const operation = 'operationId' in event ? this.#operations.get(event.operationId) : undefined
    if (!operation) return false
    if (event.kind === 'finished') {
      this.#operations.end(event.operationId)
      this.#handleFinished(operation, event, now)
    } else if (event.kind === 'tombstone' && operation.kind === 'insert') {
      this.#handleTombstone(operation, event.entry, now)
    } else if (event.kind === 'stale' && operation.kind === 'status') {
      this.#custody.noteForeign(operation, event.slot, event.bodyHash, now)
    } else if (event.kind === 'tombstone' && operation.kind === 'status') {
      this.#custody.noteTombstones(operation, event.entry, now)
    } else if (operation.kind === 'insert' && operation.entry.parts.includes(operation.part)) {
      this.#handleInsertEvent(operation, event, now)
    }
    return true
  }

  handleTimeout(now: Instant): void {
    for (const entry of this.#parts.outbox.all()) {
      if (!entry.isOpen || entry.expiresAt === 0) continue
      if (now >= entry.expiresAt) this.#parts.outbox.expire(entry, now)
      else this.#standing.showStored(entry, now)
    }
  }

  nextTimeout(now: Instant): Wake | undefined {
    const retry = this.#retryAt === undefined ? undefined : { at: this.#retryAt, why: 'deposit again' }
    const check = this.#canStore ? this.#custody.nextTimeout(now) : undefined
    return earliest(retry, check, this.#parts.outbox.nextTimeout(this.#canStore))
  }

  get #canStore(): boolean {
    return this.#reach === 'storage'
  }

  /** Why nothing can be stored: the network is there for some seconds before its storage nodes are found. */
  get #outOfReach(): DeliveryReason {
    return this.#reach === 'network' ? 'no-storage-nodes' : 'no-network'
  }

  /** Brings one open message as far as it goes now. */
  #advance(friend: OfflineFriend, entry: OutboxEntry, now: Instant): void {
    if (friend.meeting) {
      const isOnItsWay = !friend.meeting.isPlain || !entry.isFile
      if (isOnItsWay && entry.state === 'queued') this.#queue(entry, undefined, now)
      return
    }
    if (entry.isPlaced && this.#isTooOld(entry, now)) entry.abandon(this.#parts.journal)
    if (!entry.isPlaced && !this.#place(friend, entry, now)) return
    if (!this.#canStore) {
      this.#queue(entry, this.#outOfReach, now)
      return
    }
    for (const part of entry.parts) this.#deposit(entry, part, now)
  }

  /** Seals a message if it can be deposited now. Returns whether it was. */
  #place(friend: OfflineFriend, entry: OutboxEntry, now: Instant): boolean {
    const reason = this.waitReason(friend)
    const epoch = friend.epochs.current()
    if (reason !== 'offline' || !epoch) {
      this.#queue(entry, reason, now)
      return false
    }
    if (now - friend.offlineSince < OFFLINE_GRACE_MS) {
      this.#queue(entry, 'offline', now)
      this.#wakeAt(friend.offlineSince + OFFLINE_GRACE_MS)
      return false
    }
    if (!epoch.isChecked) {
      this.#queue(entry, this.#custody.isUnanswered(epoch, now) ? 'no-storage-nodes' : 'offline', now)
      return false
    }
    if (this.#operations.insertCount >= INSERTS_MAX) {
      this.#queue(entry, 'offline', now)
      return false
    }
    return this.#seal(friend, entry, epoch, now)
  }

  /** Slot, advanced chain and sealed bytes become one change, with the entry that knows of them. */
  #seal(friend: OfflineFriend, entry: OutboxEntry, epoch: Epoch, now: Instant): boolean {
    const longTerm = longTermSecret(this.#parts.keys, friend.publicKey)
    if (!longTerm) return false
    if (entry.sequence === 0) entry.sequence = friend.nextSequence()
    const networkNow = this.#clock.networkTime(now)
    sealEntry(entry, { epoch, longTerm, random: this.#parts.random, networkNow })
    wipe(longTerm)
    friend.epochs.saveSend(epoch)
    entry.save(this.#parts.journal)
    entry.saveSealed(this.#parts.journal)
    return true
  }

  #deposit(entry: OutboxEntry, part: EntryPart, now: Instant): void {
    if (part.isComplete || this.#operations.isInserting(part) || this.#isPastDeposit(entry, now)) return
    if (part.retryAt > now) {
      this.#wakeAt(part.retryAt)
      return
    }
    const receipts = part.holders.filter(({ isLost }) => !isLost).map(({ receipt }) => receipt)
    const operationId = this.#parts.gate.insert(part.sealed, receipts, now)
    this.#operations.start(operationId, { kind: 'insert', entry, part, refusals: new Set(), isForeign: false })
  }

  #handleInsertEvent({ entry, part, refusals }: InsertOperation, event: StorageClientEvent, now: Instant): void {
    if (event.kind === 'target') part.wanted = event.wanted
    else if (event.kind === 'refused') refusals.add(event.reason)
    else if (event.kind === 'proving') this.#handleProving(entry, part, event, now)
    else if (event.kind === 'receipt') {
      const { node, ring } = event
      const receipt = detachedReceipt(event.receipt)
      const others = part.holders.filter((holder) => !holder.node.equals(node))
      part.holders = [...others, { node, ring, receipt, isLost: false, checkedAt: now }]
      // A retry counts anew: what was held is shown until it is counted again.
      part.held = Math.max(part.held, event.held)
      part.wanted = event.wanted ?? part.wanted
      entry.saveReceipts(this.#parts.journal, entry.parts.indexOf(part))
      this.#standing.showDeposited(entry, now)
    }
  }

  /** What stands in our slot: our record's end, or that of one which we did not write. */
  #handleTombstone(operation: InsertOperation, tombstone: TombstoneEntry, now: Instant): void {
    const { entry, part } = operation
    const { epochId } = entry.placement ?? {}
    if (!epochId || !entry.parts.includes(part)) return
    if (!equalBytes(part.sealed.signed.header.bodyHash, tombstone.bodyHash)) operation.isForeign = true
    else this.#custody.noteTombstone(entry, epochId, tombstone, now)
  }

  #handleProving(
    entry: OutboxEntry,
    part: EntryPart,
    { done, total }: { readonly done: number; readonly total: number },
    now: Instant,
  ): void {
    part.proofDone = done
    part.proofTotal = total
    if (entry.state === 'queued') this.#parts.outbox.setStanding(entry, { state: 'proving' }, now)
    // A part whose proofs have not begun counts as much as the dearest, so that the share never goes back.
    const dearest = Math.max(...entry.parts.map(({ proofTotal }) => proofTotal))
    this.#progress.push({
      messageId: entry.id,
      done: entry.parts.reduce((sum, { proofDone }) => sum + proofDone, 0),
      total: entry.parts.reduce((sum, { proofTotal }) => sum + (proofTotal || dearest), 0),
    })
  }

  #handleFinished(operation: SenderOperation, event: OperationFinished, now: Instant): void {
    if (operation.kind === 'insert' && event.operation === 'insert') this.#handleInserted(operation, event, now)
    else if (operation.kind === 'renew' && event.operation === 'renew') {
      this.#custody.handleRenewed(operation, event, now)
    } else if (operation.kind === 'status' && event.operation === 'status') {
      this.#custody.handleStatus(operation, event, now)
    } else if (operation.kind === 'remove' && event.operation === 'remove') {
      this.#removals.handleFinished(operation, event, now)
    }
  }

  #handleInserted(operation: InsertOperation, event: DepositFinished, now: Instant): void {
    const isClockOff = this.#clock.note(event.clockOffsetMs)
    const { entry, part } = operation
    if (!entry.isOpen || !entry.parts.includes(part)) return
    part.held = Math.max(part.held, event.held)
    part.wanted = event.wanted
    if (event.outcome === 'stale' || (event.outcome === 'gone' && operation.isForeign)) {
      this.#custody.noteStale(entry, now)
      return
    }
    if (event.outcome === 'complete') {
      part.isComplete = true
      part.retryCount = 0
    } else this.#handleShort(operation, event, isClockOff, now)
    this.#standing.showDeposited(entry, now)
  }

  /** Fewer nodes took it than there should be: again later, or sealed anew if our clock was the reason. */
  #handleShort(
    { entry, part, refusals }: InsertOperation,
    event: DepositFinished,
    isClockOff: boolean,
    now: Instant,
  ): void {
    part.retryCount += 1
    const delayMs = Math.min(RETRY_DELAY_MS * 2 ** (part.retryCount - 1), RETRY_DELAY_MS_MAX)
    part.retryAt = Math.max(now + SECOND_MS, Math.min(event.retryAt ?? Infinity, now + delayMs))
    if (part.held > 0) return
    if (isClockOff && refusals.has('clockDiffers') && now - entry.clockCorrectedAt >= CLOCK_INTERVAL_MS) {
      entry.clockCorrectedAt = now
      entry.abandon(this.#parts.journal)
      return
    }
    const isFinal = refusals.size > 0 && [...refusals].every((reason) => FINAL_REFUSALS.has(reason))
    if (isFinal && entry.state !== 'stored') {
      entry.abandon(this.#parts.journal)
      this.#parts.outbox.setStanding(entry, { state: 'failed', reason: 'refused' }, now)
    } else this.#queue(entry, refusals.size > 0 ? 'refused' : 'no-storage-nodes', now)
  }

  /** Shows that a message waits. What is stored, or partly so, stays shown as that while it can be. */
  #queue(entry: OutboxEntry, reason: DeliveryReason | undefined, now: Instant): void {
    if (entry.state === 'stored' || (entry.state === 'storing' && entry.isPlaced)) return
    const standing = entry.state === 'storing' ? { copies: { held: 0, wanted: 0 }, expiresAt: 0 } : {}
    this.#parts.outbox.setStanding(entry, { state: 'queued', reason, ...standing }, now)
  }

  /** Some part lacks copies, and nodes would no longer take it as it was sealed. */
  #isTooOld(entry: OutboxEntry, now: Instant): boolean {
    const { parts } = entry
    if (!this.#isPastDeposit(entry, now) || parts.some((part) => this.#operations.isInserting(part))) return false
    const isEnough = entry.state === 'stored' && !entry.isAtRisk
    return !isEnough && parts.some(({ isComplete }) => !isComplete)
  }

  /** Whether nodes would refuse the sealed bytes by now. */
  #isPastDeposit({ placement }: OutboxEntry, now: Instant): boolean {
    const networkNow = this.#clock.networkTime(now)
    if (!placement) return false
    return networkNow - placement.createdAt > DEPOSIT_AGE_MS_MAX || networkNow >= placement.notAfter
  }

  #wakeAt(at: Instant): void {
    this.#retryAt = Math.min(this.#retryAt ?? at, at)
  }
}
