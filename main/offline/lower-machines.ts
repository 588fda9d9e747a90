import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { OperationId } from '../storage/storage-events.ts'
import type { SendOutcome } from '../tox/messenger/messenger.ts'
import type { MessageKind } from '../tox/messenger/messenger-events.ts'
import type { Receipt } from '../wire/storage-proof.ts'
import type { RecordHeader, SignedHeader } from '../wire/storage-record.ts'

/** What the offline engine asks of the messenger. Both calls go into one ordered stream to the friend. */
export interface OfflineMessenger {
  sendMessage(friend: PublicKey, kind: MessageKind, text: Uint8Array, now: Instant): SendOutcome
  sendCustom(friend: PublicKey, data: Uint8Array, now: Instant): SendOutcome
}

/** How far this node gets: nowhere, to the Tox network but to no storage node that it knows, or to storage nodes. */
export type Reach = 'nowhere' | 'network' | 'storage'

/** A record as it was sealed and signed: each try sends these bytes. */
export interface SealedRecord {
  readonly signed: SignedHeader
  readonly body: Uint8Array
}

/** A slot that the asker has settled, so that nobody sends it again. */
export interface KnownSlot {
  readonly slot: number
  readonly revision: number
}

/** What need not come again: everything below `fromSlot`, and single slots above it. */
export interface SettledSlots {
  readonly fromSlot: number
  readonly skip: readonly KnownSlot[]
}

/** A slot to be deleted: with c by who opened the record, else signed by the mailbox key. */
export type Deletion =
  | {
      readonly kind: 'cancelled'
      readonly slot: number
      readonly bodyHash: Uint8Array
      /** Of the record's header: tells a true `collected` from a false one. */
      readonly collectHash: Uint8Array
    }
  | {
      readonly kind: 'collected'
      readonly slot: number
      readonly bodyHash: Uint8Array
      readonly collectSecret: Uint8Array
    }

/** What the offline engine asks of the storage network. The answers are StorageClientEvents. */
export interface OfflineStorage {
  insert(record: SealedRecord, receipts: readonly Receipt[], now: Instant): OperationId
  renew(signer: SigningKey, header: RecordHeader, renewal: RenewalWish, now: Instant): OperationId
  remove(signer: SigningKey, deletions: readonly Deletion[], now: Instant): OperationId
  /** records: headers that we wrote; watchedSlots: slots that we did not write, in which nothing should be. */
  status(
    signer: SigningKey,
    records: readonly RecordHeader[],
    watchedSlots: readonly number[],
    now: Instant,
  ): OperationId
  fetch(signer: SigningKey, settled: SettledSlots, now: Instant): OperationId
  /** Ends an operation: no further proof is computed for it, nothing more is sent. */
  cancel(operationId: OperationId, now: Instant): void
}

export interface RenewalWish {
  readonly counter: number
  readonly notAfter: Instant
}
