import type { ByteReader } from '../base/byte-reader.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { assert } from '../base/assert.ts'
import type { Instant } from '../base/time.ts'
import {
  bytes,
  type Codec,
  flag,
  list,
  oneOf,
  optional,
  publicKey,
  restBytes,
  struct,
  u8,
  u16,
  u32,
  u53,
  type ValueOf,
} from '../wire/codec.ts'
import { EPOCH_ID_BYTES, MAIL_PARTS_MAX, MESSAGE_ID_BYTES } from '../wire/offline-packets.ts'
import { BODY_BYTES_MAX, receipt } from '../wire/storage-proof.ts'
import { COLLECT_SECRET_BYTES, RECORD_HASH_BYTES, recordHeader, signedHeader } from '../wire/storage-record.ts'
import type { DeliveryReason, DeliveryState } from './change.ts'
import { SKIPPED_PER_MAILBOX_MAX } from './slot-chain.ts'

/** Every row begins with this byte; a row of another version is not read. */
const ROW_VERSION = 1
const version = oneOf(ROW_VERSION)

/** A whole millisecond: clocks count finer than rows need. */
const instant: Codec<Instant> = {
  write: (writer, value) => writer.u53(Math.max(0, Math.floor(value))),
  read: (reader) => reader.u53(),
}

/** A two-byte count and up to `countMax` items. */
function longList<T>(item: Codec<T>, countMax: number): Codec<readonly T[]> {
  return {
    write: (writer, items) => {
      assert(items.length <= countMax, 'list too long for its row')
      writer.u16(items.length)
      for (const value of items) item.write(writer, value)
    },
    read: (reader: ByteReader) => {
      const at = reader.offset
      const count = u16.read(reader)
      if (count > countMax) throw new DecodeError('list too long for its row', at)
      return Array.from({ length: count }, () => item.read(reader))
    },
  }
}

/** One byte: the place of a word in a list that only ever grows at its end. */
function word<const W extends string>(words: readonly W[]): Codec<W> {
  return {
    write: (writer, value) => writer.u8(words.indexOf(value)),
    read: (reader) => {
      const at = reader.offset
      const value = words[u8.read(reader)]
      if (value === undefined) throw new DecodeError('unknown word', at)
      return value
    },
  }
}

const DELIVERY_STATES: readonly DeliveryState[] = [
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
]

const DELIVERY_REASONS: readonly DeliveryReason[] = [
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
]

export const SUPPORTS = ['unknown', 'extension', 'plain'] as const
/** Whether a friend's client speaks the extension, as far as the last meeting told. */
export type Support = (typeof SUPPORTS)[number]

const key32 = bytes(32)
const hash32 = bytes(RECORD_HASH_BYTES)
const messageId = bytes(MESSAGE_ID_BYTES)
const epochId = bytes(EPOCH_ID_BYTES)

/** `friend/KEY`: what outlives a connection to one friend. */
export const friendRow = struct({
  version,
  isWaitingOn: flag,
  support: word(SUPPORTS),
  agreementVersion: u8,
  tellsRead: flag,
  nextSequence: u53,
  nextEpochNumber: u32,
  unnumberedCount: u53,
})

export const MISSING_MAX = 256

/** `order/KEY`: where the friend's sequence stands and which numbers were passed over. */
export const orderRow = struct({ version, next: u53, missing: longList(u53, MISSING_MAX) })

/** `epoch/KEY/ID`: all of an epoch but its chains. */
export const epochRow = struct({
  version,
  id: epochId,
  number: u32,
  isConfirmed: flag,
  isOutOfDate: flag,
  ownConfirmation: key32,
  peerConfirmation: key32,
  sendSeed: key32,
  receiveSeed: key32,
  agreedAt: instant,
  supersededAt: instant,
  retiredAt: instant,
  peerSlots: optional(u32),
})

/** `send/KEY/ID`: the sending chain; its key is gone once a newer epoch is confirmed. */
export const sendRow = struct({ version, nextSlot: u32, chainKey: optional(key32) })

/** `receive/KEY/ID`: the receiving chain; erased when the epoch's reading keys are. */
export const receiveRow = struct({
  version,
  nextSlot: u32,
  chainKey: key32,
  skipped: longList(struct({ slot: u32, key: key32, skippedAt: instant }), SKIPPED_PER_MAILBOX_MAX + 1),
})

const partState = struct({ header: recordHeader, isCollected: flag })
export const PLACEMENTS_MAX = 8

const placement = struct({
  epochId,
  firstSlot: u32,
  createdAt: instant,
  notAfter: instant,
  renewCounter: u32,
  parts: list(partState, MAIL_PARTS_MAX, 1),
})

/** `entry/ID`: an own message that is not settled. */
export const entryRow = struct({
  version,
  messageId,
  friend: publicKey,
  order: u53,
  sequence: u53,
  sentAtMs: u53,
  ttlSeconds: u32,
  state: word(DELIVERY_STATES),
  reason: optional(word(DELIVERY_REASONS)),
  isFile: flag,
  isPlaced: flag,
  isCancelWanted: flag,
  wasSentDirectly: flag,
  held: u8,
  wanted: u8,
  expiresAt: instant,
  placements: list(placement, PLACEMENTS_MAX),
})
export type PlacementRow = ValueOf<typeof placement>

/** `content/ID`: what the message says, as mailContent. */
export const contentRow = struct({ version, content: restBytes(2 ** 21) })

/** `sealed/ID/PART`: the record as it is sent, again and again. */
export const sealedRow = struct({ version, signed: signedHeader, body: restBytes(BODY_BYTES_MAX) })

export const HOLDERS_MAX = 16
/** `receipts/ID/PART`: who said that it keeps the record. */
export const receiptsRow = struct({
  version,
  holders: list(struct({ node: publicKey, ring: u8, isLost: flag, checkedAt: instant, receipt }), HOLDERS_MAX),
})

/** `done/ID`: a settled own message of which more may be heard: that it was read, or collected after all. */
export const doneRow = struct({ version, friend: publicKey, state: word(DELIVERY_STATES), doneAt: instant })

export const KNOWN_PER_ROW = 64
/** `known/KEY/NUMBER`: messages received: the friend's id, ours for the history, and whether SENDER was told. */
export const knownRow = struct({
  version,
  newestAt: instant,
  entries: list(struct({ messageId, historyId: messageId, isUnreported: flag }), KNOWN_PER_ROW),
})

/** `held/KEY/SEQUENCE`: a message that waits for one before it. */
export const heldRow = struct({
  version,
  historyId: messageId,
  sequence: u53,
  sentAtMs: u53,
  content: restBytes(2 ** 21),
})

/** `part/KEY/ID/INDEX`: a part of a message whose other parts have not come. */
export const partRow = struct({
  version,
  messageId,
  sequence: u53,
  sentAtMs: u53,
  partIndex: u8,
  partCount: u8,
  openedAt: instant,
  epochId,
  slot: u32,
  bodyHash: hash32,
  collectSecret: bytes(COLLECT_SECRET_BYTES),
  part: restBytes(BODY_BYTES_MAX),
})

/** `collect/KEY/EPOCH/SLOT`: a record that is on our disk and is still to be deleted from the network. */
export const collectRow = struct({
  version,
  epochId,
  slot: u32,
  bodyHash: hash32,
  collectSecret: bytes(COLLECT_SECRET_BYTES),
  openedAt: instant,
})

export const READS_MAX = 255
/** `reads/KEY`: ids that the person read and the friend was not told of. */
export const readsRow = struct({ version, messageIds: list(messageId, READS_MAX) })

/** The version of rows that this code writes, as a field. */
export const CURRENT = { version: ROW_VERSION } as const
