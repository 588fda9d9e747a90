/** A row of the engine's own state. Undefined erases it: the database overwrites the bytes. */
export interface StateWrite {
  readonly key: string
  readonly value: Uint8Array | undefined
}

/** What one message carries: text or action as UTF-8 bytes, or a small file. */
export type MessageContent =
  | { readonly kind: 'text' | 'action'; readonly text: Uint8Array }
  | { readonly kind: 'file'; readonly name: Uint8Array; readonly bytes: Uint8Array }

/** Where an own message stands (design, section 9). */
export type DeliveryState =
  | 'queued'
  | 'proving'
  | 'storing'
  | 'stored'
  | 'collected'
  | 'delivered'
  | 'read'
  | 'expired'
  | 'failed'
  | 'cancelled'

export type DeliveryReason =
  | 'offline'
  | 'not-met'
  | 'unsupported'
  | 'waiting-off'
  | 'keys-out-of-date'
  | 'no-network'
  | 'no-storage-nodes'
  | 'thin'
  | 'at-risk'
  | 'expiring'
  | 'refused'
  | 'not-known-whether-read'
  | 'friend-removed'

/** Live copies held, against the target. */
export interface Copies {
  readonly held: number
  readonly wanted: number
}

/**
 * What happens to the user's history. `messageId` is 32 hex digits, `friend` a public key in hex, times are Unix
 * milliseconds, `sequence` the order of the sender. A `missing` row holds a place that a later `incoming` of the same
 * sequence fills.
 */
export type MessageChange =
  | {
      readonly kind: 'outgoing'
      readonly messageId: string
      readonly friend: string
      readonly content: MessageContent
      readonly sentAtMs: number
      readonly state: DeliveryState
      readonly reason?: DeliveryReason
    }
  | {
      readonly kind: 'incoming'
      readonly messageId: string
      readonly friend: string
      readonly content: MessageContent
      readonly sentAtMs: number
      readonly sequence: number
    }
  /** Other words for an own message that has not left yet. */
  | { readonly kind: 'edited'; readonly messageId: string; readonly content: MessageContent }
  | { readonly kind: 'missing'; readonly friend: string; readonly sequence: number; readonly atMs: number }
  | {
      readonly kind: 'state'
      readonly messageId: string
      readonly state: DeliveryState
      readonly reason?: DeliveryReason
      readonly copies?: Copies
      readonly expiresAtMs?: number
      readonly atMs: number
    }

/** One transaction: engine rows and history rows together, or neither. */
export interface Change {
  readonly writes: readonly StateWrite[]
  readonly messages: readonly MessageChange[]
}
