import type { Instant } from '../base/time.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { RefusalReason } from '../storage/refusal.ts'
import type { OperationId } from '../storage/storage-events.ts'
import type { Epoch } from './epoch.ts'
import type { Gate } from './gate.ts'
import type { OfflineFriend } from './offline-friend.ts'
import type { EntryPart, OutboxEntry } from './outbox-entry.ts'
import type { PlacementRow } from './state-rows.ts'

export interface InsertOperation {
  readonly kind: 'insert'
  readonly entry: OutboxEntry
  readonly part: EntryPart
  readonly refusals: Set<RefusalReason>
  /** A node showed the end of a record in this slot that we did not write. */
  isForeign: boolean
}

/** A new end for all parts of a message: it stands when each part's nodes took it. */
export interface Renewal {
  readonly notAfter: Instant
  remainingCount: number
  isGood: boolean
}

export interface RenewOperation {
  readonly kind: 'renew'
  readonly entry: OutboxEntry
  readonly signer: SigningKey
  readonly renewal: Renewal
}

export interface StatusOperation {
  readonly kind: 'status'
  readonly friend: OfflineFriend
  readonly epoch: Epoch
  readonly signer: SigningKey
}

/** The deletion of a message's copies in all places that it was sealed for. */
export interface Removal {
  readonly entry: OutboxEntry
  remainingCount: number
  isFinal: boolean
}

export interface RemoveOperation {
  readonly kind: 'remove'
  readonly removal: Removal
  readonly placement: PlacementRow
  readonly signer: SigningKey
}

export type SenderOperation = InsertOperation | RenewOperation | StatusOperation | RemoveOperation

/** What the storage client does for our own messages at the moment. */
export class SenderOperations {
  readonly #operations = new Map<OperationId, SenderOperation>()
  readonly #inserting = new Set<EntryPart>()

  get(operationId: OperationId): SenderOperation | undefined {
    return this.#operations.get(operationId)
  }

  get insertCount(): number {
    return this.#inserting.size
  }

  isInserting(part: EntryPart): boolean {
    return this.#inserting.has(part)
  }

  start(operationId: OperationId, operation: SenderOperation): void {
    this.#operations.set(operationId, operation)
    if (operation.kind === 'insert') this.#inserting.add(operation.part)
  }

  end(operationId: OperationId): void {
    const operation = this.#operations.get(operationId)
    this.#operations.delete(operationId)
    if (operation?.kind === 'insert') this.#inserting.delete(operation.part)
    else operation?.signer.wipe()
  }

  /** The run ends, and nothing will be heard of any of them. */
  wipe(): void {
    for (const operationId of this.#operations.keys()) this.end(operationId)
  }

  /** Cancels inserts and renewals of messages that are settled, taken back, or sealed anew. */
  stopNeedless(gate: Pick<Gate, 'cancel'>, now: Instant): void {
    for (const [operationId, operation] of this.#operations) {
      if (operation.kind === 'status' || operation.kind === 'remove') continue
      const { entry } = operation
      const isOfOldSealing = operation.kind === 'insert' && !entry.parts.includes(operation.part)
      if (entry.isOpen && !entry.isCancelWanted && !isOfOldSealing) continue
      this.end(operationId)
      gate.cancel(operationId, now)
    }
  }
}
