import { assert } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { concat, wipe } from '../base/bytes.ts'
import { AEAD_TAG_BYTES, aeadOpen, aeadSeal } from '../crypto/aead.ts'
import { deriveKey } from '../crypto/hash.ts'
import { decode, encode, struct, u32 } from '../wire/codec.ts'
import { type Mail, MAIL_OVERHEAD_BYTES, mail } from '../wire/offline-packets.ts'
import { BODY_CLASSES, BODY_BYTES_MAX } from '../wire/storage-proof.ts'
import type { RecordHeader } from '../wire/storage-record.ts'

/** The most that one part of a message's content may have: the largest body without tag and fields. */
export const MAIL_PART_BYTES_MAX = BODY_BYTES_MAX - AEAD_TAG_BYTES - MAIL_OVERHEAD_BYTES

/** What is fixed of a header before its body is sealed; all of it, with the epoch, is associated data of the seal. */
export type SealedUnder = Pick<RecordHeader, 'mailbox' | 'slot' | 'revision' | 'nonce' | 'createdAt' | 'notAfter'>

/** The two secrets of one record. Both have 32 bytes; whoever is done with them wipes them. */
export interface RecordSecrets {
  readonly recordKey: Uint8Array
  /** c: revealing it proves that the record was opened. */
  readonly collectSecret: Uint8Array
}

const slotAndRevision = struct({ slot: u32, revision: u32 })

/**
 * Derives a record's key from its slot's key. The random nonce makes it new at each sealing; the long-term DH makes it
 * useless to whoever has the chain alone.
 *
 * slotKey, longTerm   32 bytes each; not wiped here
 * source              offline-messaging design, section 4 "From the root"
 */
export function recordSecrets(slotKey: Uint8Array, longTerm: Uint8Array, under: SealedUnder): RecordSecrets {
  const place = encode(slotAndRevision, { slot: under.slot, revision: under.revision })
  const recordKey = deriveKey(slotKey, 'record key', place, under.nonce, longTerm)
  return { recordKey, collectSecret: deriveKey(recordKey, 'collect') }
}

/** The smallest body class that holds a part of `partBytes` bytes, in bytes of the sealed body. */
export function bodyBytesFor(partBytes: number): number {
  const needed = partBytes + MAIL_OVERHEAD_BYTES + AEAD_TAG_BYTES
  const length = BODY_CLASSES.find((classBytes) => classBytes >= needed)
  assert(length !== undefined, 'part too long for one record')
  return length
}

/** Seals one part of a message, padded to its class. */
export function sealMail(value: Mail, recordKey: Uint8Array, under: SealedUnder, epochId: Uint8Array): Uint8Array {
  const plain = new Uint8Array(bodyBytesFor(value.part.length) - AEAD_TAG_BYTES)
  plain.set(encode(mail, value))
  const body = aeadSeal(recordKey, under.nonce, plain, associatedData(under, epochId, plain.length + AEAD_TAG_BYTES))
  wipe(plain)
  return body
}

/** Opens what `sealMail` made; undefined if it does not open or is not mail: it is dropped, whoever signed it. */
export function openMail(
  body: Uint8Array,
  recordKey: Uint8Array,
  under: SealedUnder,
  epochId: Uint8Array,
): Mail | undefined {
  const plain = aeadOpen(recordKey, under.nonce, body, associatedData(under, epochId, body.length))
  if (!plain) return undefined
  try {
    return decode(mail, plain)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

function associatedData(under: SealedUnder, epochId: Uint8Array, length: number): Uint8Array {
  const numbers = encode(numbersUnder, {
    slot: under.slot,
    revision: under.revision,
    createdAt: under.createdAt / 1_000,
    notAfter: under.notAfter / 1_000,
    length,
  })
  return concat(epochId, under.mailbox.bytes, under.nonce, numbers)
}

const numbersUnder = struct({ slot: u32, revision: u32, createdAt: u32, notAfter: u32, length: u32 })
