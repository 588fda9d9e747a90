import { type Instant, MINUTE_MS } from '../base/time.ts'
import type { RemoveFinished } from '../storage/storage-events.ts'
import type { Custody, CustodyParts } from './custody.ts'
import type { OfflineFriend } from './offline-friend.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import type { Removal, RemoveOperation } from './sender-operations.ts'

/** No second try while one runs; the end of it sets the next. */
const RUNNING_MS = 10 * MINUTE_MS

/** Deletes copies of own messages: those that were delivered otherwise, and those that their sender took back. */
export class Removals {
  readonly #parts: Pick<CustodyParts, 'outbox' | 'operations' | 'gate'>
  readonly #custody: Custody
  readonly #running = new Set<OutboxEntry>()

  constructor(parts: Pick<CustodyParts, 'outbox' | 'operations' | 'gate'>, custody: Custody) {
    this.#parts = parts
    this.#custody = custody
  }

  pump(friend: OfflineFriend, entry: OutboxEntry, now: Instant): void {
    if (!this.#parts.outbox.wantsRemoval(entry, now)) return
    if (this.#running.has(entry)) entry.removeAt = now + RUNNING_MS
    else this.start(friend, entry, now)
  }

  /** Asks for the deletion of all copies, in every place that the message was sealed for. */
  start(friend: OfflineFriend, entry: OutboxEntry, now: Instant): void {
    const known = entry.placements.filter(({ epochId }) => friend.epochs.get(epochId))
    if (known.length === 0) {
      this.#parts.outbox.handleRemoved(entry, true, now)
      return
    }
    const removal: Removal = { entry, remainingCount: known.length, isFinal: true }
    this.#running.add(entry)
    entry.removeAt = now + RUNNING_MS
    for (const placement of known) {
      const signer = friend.epochs.get(placement.epochId)?.sendSigner()
      if (!signer) continue
      const deletions = placement.parts.map(({ header: { slot, bodyHash, collectHash } }) => ({
        kind: 'cancelled' as const,
        slot,
        bodyHash,
        collectHash,
      }))
      const operationId = this.#parts.gate.remove(signer, deletions, now)
      this.#parts.operations.start(operationId, { kind: 'remove', removal, placement, signer })
    }
  }

  handleFinished({ removal, placement }: RemoveOperation, event: RemoveFinished, now: Instant): void {
    const { entry } = removal
    for (const { beatenBy } of event.slots) {
      if (beatenBy && this.#isKnown(entry)) this.#custody.noteTombstone(entry, placement.epochId, beatenBy, now)
    }
    const isWhole = event.outcome === 'complete' && event.slots.length === placement.parts.length
    // Of a delivered message it does not matter by whom the copies were deleted.
    const isGone = event.slots.every(({ isFinal, beatenBy }) => isFinal || (beatenBy && entry.state === 'delivered'))
    if (!isWhole || !isGone) removal.isFinal = false
    removal.remainingCount -= 1
    if (removal.remainingCount > 0) return
    this.#running.delete(entry)
    if (this.#isKnown(entry)) this.#parts.outbox.handleRemoved(entry, removal.isFinal, now)
  }

  /** It may have been settled meanwhile. */
  #isKnown(entry: OutboxEntry): boolean {
    return this.#parts.outbox.get(entry.id) === entry
  }
}
