import { z } from 'zod'
import { PublicKeyHex, Timestamp } from './hex-keys.ts'
import { UserStatus } from './profile.ts'

/**
 * Whether messages can wait for this friend: `ready` a confirmed epoch exists; `pending` the app answered but no epoch is
 * confirmed, or friends never met; `unsupported` the friend's app has no such thing; `off` switched off for this friend.
 */
export const OfflineMessages = z.enum(['ready', 'pending', 'unsupported', 'off'])
export type OfflineMessages = z.infer<typeof OfflineMessages>

export const Friend = z.strictObject({
  publicKey: PublicKeyHex,
  name: z.string(),
  statusMessage: z.string(),
  status: UserStatus,
  online: z.boolean(),
  isTyping: z.boolean(),
  offlineMessages: OfflineMessages,
  /** A request of ours that the friend has not answered yet. */
  isRequested: z.boolean(),
  unreadCount: z.int().min(0),
  lastSeenAt: Timestamp.optional(),
})
export type Friend = z.infer<typeof Friend>

/** A stranger who wants to be a friend. */
export const FriendRequest = z.strictObject({
  publicKey: PublicKeyHex,
  message: z.string(),
  receivedAt: Timestamp,
})
export type FriendRequest = z.infer<typeof FriendRequest>
