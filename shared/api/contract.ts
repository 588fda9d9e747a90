import { z } from 'zod'
import {
  DRAFT_CHARS_MAX,
  FRIEND_REQUEST_BYTES_MAX,
  NAME_BYTES_MAX,
  PAGE_SIZE_MAX,
  SEARCH_RESULTS_MAX,
} from '../limits.ts'
import { Account, Passphrase } from '../model/account.ts'
import { AppInfo, Notice } from '../model/app.ts'
import { FileTransferView } from '../model/file.ts'
import { Friend, FriendRequest } from '../model/friend.ts'
import { PublicKeyHex, ToxIdHex } from '../model/hex-keys.ts'
import { Delivery, Message, OutgoingText, TtlSeconds } from '../model/message.ts'
import { BootstrapNodeEntry, BootstrapNodeView, LookupView, Network, RingView } from '../model/network.ts'
import { Profile, ProfileChange } from '../model/profile.ts'
import { Settings, SettingsChange } from '../model/settings.ts'
import { ProofMeasure, ProofPrice, Storage, StorageChange, StorageSample } from '../model/storage.ts'
import { utf8Text } from '../model/text.ts'
import { event, method } from './rpc.ts'

const Nothing = z.strictObject({})
const MessageId = z.int().min(1)
const FileId = z.int().min(1)
const Path = z.string().min(1)
const SearchQuery = z.strictObject({
  text: z.string().min(1).max(200),
  friend: PublicKeyHex.optional(),
  limit: z.int().min(1).max(SEARCH_RESULTS_MAX).optional(),
})

/** All that a face can ask of the host, and be told by it. JSON only: no bytes, dates or maps. */
export const contract = {
  /** Works before a profile is open; nothing else does: it is answered with `NotOpen`. */
  account: {
    get: method(Nothing, Account),
    /** Makes a new identity. A passphrase encrypts the profile. */
    create: method(z.strictObject({ name: utf8Text(NAME_BYTES_MAX, 1), passphrase: Passphrase.optional() }), Account),
    unlock: method(z.strictObject({ passphrase: Passphrase }), Account),
    /** Makes a profile of a Tox savefile (qTox, toxic); its passphrase protects the profile from then on. */
    import: method(z.strictObject({ path: Path, passphrase: Passphrase.optional() }), Account),
    /**
     * Makes a profile of an encrypted backup, history included; its passphrase protects the profile from then on. Where
     * there is a profile that could not be opened, its files are set aside.
     */
    restore: method(z.strictObject({ path: Path, passphrase: Passphrase }), Account),
    /** Looks again at a profile that could not be opened: what was in the way may be gone. */
    retry: method(Nothing, Account),
    changed: event(Account),
  },
  profile: {
    get: method(Nothing, Profile),
    set: method(ProfileChange, Profile),
    /** Takes over the identity of a savefile (plain or encrypted); refused while the present profile has friends. */
    import: method(z.strictObject({ path: Path, passphrase: z.string().optional() }), Profile),
    /** Writes a savefile that qTox reads; encrypted if a passphrase is given. Never overwrites. */
    export: method(z.strictObject({ path: Path, passphrase: z.string().optional() }), Nothing),
    /** Sets, changes or (without `next`) removes the passphrase of savefile and database key. */
    setPassphrase: method(z.strictObject({ current: Passphrase.optional(), next: Passphrase.optional() }), Profile),
    /** Writes profile, history and settings as one encrypted file. Never overwrites. */
    backup: method(z.strictObject({ path: Path, passphrase: Passphrase }), z.strictObject({ sizeBytes: z.int() })),
    changed: event(Profile),
  },
  friends: {
    list: method(Nothing, z.array(Friend)),
    add: method(z.strictObject({ toxId: ToxIdHex, message: utf8Text(FRIEND_REQUEST_BYTES_MAX, 1) }), Friend),
    accept: method(z.strictObject({ publicKey: PublicKeyHex }), Friend),
    requests: method(Nothing, z.array(FriendRequest)),
    /** Lets a request go without an answer; Tox knows no refusal. */
    dismiss: method(z.strictObject({ publicKey: PublicKeyHex }), Nothing),
    remove: method(z.strictObject({ publicKey: PublicKeyHex }), Nothing),
    /** Without `ttlSeconds` the setting holds again. */
    setTtl: method(z.strictObject({ publicKey: PublicKeyHex, ttlSeconds: TtlSeconds.optional() }), Friend),
    setDraft: method(z.strictObject({ publicKey: PublicKeyHex, text: z.string().max(DRAFT_CHARS_MAX) }), Nothing),
    /** Switches waiting messages on or off for one friend. */
    setOfflineMessages: method(z.strictObject({ publicKey: PublicKeyHex, isOn: z.boolean() }), Friend),
    changed: event(Friend),
    removed: event(z.strictObject({ publicKey: PublicKeyHex })),
    requested: event(FriendRequest),
    /** A request is no longer there: answered, let go, or gone with the identity that was asked. */
    requestRemoved: event(z.strictObject({ publicKey: PublicKeyHex })),
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
    /** The `limit` messages about one of them, oldest first: where a search result stands. */
    around: method(z.strictObject({ id: MessageId, limit: z.int().min(1).max(PAGE_SIZE_MAX) }), z.array(Message)),
    /** The oldest `limit` after `afterId`, oldest first; 0 is before all. */
    after: method(
      z.strictObject({ friend: PublicKeyHex, afterId: z.int().min(0), limit: z.int().min(1).max(PAGE_SIZE_MAX) }),
      z.array(Message),
    ),
    cancel: method(z.strictObject({ id: MessageId }), Message),
    /** Other words for a message that is still queued; `Conflict` once it has been sealed. */
    edit: method(z.strictObject({ id: MessageId, text: OutgoingText }), Message),
    /** Takes a message out of the own history only. */
    remove: method(z.strictObject({ id: MessageId }), Nothing),
    renew: method(z.strictObject({ id: MessageId, ttlSeconds: TtlSeconds }), Message),
    resend: method(z.strictObject({ id: MessageId }), Message),
    markRead: method(z.strictObject({ friend: PublicKeyHex, upToId: MessageId }), Nothing),
    search: method(SearchQuery, z.array(Message)),
    delivery: method(z.strictObject({ id: MessageId }), Delivery),
    changed: event(Message),
    removed: event(z.strictObject({ id: MessageId, friend: PublicKeyHex })),
    /** What came from a friend up to there is read: `markRead`, told to every window. */
    markedRead: event(z.strictObject({ friend: PublicKeyHex, upToId: MessageId })),
  },
  files: {
    /** To a friend who is online: a Tox file transfer; else, up to 64 KiB, a waiting message. */
    send: method(
      z.strictObject({ friend: PublicKeyHex, path: Path, ttlSeconds: TtlSeconds.optional() }),
      z.union([z.strictObject({ transfer: FileTransferView }), z.strictObject({ message: Message })]),
    ),
    /**
     * Transfers with a friend, the newest `limit` before `beforeId`, oldest first. With `afterMessages` only those that
     * stand after the messages `from` (0: before all) up to `to` (absent: the newest): the files of a page of messages.
     */
    list: method(
      z.strictObject({
        friend: PublicKeyHex,
        afterMessages: z.strictObject({ from: z.int().min(0), to: z.int().min(0).optional() }).optional(),
        beforeId: FileId.optional(),
        limit: z.int().min(1).max(PAGE_SIZE_MAX),
      }),
      z.array(FileTransferView),
    ),
    /** Transfers by the names of their files, newest first. */
    search: method(SearchQuery, z.array(FileTransferView)),
    accept: method(z.strictObject({ id: FileId, path: Path }), FileTransferView),
    pause: method(z.strictObject({ id: FileId }), FileTransferView),
    resume: method(z.strictObject({ id: FileId }), FileTransferView),
    cancel: method(z.strictObject({ id: FileId }), FileTransferView),
    /** The person has seen what a friend offered. */
    markRead: method(z.strictObject({ friend: PublicKeyHex, upToId: FileId }), Nothing),
    /** Takes a transfer that is over out of the own history only; the file itself stays. */
    remove: method(z.strictObject({ id: FileId }), Nothing),
    /** Writes the bytes of a file that came as a message. Never overwrites. */
    saveWaiting: method(z.strictObject({ messageId: MessageId, path: Path }), Nothing),
    changed: event(FileTransferView),
    removed: event(z.strictObject({ id: FileId, friend: PublicKeyHex })),
  },
  typing: {
    set: method(z.strictObject({ friend: PublicKeyHex, isTyping: z.boolean() }), Nothing),
  },
  network: {
    get: method(Nothing, Network),
    rings: method(Nothing, z.array(RingView)),
    /** The last lookups of this node, newest first. */
    lookups: method(Nothing, z.array(LookupView)),
    bootstrapNodes: method(Nothing, z.array(BootstrapNodeView)),
    addBootstrapNode: method(BootstrapNodeEntry, z.array(BootstrapNodeView)),
    removeBootstrapNode: method(BootstrapNodeEntry, z.array(BootstrapNodeView)),
    changed: event(Network),
  },
  storage: {
    get: method(Nothing, Storage),
    set: method(StorageChange, Storage),
    /** Hands over what this node holds, then empties the vault. */
    clear: method(Nothing, Storage),
    /** The last 24 hours, oldest first. */
    history: method(Nothing, z.array(StorageSample)),
    changed: event(Storage),
  },
  proof: {
    measure: method(Nothing, ProofMeasure),
    /** What sending `sizeBytes` to wait for `ttlSeconds` costs; quick: the speed is measured once and remembered. */
    price: method(z.strictObject({ sizeBytes: z.int().min(0), ttlSeconds: TtlSeconds }), ProofPrice),
  },
  settings: {
    get: method(Nothing, Settings),
    set: method(SettingsChange, Settings),
    changed: event(Settings),
  },
  app: {
    info: method(Nothing, AppInfo),
    /** The newest lines of the log, oldest first; no keys, addresses or texts are in them. */
    log: method(Nothing, z.array(z.string())),
    /** For a notification; raised only for what is switched on, and not in quiet hours. */
    notice: event(Notice),
    quit: method(Nothing, Nothing),
  },
} as const
export type Contract = typeof contract
