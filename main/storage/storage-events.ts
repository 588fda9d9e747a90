import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { ProofTask } from '../pow/proof.ts'
import type { FetchedRecord } from '../wire/storage-packets.ts'
import type { Receipt } from '../wire/storage-proof.ts'
import type { TombstoneEntry } from '../wire/storage-record.ts'
import type { RefusalReason } from './refusal.ts'

/** Names one operation of ours: insert, renew, remove, status or fetch. */
export type OperationId = number & { readonly kindOfId: 'operation' }

/** Names one proof of work that the outside computes for us. */
export type JobId = number & { readonly kindOfId: 'job' }

/** What the storage nodes together say of one slot: the state that stands (record.ts), and who holds it. */
export interface SlotView {
  readonly slot: number
  readonly revision: number
  readonly bodyHash: Uint8Array
  /** Undefined: a record is held. A node checked the entry against the record; the caller checks c. */
  readonly tombstone: TombstoneEntry | undefined
  /** Of the record, with its newest renewal; 0 where only a tombstone is known. */
  readonly notAfter: Instant
  readonly renewCounter: number
  /** DHT keys of the nodes that hold just this state, each among the first 4 of a ring. */
  readonly holders: readonly PublicKey[]
}

/** How a deposit (insert, update, renew) ended. */
export type DepositOutcome =
  /** As many holders as there can be gave their receipt. */
  | 'complete'
  /** Fewer than wanted: try again with the receipts (`retryAt`). `held` may be 0. */
  | 'short'
  /** No storage node was found. */
  | 'noNodes'
  /** A node holds this slot with a body or a higher revision that we did not make: our own state is old. */
  | 'stale'
  /** A tombstone stands in the slot: RECEIVER collected it, or it was cancelled. */
  | 'gone'
  | 'cancelled'

export interface DepositFinished {
  readonly kind: 'finished'
  readonly operation: 'insert' | 'renew'
  readonly operationId: OperationId
  readonly outcome: DepositOutcome
  /** Distinct nodes whose receipt counts; `wanted` is t. */
  readonly held: number
  readonly wanted: number
  readonly holders: readonly PublicKey[]
  /** When it may go better, if something that passes was in the way. */
  readonly retryAt: Instant | undefined
  /** Median of the nodes' clocks minus ours; undefined if none told its time. */
  readonly clockOffsetMs: number | undefined
}

export interface FetchFinished {
  readonly kind: 'finished'
  readonly operation: 'fetch'
  readonly operationId: OperationId
  readonly outcome: 'complete' | 'cancelled'
  /** Nothing is there, and answers from 4 prefixes (or from all nodes asked, in every ring) say so. */
  readonly isEmptyProven: boolean
  /** Every ring was found, and at least one of its nodes answered to the end. */
  readonly areAllRingsHeard: boolean
  /** Slots that are held, were not skipped, and whose body nobody gave. */
  readonly missingSlots: readonly number[]
  readonly answeredCount: number
}

export interface StatusFinished {
  readonly kind: 'finished'
  readonly operation: 'status'
  readonly operationId: OperationId
  readonly outcome: 'complete' | 'cancelled'
  readonly areAllRingsHeard: boolean
  /** Of the slots that were asked for; a slot that no node lists is not in it. */
  readonly slots: readonly SlotView[]
  readonly answeredCount: number
  /** min(6, distinct nodes among the first 4 of the rings): what `held` is measured by; 9 for important records. */
  readonly wanted: number
}

/** What became of one entry of a removal. */
export interface RemovedSlot {
  readonly slot: number
  /** Nodes that hold the entry now, or hold nothing in this slot: none of them shows `collected`, if we cancelled. */
  readonly confirmedCount: number
  /** The entry that beat ours (`collected` beats `cancelled`); a node checked its evidence, the caller checks c. */
  readonly beatenBy: TombstoneEntry | undefined
  /** 4 nodes (or all that were found, if fewer) confirmed and none showed a `collected` against our `cancelled`. */
  readonly isFinal: boolean
}

export interface RemoveFinished {
  readonly kind: 'finished'
  readonly operation: 'remove'
  readonly operationId: OperationId
  readonly outcome: 'complete' | 'cancelled'
  readonly areAllRingsHeard: boolean
  readonly slots: readonly RemovedSlot[]
}

export type OperationFinished = DepositFinished | FetchFinished | StatusFinished | RemoveFinished

/** News of the storage client. Every operation ends with exactly one `finished`; nothing of it comes after. */
export type StorageClientEvent =
  /** To the proof solver; the answer is `handleProof`. `cancelSolve` may come at any time, even after the answer. */
  | { readonly kind: 'solve'; readonly jobId: JobId; readonly job: ProofTask }
  | { readonly kind: 'cancelSolve'; readonly jobId: JobId }
  /** How many copies are wanted: known when all rings of the lookup ended. */
  | { readonly kind: 'target'; readonly operationId: OperationId; readonly wanted: number }
  /** Effort done and in all (effort.ts: secondsFor); done / total never goes back. */
  | { readonly kind: 'proving'; readonly operationId: OperationId; readonly done: number; readonly total: number }
  | {
      readonly kind: 'receipt'
      readonly operationId: OperationId
      readonly receipt: Receipt
      readonly node: PublicKey
      readonly ring: number
      readonly held: number
      /** Undefined until `target` was told. */
      readonly wanted: number | undefined
    }
  | {
      readonly kind: 'refused'
      readonly operationId: OperationId
      readonly node: PublicKey
      readonly reason: RefusalReason
      readonly retryAt: Instant | undefined
      readonly nodeTime: Instant
    }
  /** A node holds this slot with a body or revision that is not the one we deposit. */
  | {
      readonly kind: 'stale'
      readonly operationId: OperationId
      readonly node: PublicKey
      readonly slot: number
      readonly revision: number
      readonly bodyHash: Uint8Array
    }
  /** Fetch and status: the union over all that answered so far, the state that stands for each slot. */
  | {
      readonly kind: 'listed'
      readonly operationId: OperationId
      readonly slots: readonly SlotView[]
      readonly answeredCount: number
      readonly answeredPrefixCount: number
    }
  /** Fetch: a record whose header signature and body hash are right, once per slot and revision. */
  | { readonly kind: 'record'; readonly operationId: OperationId; readonly record: FetchedRecord }
  /** A tombstone that some node shows for a slot; the caller checks c of `collected`. */
  | {
      readonly kind: 'tombstone'
      readonly operationId: OperationId
      readonly slot: number
      readonly revision: number
      readonly entry: TombstoneEntry
      readonly node: PublicKey
    }
  | OperationFinished
