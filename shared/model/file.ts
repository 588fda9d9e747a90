import { z } from 'zod'
import { PublicKeyHex, Timestamp } from './hex-keys.ts'

/** `awaiting-friend`: the connection broke, and it goes on by itself once the friend is back, or offers the file again. */
export const FileState = z.enum([
  'offered',
  'running',
  'paused',
  'paused-by-friend',
  'awaiting-friend',
  'finished',
  'cancelled',
  'failed',
])
export type FileState = z.infer<typeof FileState>

/**
 * Why a transfer ended as it did, where the state alone does not say: `interrupted` the network was begun anew,
 * `ended-early` the sender stopped before the size it had named, `offer-over` it was accepted too late, `file` the file
 * could not be read or written, `source-changed` it is not what was offered any more, `part-changed` what had come was changed by somebody,
 * `expired` it did not go on for a week, `displaced` too many waited for their friends.
 */
export const FileEndReason = z.enum([
  'by-friend',
  'friend-offline',
  'app-closed',
  'interrupted',
  'ended-early',
  'offer-over',
  'file',
  'source-changed',
  'part-changed',
  'expired',
  'displaced',
])
export type FileEndReason = z.infer<typeof FileEndReason>

/** A file that goes, or went, from one to the other while both are online. It stays in the conversation. */
export const FileTransferView = z.strictObject({
  /** Grows in the order of offers. */
  id: z.int().min(1),
  friend: PublicKeyHex,
  direction: z.enum(['in', 'out']),
  /** Its place in the conversation: after this message, and 0 before all. */
  afterMessageId: z.int().min(0),
  name: z.string(),
  sizeBytes: z.int().min(0).optional(),
  transferredBytes: z.int().min(0),
  bytesPerSecond: z.number().min(0),
  startedAt: Timestamp,
  /** Where it lies on this computer: the source of an own file, or what came and is still there. */
  path: z.string().optional(),
  state: FileState,
  /** Whether the person has seen the offer; own ones they have. */
  isRead: z.boolean(),
  reason: FileEndReason.optional(),
  /** The system's words where the reason is the file. */
  detail: z.string().optional(),
})
export type FileTransferView = z.infer<typeof FileTransferView>
