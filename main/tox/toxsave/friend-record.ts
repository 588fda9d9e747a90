import { ByteReader } from '../../base/byte-reader.ts'
import { ByteWriter } from '../../base/byte-writer.ts'
import { SECOND_MS } from '../../base/time.ts'
import { PublicKey } from '../../crypto/keys.ts'
import { FRIEND_REQUEST_MESSAGE_BYTES_MAX } from '../../wire/friend-packets.ts'
import { NAME_BYTES_MAX, STATUS_MESSAGE_BYTES_MAX } from '../../wire/messenger-packets.ts'
import { byteOfStatus, statusOfByte } from '../user-status.ts'
import type { SavedFriend } from './tox-profile.ts'

export const FRIEND_RECORD_BYTES = 2_216

const MESSAGE_FIELD_BYTES = 1_024
const STATUS_REQUESTED = 2
const STATUS_CONFIRMED = 3

/** Last seen later than this is no date: 100,000 years in seconds fit well below 2^53 ms. */
const LAST_SEEN_SECONDS_MAX = 2 ** 41

/**
 * A friend's record, 2,216 bytes.
 *
 * | at    | bytes | field                                                             |
 * |-------|-------|-------------------------------------------------------------------|
 * | 0     | 1     | state: 1 to be asked, 2 asked, 3 friend, 4 online (0: no friend)    |
 * | 1     | 32    | publicKey                                                         |
 * | 33    | 1,024 | request message                                                   |
 * | 1,058 | 2     | its length                                                        |
 * | 1,060 | 128   | name                                                              |
 * | 1,188 | 2     | its length                                                        |
 * | 1,190 | 1,007 | status message                                                    |
 * | 2,198 | 2     | its length                                                        |
 * | 2,200 | 1     | status: 0 none, 1 away, 2 busy                                    |
 * | 2,204 | 4     | nospam, for the request                                           |
 * | 2,208 | 8     | last seen, Unix time in seconds                                   |
 *
 * Message and nospam count in states 1 and 2, the rest from 3 on.
 *
 * returns  undefined if the record makes no sense: an unanswered request without a message that could be sent again
 */
export function readFriendRecord(record: Uint8Array): SavedFriend | undefined {
  const reader = new ByteReader(record)
  const state = reader.u8()
  const publicKey = new PublicKey(reader.bytes(32))
  const message = readField(reader, MESSAGE_FIELD_BYTES, 1)
  const name = readField(reader, NAME_BYTES_MAX, 0)
  const statusMessage = readField(reader, STATUS_MESSAGE_BYTES_MAX, 1)
  const status = statusOfByte(reader.u8())
  reader.bytes(3)
  const nospam = reader.bytes(4).slice()
  const lastSeenSeconds = Number(reader.u64())
  if (state >= STATUS_CONFIRMED) {
    const lastSeenAt = lastSeenSeconds > LAST_SEEN_SECONDS_MAX ? 0 : lastSeenSeconds * SECOND_MS
    const texts = { name: name ?? new Uint8Array(0), statusMessage: statusMessage ?? new Uint8Array(0) }
    return { state: 'confirmed', publicKey, ...texts, status, lastSeenAt }
  }
  const isSendable = message && message.length > 0 && message.length <= FRIEND_REQUEST_MESSAGE_BYTES_MAX
  return isSendable ? { state: 'requested', publicKey, nospam, message } : undefined
}

export function writeFriendRecord(friend: SavedFriend): Uint8Array {
  const isConfirmed = friend.state === 'confirmed'
  const nothing = new Uint8Array(0)
  const writer = new ByteWriter(FRIEND_RECORD_BYTES)
  writer.u8(isConfirmed ? STATUS_CONFIRMED : STATUS_REQUESTED)
  writer.bytes(friend.publicKey.bytes)
  writeField(writer, isConfirmed ? nothing : friend.message, MESSAGE_FIELD_BYTES, 1)
  writeField(writer, isConfirmed ? friend.name : nothing, NAME_BYTES_MAX, 0)
  writeField(writer, isConfirmed ? friend.statusMessage : nothing, STATUS_MESSAGE_BYTES_MAX, 1)
  writer.u8(isConfirmed ? byteOfStatus(friend.status) : 0)
  writer.zeros(3)
  writer.bytes(isConfirmed ? new Uint8Array(4) : friend.nospam)
  writer.u53(isConfirmed ? Math.floor(friend.lastSeenAt / SECOND_MS) : 0)
  return writer.finish()
}

/** A text field of fixed size, padding, then the length that counts; undefined if that is longer than the field. */
function readField(reader: ByteReader, size: number, padding: number): Uint8Array | undefined {
  const field = reader.bytes(size)
  reader.bytes(padding)
  const length = reader.u16()
  return length <= size ? field.slice(0, length) : undefined
}

function writeField(writer: ByteWriter, text: Uint8Array, size: number, padding: number): void {
  writer.bytes(text)
  writer.zeros(size - text.length + padding)
  writer.u16(text.length)
}
