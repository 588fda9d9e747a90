import { assert } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { type Instant, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import { bytes, type Codec, oneOf, struct, u8, u32, verifyKey } from './codec.ts'

export const RECORD_VERSION = 1
export const RECORD_NONCE_BYTES = 24
export const RECORD_HASH_BYTES = 32
export const COLLECT_SECRET_BYTES = 32
export const MAILBOX_SIGNATURE_BYTES = 64
/** `createdAt` is rounded to this, so that a record tells little of when its text was written. */
export const CREATED_STEP_MS = 10 * MINUTE_MS

/** An Instant that is a whole number of seconds, as 4 bytes of Unix seconds. */
export const instantSeconds: Codec<Instant> = {
  write: (writer, value) => {
    assert(value % SECOND_MS === 0, 'a time on the wire is a whole second')
    writer.u32(value / SECOND_MS)
  },
  read: (reader) => reader.u32() * SECOND_MS,
}

const instantTenMinutes: Codec<Instant> = {
  write: (writer, value) => {
    assert(value % CREATED_STEP_MS === 0, 'created is rounded to 10 minutes')
    writer.u32(value / SECOND_MS)
  },
  read: (reader) => {
    const at = reader.offset
    const value = reader.u32() * SECOND_MS
    if (value % CREATED_STEP_MS !== 0) throw new DecodeError('created is not rounded to 10 minutes', at)
    return value
  },
}

/** What a record says of itself. Times are Instants (ms). */
export interface RecordHeader {
  readonly version: 1
  readonly mailbox: VerifyKey
  readonly slot: number
  readonly revision: number
  readonly nonce: Uint8Array
  readonly createdAt: Instant
  readonly notAfter: Instant
  readonly length: number
  readonly copiesPerRing: 2 | 3
  readonly bodyHash: Uint8Array
  readonly collectHash: Uint8Array
}

/**
 * Header of a record (142 bytes).
 *
 * | bytes | field         |                                                                                  |
 * |-------|---------------|----------------------------------------------------------------------------------|
 * | 1     | version       | 1                                                                                |
 * | 32    | mailbox       | Ed25519 public key: the DHT Storage Key                                          |
 * | 4     | slot          |                                                                                  |
 * | 4     | revision      | a higher one replaces a lower one                                                |
 * | 24    | nonce         | of the body's sealing                                                            |
 * | 4     | createdAt     | Unix seconds, a multiple of 600                                                  |
 * | 4     | notAfter      | Unix seconds; createdAt + TTL, at most 30 days later                             |
 * | 4     | length        | bytes of the body: 256, 956, 4,096, 16,384 or 65,536                             |
 * | 1     | copiesPerRing | 2, or 3 for an important record                                                  |
 * | 32    | bodyHash      | BLAKE2b-256 of the sealed body                                                   |
 * | 32    | collectHash   | H(c): BLAKE2b-256 over `ampoule collect 1`, a zero byte and c, see envelope.ts   |
 */
export const recordHeader: Codec<RecordHeader> = struct({
  version: oneOf(RECORD_VERSION),
  mailbox: verifyKey,
  slot: u32,
  revision: u32,
  nonce: bytes(RECORD_NONCE_BYTES),
  createdAt: instantTenMinutes,
  notAfter: instantSeconds,
  length: u32,
  copiesPerRing: oneOf(2, 3),
  bodyHash: bytes(RECORD_HASH_BYTES),
  collectHash: bytes(RECORD_HASH_BYTES),
})
export const RECORD_HEADER_BYTES = 142

/** A header with the mailbox key's signature over it. */
export interface SignedHeader {
  readonly header: RecordHeader
  readonly signature: Uint8Array
}

/** | 142 | header | 64 | signature by the mailbox key over `ampoule record 1`, a zero byte and the header | */
export const signedHeader: Codec<SignedHeader> = struct({
  header: recordHeader,
  signature: bytes(MAILBOX_SIGNATURE_BYTES),
})
export const SIGNED_HEADER_BYTES = RECORD_HEADER_BYTES + MAILBOX_SIGNATURE_BYTES

/** A record's end set anew by its sender. */
export interface Renewal {
  readonly recordId: Uint8Array
  readonly counter: number
  readonly notAfter: Instant
  readonly signature: Uint8Array
}

/**
 * Renewal (104 bytes).
 *
 * | bytes | field     |                                                                             |
 * |-------|-----------|-----------------------------------------------------------------------------|
 * | 32    | recordId  | hash of the header that it renews                                           |
 * | 4     | counter   | from 1; the highest wins                                                    |
 * | 4     | notAfter  | Unix seconds: the same, longer or shorter                                   |
 * | 64    | signature | by the mailbox key over `ampoule renewal 1`, a zero byte and the rows above |
 */
export const renewal: Codec<Renewal> = struct({
  recordId: bytes(RECORD_HASH_BYTES),
  counter: u32,
  notAfter: instantSeconds,
  signature: bytes(MAILBOX_SIGNATURE_BYTES),
})
export const RENEWAL_BYTES = 104

export const TOMBSTONE_KIND = { collected: 1, cancelled: 2 } as const

/** Why a record is gone, with what proves it: the collect secret, or the mailbox key's signature. */
export type TombstoneEntry =
  | {
      readonly kind: typeof TOMBSTONE_KIND.collected
      readonly slot: number
      readonly bodyHash: Uint8Array
      readonly collectSecret: Uint8Array
    }
  | {
      readonly kind: typeof TOMBSTONE_KIND.cancelled
      readonly slot: number
      readonly bodyHash: Uint8Array
      readonly signature: Uint8Array
    }

/**
 * Tombstone entry (69 or 101 bytes).
 *
 * | bytes   | field    |                                                                                           |
 * |---------|----------|-------------------------------------------------------------------------------------------|
 * | 1       | kind     | 1 collected, 2 cancelled                                                                  |
 * | 4       | slot     |                                                                                           |
 * | 32      | bodyHash | of the body that is to go                                                                 |
 * | 32 / 64 | evidence | collected: c, whose hash stands in the header; cancelled: signature by the mailbox key    |
 * |         |          | over `ampoule cancel 1`, a zero byte, mailbox key, slot and bodyHash                      |
 */
export const tombstoneEntry: Codec<TombstoneEntry> = {
  write: (writer, entry) => {
    writer.u8(entry.kind)
    writer.u32(entry.slot)
    hash.write(writer, entry.bodyHash)
    if (entry.kind === TOMBSTONE_KIND.collected) collectSecret.write(writer, entry.collectSecret)
    else mailboxSignature.write(writer, entry.signature)
  },
  read: (reader) => {
    const at = reader.offset
    const kind = u8.read(reader)
    const slot = reader.u32()
    const bodyHash = hash.read(reader)
    if (kind === TOMBSTONE_KIND.collected) return { kind, slot, bodyHash, collectSecret: collectSecret.read(reader) }
    if (kind === TOMBSTONE_KIND.cancelled) return { kind, slot, bodyHash, signature: mailboxSignature.read(reader) }
    throw new DecodeError('unknown kind of tombstone', at)
  },
}
const hash = bytes(RECORD_HASH_BYTES)
const collectSecret = bytes(COLLECT_SECRET_BYTES)
const mailboxSignature = bytes(MAILBOX_SIGNATURE_BYTES)

/** What stays in place of a record: its signed header, so that anybody can check the entry against it. */
export interface Tombstone {
  readonly signed: SignedHeader
  readonly entry: TombstoneEntry
}

/** | 206 | signed header | 69 or 101 | entry | */
export const tombstone: Codec<Tombstone> = struct({ signed: signedHeader, entry: tombstoneEntry })
