import { z } from 'zod'
import { MESSAGE_BYTES_MAX, TTL_SECONDS_MAX, TTL_SECONDS_MIN } from '../limits.ts'
import { PublicKeyHex, Timestamp } from './hex-keys.ts'
import { utf8Text } from './text.ts'

/** Where an own message stands (design, section 9); a friend's message is `received`. */
export const MessageState = z.enum([
  'queued',
  'proving',
  'storing',
  'stored',
  'collected',
  'delivered',
  'read',
  'expired',
  'failed',
  'cancelled',
  'received',
])
export type MessageState = z.infer<typeof MessageState>

/** Why a message is in its state, where the state alone does not say. */
export const StateReason = z.enum([
  'offline',
  'not-met',
  'unsupported',
  'waiting-off',
  'keys-out-of-date',
  'no-network',
  'no-storage-nodes',
  'thin',
  'at-risk',
  'expiring',
  'refused',
  'not-known-whether-read',
  'friend-removed',
  'message-missing',
])
export type StateReason = z.infer<typeof StateReason>

export const TtlSeconds = z.int().min(TTL_SECONDS_MIN).max(TTL_SECONDS_MAX)

export const MessageFile = z.strictObject({ name: z.string(), sizeBytes: z.int().min(0) })

export const Message = z.strictObject({
  /** Grows in the order shown. */
  id: z.int().min(1),
  friend: PublicKeyHex,
  direction: z.enum(['in', 'out']),
  kind: z.enum(['text', 'action', 'file']),
  text: z.string(),
  /** A small file that came, or waits, as a message. Its bytes: `files.saveWaiting`. */
  file: MessageFile.optional(),
  /** The sender's time. */
  sentAt: Timestamp,
  state: MessageState,
  reason: StateReason.optional(),
  /** Live copies held against the target. */
  copies: z.strictObject({ held: z.int().min(0), wanted: z.int().min(0) }).optional(),
  expiresAt: Timestamp.optional(),
  /** Share of the Proof-of-Work that is done, 0 to 1; never goes back. */
  progress: z.number().min(0).max(1).optional(),
  isRead: z.boolean(),
})
export type Message = z.infer<typeof Message>

export const OutgoingText = utf8Text(MESSAGE_BYTES_MAX, 1)

/** One step of a message's way, with the time it was verified. */
export const DeliveryStep = z.strictObject({
  at: Timestamp,
  state: MessageState,
  reason: StateReason.optional(),
})

/** A storage node that gave a receipt for the message. */
export const Holder = z.strictObject({
  nodeKey: PublicKeyHex,
  ring: z.int().min(0),
  status: z.enum(['held', 'lost', 'unknown']),
  checkedAt: Timestamp.optional(),
})

/** A receipt as the storage node signed it: `receipt` is the signed bytes, `signature` its Ed25519 signature, in hex. */
export const ReceiptView = z.strictObject({
  nodeKey: PublicKeyHex,
  receivedAt: Timestamp,
  expiresAt: Timestamp,
  receipt: z.string(),
  signature: z.string(),
})

export const Delivery = z.strictObject({
  timeline: z.array(DeliveryStep),
  holders: z.array(Holder),
  receipts: z.array(ReceiptView),
})
export type Delivery = z.infer<typeof Delivery>
