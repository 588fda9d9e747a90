import { assert } from '../base/assert.ts'
import { compareBytes, concat, concatForNow, equalBytes, utf8Encode } from '../base/bytes.ts'
import { DAY_MS, HOUR_MS, type Instant, SECOND_MS } from '../base/time.ts'
import { blake2b } from '../crypto/hash.ts'
import { isSignatureOf, type SigningKey, type VerifyKey } from '../crypto/sign.ts'
import { encode, u32 } from '../wire/codec.ts'
import { BODY_CLASSES } from '../wire/storage-proof.ts'
import {
  CREATED_STEP_MS,
  instantSeconds,
  type RecordHeader,
  type Renewal,
  recordHeader,
  type SignedHeader,
  TOMBSTONE_KIND,
  type TombstoneEntry,
} from '../wire/storage-record.ts'
import type { RefusalReason } from './refusal.ts'

export const TTL_MS_MAX = 30 * DAY_MS
export const TTL_MS_MIN = 10 * SECOND_MS
/** How far a deposit's `createdAt` may be from the node's clock. */
export const CREATED_SKEW_MS_MAX = HOUR_MS
/** How long a tombstone stays after its record's end, so that no forgotten copy comes back. */
export const TOMBSTONE_LIFE_MS = 30 * DAY_MS

/** What a mailbox key signs, and what is hashed, begins with a label, so that one never passes for another. */
function labelled(label: Label, ...parts: readonly Uint8Array[]): Uint8Array {
  return concatForNow(LABELS[label], ...parts)
}

const LABELS = {
  'ampoule record id 1': labelBytes('ampoule record id 1'),
  'ampoule collect 1': labelBytes('ampoule collect 1'),
  'ampoule record 1': labelBytes('ampoule record 1'),
  'ampoule renewal 1': labelBytes('ampoule renewal 1'),
  'ampoule cancel 1': labelBytes('ampoule cancel 1'),
} as const
type Label = keyof typeof LABELS

function labelBytes(label: string): Uint8Array {
  return concat(utf8Encode(label), Uint8Array.of(0))
}

/** Names one revision of one slot: BLAKE2b-256 over the header. 32 bytes. */
export function recordIdOf(header: RecordHeader): Uint8Array {
  const known = recordIds.get(header)
  if (known) return known
  const recordId = blake2b(labelled('ampoule record id 1', headerBytes(header)))
  recordIds.set(header, recordId)
  return recordId
}

/** A deposit asks for the id and the bytes of its header half a dozen times. Headers are never changed. */
const recordIds = new WeakMap<RecordHeader, Uint8Array>()
const encodedHeaders = new WeakMap<RecordHeader, Uint8Array>()

/** What is hashed and signed of a header. */
export function headerBytes(header: RecordHeader): Uint8Array {
  const known = encodedHeaders.get(header)
  if (known) return known
  const bytes = encode(recordHeader, header)
  encodedHeaders.set(header, bytes)
  return bytes
}

export function bodyHashOf(body: Uint8Array): Uint8Array {
  return blake2b(body)
}

/** H(c) of the header. secret: 32 bytes. */
export function collectHashOf(secret: Uint8Array): Uint8Array {
  return blake2b(labelled('ampoule collect 1', secret))
}

/** The smallest class that a sealed body of `length` bytes fits in, or undefined: it goes in parts. */
export function bodyClassFor(length: number): number | undefined {
  return BODY_CLASSES.find((bytes) => bytes >= length)
}

/**
 * The times of a record written now. createdAt is rounded down to 10 minutes, and so, for lives of an hour and more,
 * is the end rounded up, so that it does not tell what createdAt hides. A life is 10 s to 30 days, whatever was asked.
 */
export function recordTimes(ttlMs: number, now: Instant): { readonly createdAt: Instant; readonly notAfter: Instant } {
  const createdAt = Math.floor(now / CREATED_STEP_MS) * CREATED_STEP_MS
  const stepMs = ttlMs < HOUR_MS ? SECOND_MS : CREATED_STEP_MS
  const notAfter = Math.ceil((now + Math.max(ttlMs, TTL_MS_MIN)) / stepMs) * stepMs
  return { createdAt, notAfter: Math.min(notAfter, createdAt + TTL_MS_MAX) }
}

export function signHeader(key: SigningKey, header: RecordHeader): SignedHeader {
  assert(key.verifyKey.equals(header.mailbox), 'a header is signed by its own mailbox')
  return { header, signature: key.sign(labelled('ampoule record 1', headerBytes(header))) }
}

export function isHeaderAuthentic({ header, signature }: SignedHeader): boolean {
  return isSignatureOf(header.mailbox, labelled('ampoule record 1', headerBytes(header)), signature)
}

export function isBodyOf(header: RecordHeader, body: Uint8Array): boolean {
  return body.length === header.length && equalBytes(bodyHashOf(body), header.bodyHash)
}

/** What is wrong with a header whatever the node and the time, or undefined. */
export function headerFault(header: RecordHeader): RefusalReason | undefined {
  if (!BODY_CLASSES.includes(header.length)) return 'malformed'
  if (header.notAfter <= header.createdAt) return 'malformed'
  return header.notAfter - header.createdAt > TTL_MS_MAX ? 'ttlTooLong' : undefined
}

/** Why a header cannot be deposited now, or undefined. Copies that pass between nodes may be older. */
export function depositTimeFault(header: RecordHeader, now: Instant): RefusalReason | undefined {
  const isAhead = header.createdAt - now > CREATED_SKEW_MS_MAX
  const isBehind = now - header.createdAt > CREATED_SKEW_MS_MAX + CREATED_STEP_MS
  if (isAhead || isBehind) return 'clockDiffers'
  return header.notAfter <= now ? 'expired' : undefined
}

/** The same for a copy from another node: it may be old, but neither over nor from the future. */
export function copyTimeFault(header: RecordHeader, notAfter: Instant, now: Instant): RefusalReason | undefined {
  if (header.createdAt - now > CREATED_SKEW_MS_MAX) return 'clockDiffers'
  return notAfter <= now ? 'expired' : undefined
}

/** Sets the end of a record anew. `notAfter` must be a whole second; `counter` above all earlier ones. */
export function signRenewal(key: SigningKey, recordId: Uint8Array, counter: number, notAfter: Instant): Renewal {
  const signature = key.sign(renewalBytes(recordId, counter, notAfter))
  return { recordId, counter, notAfter, signature }
}

/** Whether the mailbox of `header` renewed just this record. */
export function isRenewalAuthentic(renewal: Renewal, header: RecordHeader): boolean {
  const { recordId, counter, notAfter, signature } = renewal
  if (counter === 0 || !equalBytes(recordId, recordIdOf(header))) return false
  return isSignatureOf(header.mailbox, renewalBytes(recordId, counter, notAfter), signature)
}

/** Whether this mailbox signed the renewal, of whatever record it be. */
export function isRenewalSignedBy(mailbox: VerifyKey, { recordId, counter, notAfter, signature }: Renewal): boolean {
  return isSignatureOf(mailbox, renewalBytes(recordId, counter, notAfter), signature)
}

function renewalBytes(recordId: Uint8Array, counter: number, notAfter: Instant): Uint8Array {
  return labelled('ampoule renewal 1', recordId, encode(u32, counter), encode(instantSeconds, notAfter))
}

/** What RECEIVER sends once it has committed a record to its own database. */
export function collectedEntry(slot: number, bodyHash: Uint8Array, collectSecret: Uint8Array): TombstoneEntry {
  return { kind: TOMBSTONE_KIND.collected, slot, bodyHash, collectSecret }
}

/** What SENDER sends to take a record back. */
export function cancelledEntry(key: SigningKey, slot: number, bodyHash: Uint8Array): TombstoneEntry {
  const signature = key.sign(cancelBytes(key.verifyKey, slot, bodyHash))
  return { kind: TOMBSTONE_KIND.cancelled, slot, bodyHash, signature }
}

/** Whether `entry` proves that the record of `header` may go: the right secret, or the mailbox's signature. */
export function isEntryAuthentic(
  entry: TombstoneEntry,
  header: Pick<RecordHeader, 'mailbox' | 'slot' | 'bodyHash' | 'collectHash'>,
): boolean {
  if (entry.slot !== header.slot || !equalBytes(entry.bodyHash, header.bodyHash)) return false
  if (entry.kind === TOMBSTONE_KIND.collected) return equalBytes(collectHashOf(entry.collectSecret), header.collectHash)
  return isSignatureOf(header.mailbox, cancelBytes(header.mailbox, entry.slot, entry.bodyHash), entry.signature)
}

function cancelBytes(mailbox: VerifyKey, slot: number, bodyHash: Uint8Array): Uint8Array {
  return labelled('ampoule cancel 1', mailbox.bytes, encode(u32, slot), bodyHash)
}

export type SlotKind = 'record' | 'cancelled' | 'collected'

/** What a holder knows of a slot, as far as it decides which of two states stands. */
export interface SlotState {
  readonly recordId: Uint8Array
  readonly revision: number
  readonly kind: SlotKind
  /** Of the newest renewal; 0 without one and for tombstones. */
  readonly counter: number
}

const KIND_RANK: Readonly<Record<SlotKind, number>> = { record: 0, cancelled: 1, collected: 2 }

/**
 * Which state of one slot stands when two holders differ: positive if `left` does. A higher revision wins; of two bodies
 * under one revision, which come of a sender that forgot, the smaller record id, so that all holders end with the same;
 * then a tombstone over a record and `collected` over `cancelled`, then the higher renewal.
 */
export function compareSlotStates(left: SlotState, right: SlotState): number {
  if (left.revision !== right.revision) return left.revision - right.revision
  const byId = compareBytes(right.recordId, left.recordId)
  if (byId !== 0) return byId
  const byKind = KIND_RANK[left.kind] - KIND_RANK[right.kind]
  return byKind === 0 ? left.counter - right.counter : byKind
}
