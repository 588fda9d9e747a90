import { z } from 'zod'
import { FRIEND_REQUEST_BYTES_MAX, PAGE_SIZE_MAX, SEARCH_RESULTS_MAX } from '../limits.ts'
import { FileTransferView } from '../model/file.ts'
import { Friend, FriendRequest } from '../model/friend.ts'
import { PublicKeyHex, ToxIdHex } from '../model/hex-keys.ts'
import { Delivery, Message, OutgoingText, TtlSeconds } from '../model/message.ts'
import { Network, RingView } from '../model/network.ts'
import { Profile, ProfileChange } from '../model/profile.ts'
import { Settings, SettingsChange } from '../model/settings.ts'
import { ProofMeasure, Storage, StorageChange } from '../model/storage.ts'
import { utf8Text } from '../model/text.ts'
import { event, method } from './rpc.ts'

const Nothing = z.strictObject({})
const MessageId = z.int().min(1)
const FileId = z.int().min(1)
const Path = z.string().min(1)

/** All that a face can ask of the host, and be told by it. JSON only: no bytes, dates or maps. */
export const contract = {
  profile: {
    get: method(Nothing, Profile),
    set: method(ProfileChange, Profile),
    /** Takes over the identity of a savefile (plain or encrypted); refused while the present profile has friends. */
    import: method(z.strictObject({ path: Path, passphrase: z.string().optional() }), Profile),
    /** Writes a savefile that qTox reads; encrypted if a passphrase is given. Never overwrites. */
    export: method(z.strictObject({ path: Path, passphrase: z.string().optional() }), Nothing),
  },
  friends: {
    list: method(Nothing, z.array(Friend)),
    add: method(z.strictObject({ toxId: ToxIdHex, message: utf8Text(FRIEND_REQUEST_BYTES_MAX, 1) }), Friend),
    accept: method(z.strictObject({ publicKey: PublicKeyHex }), Friend),
    requests: method(Nothing, z.array(FriendRequest)),
    remove: method(z.strictObject({ publicKey: PublicKeyHex }), Nothing),
    /** Switches waiting messages on or off for one friend. */
    setOfflineMessages: method(z.strictObject({ publicKey: PublicKeyHex, isOn: z.boolean() }), Friend),
    changed: event(Friend),
    removed: event(z.strictObject({ publicKey: PublicKeyHex })),
    requested: event(FriendRequest),
  },
  messages: {
    send: method(
      z.strictObject({
        friend: PublicKeyHex,
        text: OutgoingText,
        kind: z.enum(['text', 'action']).optional(),
        ttlSeconds: TtlSeconds.optional(),
      }),
      Message,
    ),
    /** The newest `limit` before `beforeId`, oldest first. */
    list: method(
      z.strictObject({
        friend: PublicKeyHex,
        beforeId: MessageId.optional(),
        limit: z.int().min(1).max(PAGE_SIZE_MAX),
      }),
      z.array(Message),
    ),
    cancel: method(z.strictObject({ id: MessageId }), Message),
    renew: method(z.strictObject({ id: MessageId, ttlSeconds: TtlSeconds }), Message),
    resend: method(z.strictObject({ id: MessageId }), Message),
    markRead: method(z.strictObject({ friend: PublicKeyHex, upToId: MessageId }), Nothing),
    search: method(
      z.strictObject({
        text: z.string().min(1).max(200),
        friend: PublicKeyHex.optional(),
        limit: z.int().min(1).max(SEARCH_RESULTS_MAX).optional(),
      }),
      z.array(Message),
    ),
    delivery: method(z.strictObject({ id: MessageId }), Delivery),
    changed: event(Message),
  },
  files: {
    /** To a friend who is online: a Tox file transfer; else, up to 64 KiB, a waiting message. */
    send: method(
      z.strictObject({ friend: PublicKeyHex, path: Path, ttlSeconds: TtlSeconds.optional() }),
      z.union([z.strictObject({ transfer: FileTransferView }), z.strictObject({ message: Message })]),
    ),
    list: method(Nothing, z.array(FileTransferView)),
    accept: method(z.strictObject({ id: FileId, path: Path }), FileTransferView),
    pause: method(z.strictObject({ id: FileId }), FileTransferView),
    resume: method(z.strictObject({ id: FileId }), FileTransferView),
    cancel: method(z.strictObject({ id: FileId }), FileTransferView),
    /** Writes the bytes of a file that came as a message. Never overwrites. */
    saveWaiting: method(z.strictObject({ messageId: MessageId, path: Path }), Nothing),
    changed: event(FileTransferView),
  },
  typing: {
    set: method(z.strictObject({ friend: PublicKeyHex, isTyping: z.boolean() }), Nothing),
  },
  network: {
    get: method(Nothing, Network),
    rings: method(Nothing, z.array(RingView)),
    changed: event(Network),
  },
  storage: {
    get: method(Nothing, Storage),
    set: method(StorageChange, Storage),
    /** Hands over what this node holds, then empties the vault. */
    clear: method(Nothing, Storage),
    changed: event(Storage),
  },
  proof: {
    measure: method(Nothing, ProofMeasure),
  },
  settings: {
    get: method(Nothing, Settings),
    set: method(SettingsChange, Settings),
  },
  app: {
    quit: method(Nothing, Nothing),
  },
} as const
export type Contract = typeof contract
