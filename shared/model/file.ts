import { z } from 'zod'
import { PublicKeyHex, Timestamp } from './hex-keys.ts'

export const FileState = z.enum(['offered', 'running', 'paused', 'paused-by-friend', 'finished', 'cancelled', 'failed'])
export type FileState = z.infer<typeof FileState>

/** A file on its way between two people who are both online. */
export const FileTransferView = z.strictObject({
  id: z.int().min(1),
  friend: PublicKeyHex,
  direction: z.enum(['in', 'out']),
  name: z.string(),
  sizeBytes: z.int().min(0).optional(),
  transferredBytes: z.int().min(0),
  bytesPerSecond: z.number().min(0),
  startedAt: Timestamp,
  /** Where it lies on this computer: the source of an own file, or what came. */
  path: z.string().optional(),
  state: FileState,
  /** Whether the person has seen the offer; own ones they have. */
  isRead: z.boolean(),
  /** Why it failed. */
  reason: z.string().optional(),
})
export type FileTransferView = z.infer<typeof FileTransferView>
