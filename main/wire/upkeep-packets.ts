import { assert } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import {
  bytes,
  type Codec,
  flag,
  list,
  oneOf,
  restBytes,
  struct,
  u8,
  u16,
  u32,
  u48,
  type ValueOf,
  verifyKey,
} from './codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from './extension-packet.ts'
import { PAYMENTS_MAX, payment, type StoredRecord, storedRecord } from './storage-proof.ts'
import { instantSeconds, signedHeader, type Tombstone, tombstone } from './storage-record.ts'

/** Kinds 0x58 to 0x7f inside the extension packet: what holders of the same records say to each other. */
export const UPKEEP_KIND = {
  /** rangeCheck → rangeDigest. */
  rangeCheck: 0x58,
  rangeDigest: 0x59,
  /** rangeList → rangeListing. */
  rangeList: 0x5a,
  rangeListing: 0x5b,
  /** slotsCheck → slotsProof. */
  slotsCheck: 0x5c,
  slotsProof: 0x5d,
  /** copyRequest → copy, or transferReady (storage-packets.ts) whose segments follow the asker's first ack. */
  copyRequest: 0x5e,
  copy: 0x5f,
  /** offer → offerAnswer. */
  offer: 0x60,
  offerAnswer: 0x61,
  /** leavingNotice → leavingAnswer. */
  leavingNotice: 0x62,
  leavingAnswer: 0x63,
  /** evictionNotice, without answer. */
  evictionNotice: 0x64,
} as const

export const CHECK_NONCE_BYTES = 16
/** Names a slot to who holds it, without telling the mailbox key to who does not: the start of a hash over both. */
export const SLOT_TAG_BYTES = 8
/** Start of a record id. */
export const ID_START_BYTES = 8
export const PROOF_DIGEST_BYTES = 16
const RANGE_DIGEST_BYTES = 32

const slotTag = bytes(SLOT_TAG_BYTES)
const nonce = bytes(CHECK_NONCE_BYTES)

/**
 * Range check (37 bytes): prove that you hold what I hold in (from, to] of this ring.
 *
 * | bytes | field   |                                            |
 * |-------|---------|--------------------------------------------|
 * | 1     | ring    |                                            |
 * | 6     | from    | place                                      |
 * | 6     | to      | place; the whole circle if equal to `from` |
 * | 16    | nonce   | fresh                                      |
 * | 8     | padding | zeros: the answer is no longer             |
 */
export const rangeCheck = struct({ ring: u8, from: u48, to: u48, nonce, padding: bytes(8) })

/** What became of a range check: a digest, or more records than one digest is made over. */
export const RANGE_OUTCOME = { digest: 0, tooMany: 1 } as const

/**
 * Range digest (37 bytes).
 *
 * | bytes | field   |                                                                               |
 * |-------|---------|-------------------------------------------------------------------------------|
 * | 1     | outcome | 0 digest, 1 too many records: ask for less                                    |
 * | 4     | count   | records (tombstones not counted) in the range                                 |
 * | 32    | digest  | over the digests of the records' contents, in order of place and record id    |
 */
export const rangeDigestBody = struct({
  outcome: oneOf(RANGE_OUTCOME.digest, RANGE_OUTCOME.tooMany),
  count: u32,
  digest: bytes(RANGE_DIGEST_BYTES),
})

/**
 * Range list: name what you hold in (from, to].
 *
 * | bytes | field   |                                                                               |
 * |-------|---------|-------------------------------------------------------------------------------|
 * | 1     | ring    |                                                                               |
 * | 6     | from    | place                                                                         |
 * | 6     | to      | place                                                                         |
 * | 2     | skip    | so many of the first, which share one place and were listed before            |
 * | rest  | padding | zeros: to who has not proved its address, the answer is no longer than this   |
 */
export const rangeList = struct({
  ring: u8,
  from: u48,
  to: u48,
  skip: u16,
  padding: restBytes(EXTENSION_BODY_BYTES_MAX),
})
export const RANGE_LIST_BYTES = 15

/** Kinds of what lies in a slot. */
export const HELD_KIND = { record: 0, cancelled: 1, collected: 2 } as const

/**
 * What one slot holds (40 bytes).
 *
 * | bytes | field         |                                                                   |
 * |-------|---------------|-------------------------------------------------------------------|
 * | 6     | place         | of the mailbox in the ring asked about                            |
 * | 8     | tag           | BLAKE2b-256 over `ampoule slot 1`, a zero byte, mailbox and slot, its start |
 * | 16    | id            | start of the record id                                            |
 * | 4     | revision      |                                                                   |
 * | 1     | kind          | 0 record, 1 cancelled, 2 collected                                |
 * | 4     | counter       | of the renewal                                                    |
 * | 1     | copiesPerRing | 2 or 3                                                            |
 */
export const listedCopy = struct({
  place: u48,
  tag: slotTag,
  id: bytes(16),
  revision: u32,
  kind: oneOf(HELD_KIND.record, HELD_KIND.cancelled, HELD_KIND.collected),
  counter: u32,
  copiesPerRing: oneOf(2, 3),
})
export const LISTED_COPY_BYTES = 40
export const LISTED_COPIES_MAX = 32
export type ListedCopy = ValueOf<typeof listedCopy>

/** | 1 | isLast | 1 + 40n | slots, up to 32, in order of place | */
export const rangeListing = struct({ isLast: flag, copies: list(listedCopy, LISTED_COPIES_MAX) })
export const RANGE_LISTING_OVERHEAD = 2

/** A slot as its asker holds it: 27 bytes. */
const askedSlot = struct({
  place: u48,
  tag: slotTag,
  idStart: bytes(ID_START_BYTES),
  kind: oneOf(HELD_KIND.record, HELD_KIND.cancelled, HELD_KIND.collected),
  counter: u32,
})
export const SLOTS_PER_CHECK_MAX = 32

/**
 * Slots check: do you hold just this?
 *
 * | bytes   | field |                                                                                       |
 * |---------|-------|---------------------------------------------------------------------------------------|
 * | 1       | ring  | whose places are given                                                                |
 * | 16      | nonce | fresh                                                                                 |
 * | 1 + 27n | slots | up to 32 of place (6), tag (8), start of the record id (8), kind (1), counter (4)     |
 */
export const slotsCheck = struct({ ring: u8, nonce, slots: list(askedSlot, SLOTS_PER_CHECK_MAX, 1) })
export type AskedSlot = ValueOf<typeof askedSlot>

/**
 * 0 not held; 1 held; 2 held, but the holder is also among the first of another ring of lower number, for which this copy
 * counts; 3 the slot holds something else.
 */
export const SLOT_STANDING = { notHeld: 0, held: 1, heldForOtherRing: 2, differs: 3 } as const
export type SlotStanding = (typeof SLOT_STANDING)[keyof typeof SLOT_STANDING]

/** | 1 + 17n | per slot asked: standing (1), start of the digest of its content (16; zeros unless held) | */
export const slotsProof = struct({
  slots: list(
    struct({
      standing: oneOf(SLOT_STANDING.notHeld, SLOT_STANDING.held, SLOT_STANDING.heldForOtherRing, SLOT_STANDING.differs),
      digest: bytes(PROOF_DIGEST_BYTES),
    }),
    SLOTS_PER_CHECK_MAX,
    1,
  ),
})

/** | 1 | ring | 6 | place | 8 | tag | 32 | padding: the longest answer to an unproven address is a transferReady | */
export const copyRequest = struct({ ring: u8, place: u48, tag: slotTag, padding: bytes(32) })

/** What lies in a slot, as it goes from holder to holder; `none`: nothing, or the asker has no business with it. */
export type Copy =
  | { readonly kind: 'none' }
  | { readonly kind: 'record'; readonly record: StoredRecord }
  | { readonly kind: 'tombstone'; readonly tombstone: Tombstone }

const COPY = { none: 0, record: 1, tombstone: 2 } as const

/** | 1 | kind: 0 nothing, 1 record, 2 tombstone | rest | storedRecord or tombstone |: body of `copy`, and what a transfer carries. */
export const copyBody: Codec<Copy> = {
  write: (writer, value) => {
    writer.u8(COPY[value.kind])
    if (value.kind === 'record') storedRecord.write(writer, value.record)
    else if (value.kind === 'tombstone') tombstone.write(writer, value.tombstone)
  },
  read: (reader) => {
    const at = reader.offset
    const kind = reader.u8()
    if (kind === COPY.none) return { kind: 'none' }
    if (kind === COPY.record) return { kind: 'record', record: storedRecord.read(reader) }
    if (kind === COPY.tombstone) return { kind: 'tombstone', tombstone: tombstone.read(reader) }
    throw new DecodeError('unknown kind of copy', at)
  },
}

/**
 * Offer of a copy: nothing is sent that was not asked for afterwards by copyRequest.
 *
 * | bytes   | field    |                                                                                              |
 * |---------|----------|----------------------------------------------------------------------------------------------|
 * | 1       | ring     | in which the receiver is thought to be among the first 4                                     |
 * | 206     | signed   | header                                                                                       |
 * | 1       | kind     | 0 record, 1 cancelled, 2 collected                                                           |
 * | 4       | counter  | of the renewal                                                                               |
 * | 4       | notAfter | Unix seconds                                                                                 |
 * | 1 + n   | payments | of a record, if they fit into the datagram                                                   |
 */
export const offer = struct({
  ring: u8,
  signed: signedHeader,
  kind: oneOf(HELD_KIND.record, HELD_KIND.cancelled, HELD_KIND.collected),
  counter: u32,
  notAfter: instantSeconds,
  payments: list(payment, PAYMENTS_MAX),
})
export type Offer = ValueOf<typeof offer>

/** 0 held already, 1 will ask for it, 2 not wanted (foreign place, no room, too cheap, refused offerer), 3 something newer lies there. */
export const OFFER_VERDICT = { held: 0, pulls: 1, refused: 2, differs: 3 } as const
export type OfferVerdict = (typeof OFFER_VERDICT)[keyof typeof OFFER_VERDICT]

/** | 1 | verdict | */
export const offerAnswer = struct({
  verdict: oneOf(OFFER_VERDICT.held, OFFER_VERDICT.pulls, OFFER_VERDICT.refused, OFFER_VERDICT.differs),
})

const namedSlot = struct({ place: u48, tag: slotTag })
export type NamedSlot = ValueOf<typeof namedSlot>
export const NAMED_SLOTS_MAX = 64

/** What a leaving node signs, after `ampoule leaving 1` and a zero byte. */
export const leavingStatement = struct({
  issuer: verifyKey,
  createdAt: instantSeconds,
  ring: u8,
  slots: list(namedSlot, NAMED_SLOTS_MAX, 1),
})

/**
 * Leaving notice: in a few seconds I am gone; these records will be yours to keep.
 *
 * | bytes   | field     |                                                                      |
 * |---------|-----------|----------------------------------------------------------------------|
 * | 32      | issuer    | the node's Ed25519 key                                               |
 * | 4       | createdAt | Unix seconds                                                         |
 * | 1       | ring      | whose places are given                                               |
 * | 1 + 14n | slots     | up to 64 of place (6) and tag (8), those with the fewest copies first |
 * | 64      | signature | over `ampoule leaving 1`, a zero byte and the rows above             |
 */
export const leavingNotice = struct({ statement: leavingStatement, signature: bytes(64) })
export type LeavingNotice = ValueOf<typeof leavingNotice>

/** Bytes of a bitmap over the slots of a notice, lowest bit first. */
const WANTED_BYTES = NAMED_SLOTS_MAX / 8

/** | 8 | wanted: bitmap of the slots that the receiver is going to ask for | */
export const leavingAnswer = struct({ wanted: bytes(WANTED_BYTES) })

export function wantedBitmap(indices: readonly number[]): Uint8Array {
  const bitmap = new Uint8Array(WANTED_BYTES)
  for (const index of indices) {
    assert(index >= 0 && index < NAMED_SLOTS_MAX, 'a notice has at most 64 slots')
    bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7))
  }
  return bitmap
}

export function isWanted(bitmap: Uint8Array, index: number): boolean {
  return ((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
}

/** | 1 | ring | 1 + 14n | slots that the sender has evicted: place (6), tag (8) |: a reason to check, never a miss. */
export const evictionNotice = struct({ ring: u8, slots: list(namedSlot, NAMED_SLOTS_MAX, 1) })
