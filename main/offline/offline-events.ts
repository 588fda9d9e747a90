import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { Receipt } from '../wire/storage-proof.ts'
import type { Holder } from './outbox-entry.ts'
import type { FriendState } from './offline-friend.ts'

/** News for the owner above that stand in no row; everything else is a Change. */
export type OfflineEvent =
  | { readonly kind: 'friendState'; readonly friend: PublicKey; readonly state: FriendState }
  /** Proofs for one message, in the storage client's units of work; done / total never goes back for one sealing. */
  | { readonly kind: 'progress'; readonly messageId: string; readonly done: number; readonly total: number }

export type SendOutcome =
  | { readonly kind: 'accepted'; readonly messageId: string }
  | { readonly kind: 'empty' | 'tooLong' }

/** Where an own message lies, as its receipts and the last check say. */
export interface Delivery {
  readonly holders: readonly Pick<Holder, 'node' | 'ring' | 'isLost' | 'checkedAt'>[]
  readonly receipts: readonly Receipt[]
}

/** One agreement with a friend. */
export interface EpochView {
  /** 64 hex digits. */
  readonly id: string
  readonly isConfirmed: boolean
  /** Another copy of this profile wrote under it. */
  readonly isOutOfDate: boolean
  readonly agreedAt: Instant
  /** Its reading keys are erased. */
  readonly isRetired: boolean
  readonly slotsWritten: number
}
