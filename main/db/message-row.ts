import type { Instant } from '../base/time.ts'

/** What a row keeps of a message: its text (for a file its name), a file's bytes; `missing` is a place kept. */
export interface StoredContent {
  readonly kind: 'text' | 'action' | 'file' | 'missing'
  readonly text: string
  readonly bytes?: Uint8Array
}

/** A message to add. `friend` and `messageId` (16 bytes) are upper-case hex. */
export interface NewMessage {
  readonly friend: string
  readonly messageId: string | undefined
  readonly isOutgoing: boolean
  readonly sequence?: number | undefined
  readonly content: StoredContent
  readonly sentAt: Instant
  readonly state: string
  readonly reason?: string | undefined
}

export interface MessageStateChange {
  readonly messageId: string
  readonly state: string
  readonly reason?: string | undefined
  readonly copies?: { readonly held: number; readonly wanted: number } | undefined
  readonly expiresAt?: Instant | undefined
  readonly at: Instant
}

export interface MessageRow {
  readonly id: number
  readonly friend: string
  readonly messageId: string | undefined
  readonly isOutgoing: boolean
  readonly content: StoredContent
  readonly sentAt: Instant
  readonly state: string
  readonly reason: string | undefined
  readonly copies: { readonly held: number; readonly wanted: number } | undefined
  readonly expiresAt: Instant | undefined
  readonly isRead: boolean
}

export interface DeliveryStepRow {
  readonly at: Instant
  readonly state: string
  readonly reason: string | null
}
