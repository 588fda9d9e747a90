import { z } from 'zod'
import { PublicKeyHex, Timestamp } from './hex-keys.ts'
import { MessageState, StateReason, TtlSeconds } from './message.ts'
import { UserStatus } from './profile.ts'

/**
 * Whether messages can wait for this friend: `ready` a confirmed epoch exists; `pending` the app answered but no epoch is
 * confirmed, or friends never met; `unsupported` the friend's app has no such thing; `off` switched off for this friend.
 */
export const OfflineMessages = z.enum(['ready', 'pending', 'unsupported', 'off'])
export type OfflineMessages = z.infer<typeof OfflineMessages>

/** The newest message of a conversation, as the friend list shows it. */
export const LastMessage = z.strictObject({
  id: z.int().min(1),
  direction: z.enum(['in', 'out']),
  kind: z.enum(['text', 'action', 'file']),
  /** Its first characters, without what it quotes; a file's name. */
  text: z.string(),
  sentAt: Timestamp,
  state: MessageState,
  reason: StateReason.optional(),
})
export type LastMessage = z.infer<typeof LastMessage>

/** A file that went, or was offered, from one to the other while both were online. */
export const LastFile = z.strictObject({ direction: z.enum(['in', 'out']), name: z.string(), startedAt: Timestamp })
export type LastFile = z.infer<typeof LastFile>

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
  /** Messages and offered files that the person has not seen. */
  unreadCount: z.int().min(0),
  lastSeenAt: Timestamp.optional(),
  /** Whether both have been online together: before, there are no keys for waiting messages. */
  hasMet: z.boolean(),
  /** How long messages to this friend wait, where it differs from the setting. */
  ttlSeconds: TtlSeconds.optional(),
  lastMessage: LastMessage.optional(),
  /** Only where it is newer than the last message. */
  lastFile: LastFile.optional(),
  /** What was written and not sent yet. */
  draft: z.string(),
})
export type Friend = z.infer<typeof Friend>

/** A stranger who wants to be a friend. */
export const FriendRequest = z.strictObject({
  publicKey: PublicKeyHex,
  message: z.string(),
  receivedAt: Timestamp,
})
export type FriendRequest = z.infer<typeof FriendRequest>
