import { assert } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import {
  bytes,
  type Codec,
  flag,
  list,
  oneOf,
  packet,
  publicKey,
  restBytes,
  sizedBytes,
  struct,
  u8,
  u32,
  u53,
} from './codec.ts'

/** First byte of all packets that friends with the extension exchange over their Tox connection: custom lossless. */
export const FRIEND_EXTENSION_ID = 184

export const EPOCH_ID_BYTES = 32
export const CONFIRMATION_BYTES = 32
export const MESSAGE_ID_BYTES = 16
/** Epochs of one friend that either side keeps, pending or confirmed. */
export const EPOCHS_MAX = 16
/** Message ids in one packet; more go in further packets. */
export const MESSAGE_IDS_MAX = 64

export const EPOCH_STATE = { pending: 0, confirmed: 1 } as const
export type EpochState = (typeof EPOCH_STATE)[keyof typeof EPOCH_STATE]

const messageId = bytes(MESSAGE_ID_BYTES)
const messageIds = list(messageId, MESSAGE_IDS_MAX, 1)

const epochEntry = struct({
  id: bytes(EPOCH_ID_BYTES),
  state: oneOf(EPOCH_STATE.pending, EPOCH_STATE.confirmed),
  slotsWritten: u32,
})

/**
 * DHT_KEY_DOES_EXIST: opens a meeting.
 *
 * | bytes | field     |                                                                         |
 * |-------|-----------|-------------------------------------------------------------------------|
 * | 1     | 184       |                                                                         |
 * | 1     | 1         | sub-type                                                                |
 * | 1     | version   | of the agreement                                                        |
 * | 32    | freshKey  | Curve25519, made for this connection                                    |
 * | 1     | wantsNew  | 1: the present epoch was written under, is older than a day, or missing |
 * | 1     | readReceipts | 1: this side tells what was read                                     |
 * | 1     | count     | up to 16                                                                |
 * | 37 n  | epochs    | id (32), state (1: 0 pending, 1 confirmed), slots that we wrote (4)     |
 */
export const keyDoesExist = friendPacket('DHT_KEY_DOES_EXIST', 1, {
  version: u8,
  freshKey: publicKey,
  wantsNew: flag,
  readReceipts: flag,
  epochs: list(epochEntry, EPOCHS_MAX),
})

/** DHT_NEW_KEY: | 1 | 184 | 1 | sub-type 2 | 32 | epoch id | 32 | MAC over the id that differs by role | */
export const newKey = friendPacket('DHT_NEW_KEY', 2, {
  epochId: bytes(EPOCH_ID_BYTES),
  confirmation: bytes(CONFIRMATION_BYTES),
})

/**
 * Names the message that the next packet 64 or 65 of this stream carries.
 *
 * | 1 | 184 | 1 | sub-type 3 | 16 | message id | 8 | SENDER's sequence number | 8 | sent at, Unix milliseconds |
 */
export const messageFollows = friendPacket('MESSAGE_FOLLOWS', 3, { messageId, sequence: u53, sentAtMs: u53 })

/**
 * These are on disk here: messages that came, or, in answer to MESSAGES_COLLECTED, that they came.
 *
 * | 1 | 184 | 1 | sub-type 4 | 1 | count | 16 n | message ids |
 */
export const messagesTaken = friendPacket('MESSAGES_TAKEN', 4, { messageIds })

/**
 * Opens a meeting, before DHT_KEY_DOES_EXIST: RECEIVER has these, from storage nodes or directly, and SENDER has not
 * said by MESSAGES_TAKEN since the last meeting that it knows.
 *
 * | 1 | 184 | 1 | sub-type 5 | 1 | count | 16 n | message ids |
 */
export const messagesCollected = friendPacket('MESSAGES_COLLECTED', 5, { messageIds })

/** A person read these: | 1 | 184 | 1 | sub-type 6 | 1 | count | 16 n | message ids | */
export const messagesRead = friendPacket('MESSAGES_READ', 6, { messageIds })

/**
 * Asks SENDER for what can no longer be opened, to be sent again directly.
 *
 * | 1 | 184 | 1 | sub-type 7 | 32 | epoch id | 1 | count | 4 n | slots |
 */
export const sendAgain = friendPacket('SEND_AGAIN', 7, { epochId: bytes(EPOCH_ID_BYTES), slots: list(u32, 255, 1) })

export const CONTENT_PART_BYTES_MAX = 1_200

/**
 * A stretch of a message that is no text: a small file that goes directly. Parts come in order.
 *
 * | bytes  | field     |                                                   |
 * |--------|-----------|---------------------------------------------------|
 * | 1      | 184       |                                                   |
 * | 1      | 8         | sub-type                                          |
 * | 16     | messageId |                                                   |
 * | 8      | sequence  |                                                   |
 * | 8      | sentAtMs  |                                                   |
 * | 4      | length    | of the whole content                              |
 * | 4      | offset    | of this part                                      |
 * | ≤1,200 | part      | of the content as a body holds it (mailContent)   |
 */
export const contentPart = friendPacket('CONTENT_PART', 8, {
  messageId,
  sequence: u53,
  sentAtMs: u53,
  length: u32,
  offset: u32,
  part: restBytes(CONTENT_PART_BYTES_MAX, 1),
})

/** Every packet of this family by its sub-type. */
export const friendExtensionPackets = [
  keyDoesExist,
  newKey,
  messageFollows,
  messagesTaken,
  messagesCollected,
  messagesRead,
  sendAgain,
  contentPart,
] as const

/** The sub-type byte of a packet 184, or undefined if it is too short. */
export function subTypeOf(data: Uint8Array): number | undefined {
  return data[0] === FRIEND_EXTENSION_ID ? data[1] : undefined
}

export const MAIL_KIND = { text: 64, action: 65, file: 80 } as const

/** What one message says, as bytes: UTF-8 text, or a file's name and bytes. */
export type MailContent =
  | { readonly kind: typeof MAIL_KIND.text | typeof MAIL_KIND.action; readonly text: Uint8Array }
  | { readonly kind: typeof MAIL_KIND.file; readonly name: Uint8Array; readonly bytes: Uint8Array }

export const MAIL_TEXT_BYTES_MAX = 1_372
export const MAIL_FILE_NAME_BYTES_MAX = 255
/** A sender's limit on what may wait for a friend. */
export const MAIL_FILE_BYTES_MAX = 1_048_576

const mailText = sizedBytes(MAIL_TEXT_BYTES_MAX, 1)
const mailFileName = sizedBytes(MAIL_FILE_NAME_BYTES_MAX)

/**
 * The content of one message, by Tox's own packet ids.
 *
 * | bytes | field |                                                                                        |
 * |-------|-------|----------------------------------------------------------------------------------------|
 * | 1     | kind  | 64 text, 65 action, 80 file                                                            |
 * | 2 + n | text  | kinds 64 and 65: 1 to 1,372 bytes of UTF-8                                             |
 * | 2 + n | name  | kind 80: up to 255 bytes of UTF-8, then 4 bytes length and the file's bytes            |
 */
export const mailContent: Codec<MailContent> = {
  write: (writer, content) => {
    writer.u8(content.kind)
    if (content.kind !== MAIL_KIND.file) {
      mailText.write(writer, content.text)
      return
    }
    assert(content.bytes.length <= MAIL_FILE_BYTES_MAX, 'file too long to wait')
    mailFileName.write(writer, content.name)
    writer.u32(content.bytes.length)
    writer.bytes(content.bytes)
  },
  read: (reader) => {
    const at = reader.offset
    const kind = reader.u8()
    if (kind === MAIL_KIND.text || kind === MAIL_KIND.action) return { kind, text: mailText.read(reader) }
    if (kind !== MAIL_KIND.file) throw new DecodeError('unknown kind of mail', at)
    const name = mailFileName.read(reader)
    const lengthAt = reader.offset
    const length = reader.u32()
    if (length > MAIL_FILE_BYTES_MAX) throw new DecodeError('file too long to wait', lengthAt)
    return { kind, name, bytes: reader.bytes(length) }
  },
}

/** What a sealed body holds: the whole content of a message, or one stretch of a longer one. */
export interface Mail {
  readonly messageId: Uint8Array
  readonly sequence: number
  readonly sentAtMs: number
  readonly partIndex: number
  readonly partCount: number
  readonly part: Uint8Array
}

/** Fields before the part: 16 + 8 + 8 + 1 + 1 + 4. */
export const MAIL_OVERHEAD_BYTES = 38
export const MAIL_PARTS_MAX = 32

/**
 * Plain text of a record's body, before padding.
 *
 * | bytes | field     |                                                                       |
 * |-------|-----------|-----------------------------------------------------------------------|
 * | 16    | messageId | random; the same in all parts and however the message comes           |
 * | 8     | sequence  | SENDER's order of messages to this friend                             |
 * | 8     | sentAtMs  | Unix milliseconds                                                     |
 * | 1     | partIndex | 0 for the first or only part, which lies in the first of n slots      |
 * | 1     | partCount | 1 to 32: part i lies i slots after part 0                             |
 * | 4     | length    | of the part                                                           |
 * | n     | part      | of the encoded mailContent                                            |
 * | rest  | padding   | zeros                                                                 |
 */
export const mail: Codec<Mail> = {
  write: (writer, value) => {
    assert(value.partCount >= 1 && value.partCount <= MAIL_PARTS_MAX && value.partIndex < value.partCount, 'bad part')
    messageId.write(writer, value.messageId)
    writer.u53(value.sequence)
    writer.u53(value.sentAtMs)
    writer.u8(value.partIndex)
    writer.u8(value.partCount)
    writer.u32(value.part.length)
    writer.bytes(value.part)
  },
  read: (reader) => {
    const id = messageId.read(reader)
    const sequence = reader.u53()
    const sentAtMs = reader.u53()
    const at = reader.offset
    const partIndex = reader.u8()
    const partCount = reader.u8()
    if (partCount < 1 || partCount > MAIL_PARTS_MAX || partIndex >= partCount) throw new DecodeError('bad part', at)
    const part = reader.bytes(reader.u32())
    if (reader.rest().some((byte) => byte !== 0)) throw new DecodeError('padding is not zero', reader.offset)
    return { messageId: id, sequence, sentAtMs, partIndex, partCount, part }
  },
}

function friendPacket<const F extends Readonly<Record<string, unknown>>>(name: string, subType: number, fields: F) {
  return packet(name, FRIEND_EXTENSION_ID, { subType: oneOf(subType), ...fields })
}
