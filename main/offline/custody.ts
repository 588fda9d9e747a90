import { equalBytes } from '../base/bytes.ts'
import { earliest, type Instant, SECOND_MS, type Wake } from '../base/time.ts'
import { isEntryAuthentic, recordTimes } from '../storage/record.ts'
import type { DepositFinished, StatusFinished } from '../storage/storage-events.ts'
import { TOMBSTONE_KIND, type TombstoneEntry } from '../wire/storage-record.ts'
import type { Epoch } from './epoch.ts'
import type { Gate } from './gate.ts'
import type { Journal } from './journal.ts'
import type { NetworkClock } from './network-clock.ts'
import type { OfflineFriend } from './offline-friend.ts'
import type { Outbox } from './outbox.ts'
import type { EntryPart, OutboxEntry } from './outbox-entry.ts'
import type { Renewal, RenewOperation, SenderOperations, StatusOperation } from './sender-operations.ts'
import { StatusChecks } from './status-checks.ts'
import { COPIES_AT_RISK, copiesNeeded, type StoredStanding } from './stored-standing.ts'

export interface CustodyParts {
  readonly friends: ReadonlyMap<string, OfflineFriend>
  readonly outbox: Outbox
  readonly operations: SenderOperations
  readonly standing: StoredStanding
  readonly clock: NetworkClock
  readonly journal: Journal
  readonly gate: Gate
}

/**
 * Looks after what is stored: asks the nodes at start and every two hours, believes a tombstone only with the right c,
 * notices copies that went and slots that somebody else wrote, and sets a new end when its sender wants one.
 */
export class Custody {
  readonly #parts: CustodyParts
  readonly #checks = new StatusChecks()

  constructor(parts: CustodyParts) {
    this.#parts = parts
  }

  restart(): void {
    this.#checks.restart()
  }

  /** Nobody answered when we asked whether our state under this epoch is the newest. */
  isUnanswered(epoch: Epoch, now: Instant): boolean {
    return this.#checks.hasFailed(epoch, now)
  }

  /** Asks after what is due. */
  pump(now: Instant): void {
    for (const [epoch, friend] of this.#checkable()) {
      if (this.#checks.isDue(epoch, now)) this.#ask(friend, epoch, now)
    }
  }

  nextTimeout(now: Instant): Wake | undefined {
    let soonest: Wake | undefined
    for (const epoch of this.#checkable().keys()) soonest = earliest(soonest, this.#checks.wakeOf(epoch, now))
    return soonest
  }

  handleStatus({ friend, epoch }: StatusOperation, event: StatusFinished, now: Instant): void {
    const isHeard = event.outcome === 'complete' && event.answeredCount > 0
    this.#checks.finished(epoch, isHeard, now)
    if (!isHeard) return
    epoch.isChecked = true
    for (const entry of this.#placedAt(friend, epoch)) {
      if (entry.isOpen && entry.placement && equalBytes(entry.placement.epochId, epoch.id)) {
        this.#noteHolders(entry, entry.placement.firstSlot, event, now)
      }
    }
  }

  /** A tombstone that some node shows. Returns whether it is about a record of this entry and right. */
  noteTombstone(entry: OutboxEntry, epochId: Uint8Array, tombstone: TombstoneEntry, now: Instant): boolean {
    if (entry.noteCollected(epochId, tombstone)) {
      if (entry.isCollected && (entry.isOpen || entry.state === 'expired')) {
        this.#parts.outbox.settle(entry, 'collected', now)
      } else if (this.#parts.outbox.get(entry.id) === entry) entry.save(this.#parts.journal)
      return true
    }
    return this.#noteCancelled(entry, epochId, tombstone, now)
  }

  /** A status showed a tombstone in a slot of an epoch. */
  noteTombstones({ friend, epoch }: StatusOperation, tombstone: TombstoneEntry, now: Instant): void {
    for (const entry of this.#placedAt(friend, epoch)) {
      if (this.noteTombstone(entry, epoch.id, tombstone, now)) return
    }
  }

  /** A node proved that one of our slots holds a record: if it is none of ours, our state is old. */
  noteForeign({ friend, epoch }: StatusOperation, slot: number, bodyHash: Uint8Array, now: Instant): void {
    const entries = this.#placedAt(friend, epoch)
    const isOurs = entries.some(({ placements }) =>
      placements.some(
        ({ epochId, parts }) =>
          equalBytes(epochId, epoch.id) && parts.some(({ header }) => equalBytes(header.bodyHash, bodyHash)),
      ),
    )
    if (isOurs) return
    friend.epochs.markOutOfDate(epoch)
    const owner = entries.find((entry) => entry.isOpen && entry.partAt(epoch.id, slot) !== undefined)
    if (owner) this.noteStale(owner, now)
  }

  /** A node holds a slot of ours with something that we did not write: our state is old. */
  noteStale(entry: OutboxEntry, now: Instant): void {
    const friend = this.#parts.friends.get(entry.friend.hex)
    const epoch = entry.placement && friend?.epochs.get(entry.placement.epochId)
    if (epoch) friend?.epochs.markOutOfDate(epoch)
    this.#requeue(entry, 'keys-out-of-date', now)
  }

  /** A new end for a stored message. Returns false if nothing is stored. */
  renew(entry: OutboxEntry, ttlSeconds: number, now: Instant): boolean {
    const { placement, parts } = entry
    const epoch = placement && this.#parts.friends.get(entry.friend.hex)?.epochs.get(placement.epochId)
    if (entry.state !== 'stored' || !epoch || parts.length === 0) return false
    const { notAfter } = recordTimes(ttlSeconds * SECOND_MS, this.#parts.clock.networkTime(now))
    const counter = entry.countRenewal()
    entry.ttlSeconds = ttlSeconds
    entry.save(this.#parts.journal)
    const renewal: Renewal = { notAfter, remainingCount: parts.length, isGood: true }
    for (const { sealed } of parts) {
      const signer = epoch.sendSigner()
      const operationId = this.#parts.gate.renew(signer, sealed.signed.header, { counter, notAfter }, now)
      this.#parts.operations.start(operationId, { kind: 'renew', entry, signer, renewal })
    }
    return true
  }

  handleRenewed({ entry, renewal }: RenewOperation, { held, wanted }: DepositFinished, now: Instant): void {
    renewal.remainingCount -= 1
    if (wanted === 0 || held < copiesNeeded(wanted)) renewal.isGood = false
    if (renewal.remainingCount > 0 || !renewal.isGood) return
    this.#parts.standing.showStored(entry, now, this.#parts.clock.localTime(renewal.notAfter))
  }

  #ask(friend: OfflineFriend, epoch: Epoch, now: Instant): void {
    // Those that were given up or have ended too: their tombstones still tell what became of them.
    const records = this.#placedAt(friend, epoch).flatMap(({ placements }) =>
      placements
        .filter(({ epochId }) => equalBytes(epochId, epoch.id))
        .flatMap(({ parts }) => parts.map(({ header }) => header)),
    )
    // Whoever has a newer copy of this state wrote at least the slot that we would write next.
    const watchedSlots = epoch.send.chainKey ? [epoch.slotsWritten] : []
    const signer = epoch.sendSigner()
    const operationId = this.#parts.gate.status(signer, records, watchedSlots, now)
    this.#parts.operations.start(operationId, { kind: 'status', friend, epoch, signer })
    this.#checks.started(epoch, now)
  }

  /** Epochs with messages to ask after, and those under which some wait to be sealed. */
  #checkable(): Map<Epoch, OfflineFriend> {
    const checkable = new Map<Epoch, OfflineFriend>()
    for (const entry of this.#parts.outbox.all()) {
      const friend = this.#parts.friends.get(entry.friend.hex)
      if (!friend || !(entry.isOpen || entry.state === 'expired')) continue
      for (const { epochId } of entry.placements) {
        const epoch = friend.epochs.get(epochId)
        if (epoch) checkable.set(epoch, friend)
      }
      const current = friend.epochs.current()
      if (current && !current.isChecked && !current.isOutOfDate && !friend.meeting) checkable.set(current, friend)
    }
    return checkable
  }

  #placedAt(friend: OfflineFriend, epoch: Epoch): OutboxEntry[] {
    return this.#parts.outbox
      .of(friend)
      .filter(({ placements }) => placements.some(({ epochId }) => equalBytes(epochId, epoch.id)))
  }

  #noteHolders(entry: OutboxEntry, firstSlot: number, event: StatusFinished, now: Instant): void {
    for (const [index, part] of entry.parts.entries()) {
      const view = event.slots.find(({ slot }) => slot === firstSlot + index)
      const held = view?.tombstone ? 0 : (view?.holders.length ?? 0)
      // Where not all were heard, silence proves no loss.
      if (!event.areAllRingsHeard && held < part.held) continue
      part.held = held
      part.wanted = event.wanted
      for (const holder of part.holders) {
        holder.isLost = !view?.holders.some((node) => node.equals(holder.node))
        holder.checkedAt = now
      }
      if (part.holders.length > 0) entry.saveReceipts(this.#parts.journal, index)
      this.#noteRisk(entry, part, now)
    }
    this.#parts.standing.showDeposited(entry, now)
    this.#parts.standing.showStored(entry, now)
  }

  #noteRisk(entry: OutboxEntry, part: EntryPart, now: Instant): void {
    const isAtRisk = part.held < Math.min(COPIES_AT_RISK, Math.max(1, part.wanted))
    if (!isAtRisk) return
    if (entry.state === 'stored') entry.isAtRisk = true
    part.isComplete = false
    part.retryAt = now
  }

  /** A copy of this profile took the record back: here it is sealed anew. */
  #noteCancelled(entry: OutboxEntry, epochId: Uint8Array, tombstone: TombstoneEntry, now: Instant): boolean {
    if (tombstone.kind !== TOMBSTONE_KIND.cancelled || entry.isCancelWanted || !entry.isOpen) return false
    const index = entry.partAt(epochId, tombstone.slot)
    const header = index === undefined ? undefined : entry.parts[index]?.sealed.signed.header
    if (!header || !isEntryAuthentic(tombstone, header)) return false
    this.#requeue(entry, 'offline', now)
    return true
  }

  #requeue(entry: OutboxEntry, reason: 'offline' | 'keys-out-of-date', now: Instant): void {
    if (entry.isOpen) this.#parts.outbox.requeue(entry, reason, now)
  }
}
