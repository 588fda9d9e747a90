import { assert } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import { bytes, type Codec, flag, list, oneOf, optional, restBytes, struct, u16, u32, verifyKey } from './codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from './extension-packet.ts'
import { type ProofRequest, proofRequest } from './storage-proof.ts'
import {
  instantSeconds,
  MAILBOX_SIGNATURE_BYTES,
  RECORD_HASH_BYTES,
  type Renewal,
  renewal,
  type SignedHeader,
  signedHeader,
  type TombstoneEntry,
  tombstoneEntry,
} from './storage-record.ts'

/** Kinds 0x40 to 0x7f inside the extension packet (extension-packet.ts). Bodies: here and in storage-proof.ts. */
export const STORAGE_KIND = {
  /** signedProofRequest (216) → challenge (90), receipt (179: just this is held), standing or refused. PROOF_REQUEST. */
  proofRequest: 0x40,
  challenge: 0x41,
  /** wholeDeposit → receipt, standing or refused. The proposal's DHT_OFFLINE_DATA: insert and update. */
  offlineData: 0x42,
  receipt: 0x43,
  /** deposit without its body → transferReady; again once the segments are through → receipt. Or standing, refused. */
  depositOpen: 0x44,
  transferReady: 0x45,
  /** renewDeposit → receipt, standing or refused. */
  renew: 0x46,
  /** mailboxRequest with a fetchCommand → listing, token or refused. */
  fetch: 0x47,
  listing: 0x48,
  /**
   * mailboxRequest with a getCommand → record, or transferReady (segments after the asker's first ack); without the
   * body: standing. Or token, refused.
   */
  get: 0x49,
  record: 0x4a,
  /** mailboxRequest with a deleteCommand → deleted, token or refused. */
  delete: 0x4b,
  deleted: 0x4c,
  /** Empty, padded → token. Also the answer to a mailboxRequest whose token is stale or foreign. */
  tokenRequest: 0x4d,
  token: 0x4e,
  refused: 0x4f,
  /** Segments of a transfer, and which of them came. No answers in Exchange's sense. */
  segment: 0x50,
  segmentAck: 0x51,
  /** standing: what stands in a slot in the way of a deposit that the mailbox key signed, or a header that was asked for. */
  standing: 0x52,
  /** Empty notice of a depositor that computes a proof: keeps its path open. */
  keepAlive: 0x53,
} as const
export type StorageKind = (typeof STORAGE_KIND)[keyof typeof STORAGE_KIND]

/** What is to be paid for, with the mailbox key's signature on it: only its owner learns what a slot holds. */
export interface SignedProofRequest {
  readonly claim: ProofRequest
  /** Of the header for insert and update, of the renewal for renew. */
  readonly signature: Uint8Array
}

/** | 152 | proof request | 64 | signature of its header, or of the renewal that recordId, counter and notAfter make | */
export const signedProofRequest: Codec<SignedProofRequest> = struct({
  claim: proofRequest,
  signature: bytes(MAILBOX_SIGNATURE_BYTES),
})

/** HMAC of the asker's DHT key, address and port, and the time, under a secret of the node: proves where it receives. */
export const TOKEN_BYTES = 16

/** | 16 | token | */
export const tokenBody = struct({ token: bytes(TOKEN_BYTES) })

/** | 16 | zeros: an answer is never longer than its request | */
export const tokenRequest = struct({ padding: bytes(TOKEN_BYTES) })

/** What only who holds the mailbox key can ask. `command` is read by the codec of the packet's kind. */
export interface MailboxRequest {
  readonly mailbox: VerifyKey
  readonly token: Uint8Array
  readonly signature: Uint8Array
  readonly command: Uint8Array
}

const MAILBOX_REQUEST_OVERHEAD = 32 + TOKEN_BYTES + MAILBOX_SIGNATURE_BYTES
const COMMAND_BYTES_MAX = EXTENSION_BODY_BYTES_MAX - MAILBOX_REQUEST_OVERHEAD

/**
 * Body of fetch, get and delete.
 *
 * | bytes | field     |                                                                                          |
 * |-------|-----------|------------------------------------------------------------------------------------------|
 * | 32    | mailbox   | Ed25519 public key                                                                       |
 * | 16    | token     | as the node gave it                                                                      |
 * | 64    | signature | by the mailbox key over `ampoule request 1`, a zero byte, the kind, the node's DHT key,  |
 * |       |           | the token and the command: worthless at any other node and from any other address        |
 * | rest  | command   | by kind                                                                                  |
 */
export const mailboxRequest: Codec<MailboxRequest> = struct({
  mailbox: verifyKey,
  token: bytes(TOKEN_BYTES),
  signature: bytes(MAILBOX_SIGNATURE_BYTES),
  command: restBytes(COMMAND_BYTES_MAX, 1),
})

/** Known slots named in one fetch; the asker names the highest, older ones are below `fromSlot` anyway. */
export const KNOWN_SLOTS_MAX = 64

/**
 * What lies in the mailbox?
 *
 * | bytes  | field     |                                                                     |
 * |--------|-----------|---------------------------------------------------------------------|
 * | 4      | fromSlot  | list from this slot on                                              |
 * | 1      | wantsBody | 1: add the first record that is not known, where it fits            |
 * | 1 + 8n | known     | up to 64 of slot (4) and revision (4) that the asker has already    |
 */
export const fetchCommand = struct({
  fromSlot: u32,
  wantsBody: flag,
  known: list(struct({ slot: u32, revision: u32 }), KNOWN_SLOTS_MAX),
})

/** A record with what was signed, as RECEIVER gets it: without the proof, which is the nodes' business. */
export interface FetchedRecord {
  readonly signed: SignedHeader
  readonly renewal: Renewal | undefined
  readonly body: Uint8Array
}

/** | 206 | signed header | 1 + 0 or 104 | renewal | header.length | body | */
export const fetchedRecord: Codec<FetchedRecord> = {
  write: (writer, value) => {
    assert(value.body.length === value.signed.header.length, 'body is not as long as its header says')
    signedHeader.write(writer, value.signed)
    optionalRenewal.write(writer, value.renewal)
    writer.bytes(value.body)
  },
  read: (reader) => {
    const signed = signedHeader.read(reader)
    return { signed, renewal: optionalRenewal.read(reader), body: reader.bytes(signed.header.length) }
  },
}
const optionalRenewal = optional(renewal)

/** One slot of a listing: a record that is held, or what stands in its place. */
export type ListedSlot =
  | {
      readonly kind: 'held'
      readonly slot: number
      readonly revision: number
      readonly bodyHash: Uint8Array
      readonly length: number
      readonly notAfter: number
      readonly counter: number
    }
  | { readonly kind: 'gone'; readonly revision: number; readonly entry: TombstoneEntry }

const LISTED = { held: 0, gone: 1 } as const
const bodyHash = bytes(RECORD_HASH_BYTES)

/**
 * | bytes   | field    |                                                           |
 * |---------|----------|-----------------------------------------------------------|
 * | 1       | kind     | 0 held, 1 gone                                            |
 * | 4       | revision |                                                           |
 * | held: 4 | slot     |                                                           |
 * | 32      | bodyHash |                                                           |
 * | 4       | length   |                                                           |
 * | 4       | notAfter | Unix seconds                                              |
 * | 4       | counter  | of the renewal, or 0                                      |
 * | gone: n | entry    | tombstone entry (69 or 101)                               |
 */
export const listedSlot: Codec<ListedSlot> = {
  write: (writer, value) => {
    writer.u8(LISTED[value.kind])
    writer.u32(value.revision)
    if (value.kind === 'gone') {
      tombstoneEntry.write(writer, value.entry)
      return
    }
    writer.u32(value.slot)
    bodyHash.write(writer, value.bodyHash)
    writer.u32(value.length)
    instantSeconds.write(writer, value.notAfter)
    writer.u32(value.counter)
  },
  read: (reader) => {
    const at = reader.offset
    const kind = reader.u8()
    const revision = reader.u32()
    if (kind === LISTED.gone) return { kind: 'gone', revision, entry: tombstoneEntry.read(reader) }
    if (kind !== LISTED.held) throw new DecodeError('unknown kind of slot', at)
    return {
      kind: 'held',
      revision,
      slot: reader.u32(),
      bodyHash: bodyHash.read(reader),
      length: reader.u32(),
      notAfter: instantSeconds.read(reader),
      counter: reader.u32(),
    }
  },
}
export const LISTED_SLOTS_MAX = 24

/** What a node holds of a mailbox, in the order of slots. */
export interface Listing {
  readonly isLast: boolean
  readonly slots: readonly ListedSlot[]
  readonly record: FetchedRecord | undefined
}

/**
 * Answer to fetch. A node that knows nothing of the mailbox, and one that holds nothing, answer alike: no slots.
 *
 * | bytes | field  |                                                              |
 * |-------|--------|--------------------------------------------------------------|
 * | 1     | isLast | 0: ask again from the slot after the last one listed         |
 * | 1 + n | slots  | up to 24, in order, as many as fit                           |
 * | 1 + n | record | of the first slot that was not known, if wanted and it fits  |
 */
export const listing: Codec<Listing> = struct({
  isLast: flag,
  slots: list(listedSlot, LISTED_SLOTS_MAX),
  record: optional(fetchedRecord),
})

/** | 4 | slot | 4 | revision | 1 | wantsBody: 0 asks for the header alone, which proves that the record exists | */
export const getCommand = struct({ slot: u32, revision: u32, wantsBody: flag })

/**
 * Why a slot does not take what was to be put into it. Each form proves itself to who signed the request, so that no
 * node can make a sender believe that its own state is old.
 */
export type Standing =
  | { readonly kind: 'record'; readonly signed: SignedHeader }
  | { readonly kind: 'tombstone'; readonly entry: TombstoneEntry }
  | { readonly kind: 'renewal'; readonly renewal: Renewal }

const STANDING = { record: 0, tombstone: 1, renewal: 2 } as const

/**
 * Standing (70 to 207 bytes, less than any request that it answers).
 *
 * | bytes    | field  |                                                                                       |
 * |----------|--------|---------------------------------------------------------------------------------------|
 * | 1        | kind   | 0 another record stands or stood in the slot, 1 a tombstone of the very record that   |
 * |          |        | was asked about, 2 a renewal of it that is as new or newer                            |
 * | 206      | signed | kind 0: its header and the mailbox key's signature                                    |
 * | 69 / 101 | entry  | kind 1: tombstone entry, to be checked against the header that the asker has          |
 * | 104      | renewal| kind 2                                                                                |
 */
export const standing: Codec<Standing> = {
  write: (writer, value) => {
    writer.u8(STANDING[value.kind])
    if (value.kind === 'record') signedHeader.write(writer, value.signed)
    else if (value.kind === 'tombstone') tombstoneEntry.write(writer, value.entry)
    else renewal.write(writer, value.renewal)
  },
  read: (reader) => {
    const at = reader.offset
    const kind = reader.u8()
    if (kind === STANDING.record) return { kind: 'record', signed: signedHeader.read(reader) }
    if (kind === STANDING.tombstone) return { kind: 'tombstone', entry: tombstoneEntry.read(reader) }
    if (kind === STANDING.renewal) return { kind: 'renewal', renewal: renewal.read(reader) }
    throw new DecodeError('unknown kind of standing', at)
  },
}

export const DELETE_ENTRIES_MAX = 8

/** | 1 + n | tombstone entries, up to 8 | */
export const deleteCommand = struct({ entries: list(tombstoneEntry, DELETE_ENTRIES_MAX, 1) })

/** What became of one entry: 0 nothing was held there, 1 it stands now, 2 the one given beats it, 3 refused as untrue. */
export const DELETE_OUTCOME = { notHeld: 0, placed: 1, beaten: 2, refused: 3 } as const

const deleteOutcome = struct({
  slot: u32,
  outcome: oneOf(DELETE_OUTCOME.notHeld, DELETE_OUTCOME.placed, DELETE_OUTCOME.beaten, DELETE_OUTCOME.refused),
  standing: optional(tombstoneEntry),
})

/** | 1 + n | per entry: slot (4), outcome (1), the entry that stands there now (1 + 0, 69 or 101) | */
export const deleted = struct({ outcomes: list(deleteOutcome, DELETE_ENTRIES_MAX, 1) })

export const TRANSFER_ID_BYTES = 8
export const SEGMENT_BYTES_MAX = 1_024
/** The most that goes in segments: a record of 64 KiB with its payments. */
export const TRANSFER_BYTES_MAX = 72 * 1_024
export const SEGMENTS_MAX = TRANSFER_BYTES_MAX / SEGMENT_BYTES_MAX

const transferId = bytes(TRANSFER_ID_BYTES)

/**
 * A transfer may begin: to the depositor, or announces one to the asker of a get.
 *
 * | 8 | transferId | 4 | length of the whole | 32 | BLAKE2b-256 of the whole |
 */
export const transferReady = struct({ transferId, length: u32, hash: bytes(RECORD_HASH_BYTES) })

/** | 8 | transferId | 2 | index | 1-1,024 | bytes from index x 1,024 on | */
export const segment = struct({ transferId, index: u16, bytes: restBytes(SEGMENT_BYTES_MAX, 1) })

/** Bytes of the bitmap: one bit a segment, lowest bit first. */
export const SEGMENT_BITMAP_BYTES = SEGMENTS_MAX / 8

/** | 8 | transferId | 9 | bitmap of the segments that came; all of them: done | */
export const segmentAck = struct({ transferId, received: bytes(SEGMENT_BITMAP_BYTES) })
