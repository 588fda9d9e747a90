import { compareBytes, equalBytes } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import { advance, clockwise, PLACE_COUNT, type PlaceRange } from '../ring/circle.ts'
import {
  type AskedSlot,
  HELD_KIND,
  ID_START_BYTES,
  type ListedCopy,
  PROOF_DIGEST_BYTES,
} from '../wire/upkeep-packets.ts'
import { type CheckChallenge, contentDigest, rangeDigest } from './range-digest.ts'
import type { SlotState } from './record.ts'
import { slotTagOf } from './slot-tag.ts'
import type { Vault, VaultEntry } from './vault.ts'

/** One digest is made over at most so many records; larger ranges are halved. */
export const RECORDS_PER_DIGEST_MAX = 64
/** Slots of one mailbox share a place. */
export const SLOTS_AT_PLACE_MAX = 2_048
const KIND_OF_NUMBER = ['record', 'cancelled', 'collected'] as const

/** Records (tombstones left out: newcomers have none) of a range in an order that all holders share. */
export function recordsIn(vault: Vault, ring: number, range: PlaceRange, countMax: number, now: Instant): VaultEntry[] {
  return inOrder(vault.recordsIn(ring, range.from, range.to, countMax, now), ring, range.from)
}

/**
 * What lies after the place `from` of ring 0, up to the end of the circle: about `countMax` slots, but whole places, since
 * the slots of a mailbox share one. Undefined as `next`: that was the end.
 */
export function pageAfter(
  vault: Vault,
  from: number,
  countMax: number,
  now: Instant,
): { readonly entries: readonly VaultEntry[]; readonly next: number | undefined } {
  const entries = vault.entriesIn(0, from, 0, countMax, now)
  const last = entries.at(-1)?.places[0]
  if (last === undefined || entries.length < countMax) return { entries, next: undefined }
  const atLast = vault.entriesIn(0, advance(last, PLACE_COUNT - 1), last, Number.MAX_SAFE_INTEGER, now)
  return { entries: [...entries.filter(({ places }) => places[0] !== last), ...atLast], next: last }
}

/** By place, clockwise from `from`, then by record id. */
export function inOrder(entries: readonly VaultEntry[], ring: number, from: number): VaultEntry[] {
  const steps = ({ places }: VaultEntry) => clockwise(from, places[ring] ?? 0) || PLACE_COUNT
  return [...entries].sort((left, right) => steps(left) - steps(right) || compareBytes(left.recordId, right.recordId))
}

/** Proof that all of these are held; 32 bytes. */
export function digestOfRecords(
  vault: Vault,
  entries: readonly VaultEntry[],
  challenge: CheckChallenge,
  now: Instant,
): Uint8Array {
  const contents = entries.map(({ mailbox, slot }) => vault.get(mailbox, slot, now))
  return rangeDigest(contents.flatMap((content) => (content ? [contentDigest(challenge, content)] : [])))
}

/** Proof that one slot is held, 16 bytes; undefined if the disk no longer gives it back. */
export function digestOfSlot(
  vault: Vault,
  { mailbox, slot }: Pick<VaultEntry, 'mailbox' | 'slot'>,
  challenge: CheckChallenge,
  now: Instant,
): Uint8Array | undefined {
  const content = vault.get(mailbox, slot, now)
  return content && contentDigest(challenge, content).slice(0, PROOF_DIGEST_BYTES)
}

export function askedSlotOf(entry: VaultEntry, ring: number): AskedSlot {
  return {
    place: entry.places[ring] ?? 0,
    tag: slotTagOf(entry.mailbox, entry.slot),
    idStart: entry.recordId.slice(0, ID_START_BYTES),
    kind: HELD_KIND[entry.kind],
    counter: entry.counter,
  }
}

export function isJust(entry: VaultEntry, { idStart, kind, counter }: AskedSlot): boolean {
  const isSameId = equalBytes(entry.recordId.subarray(0, ID_START_BYTES), idStart)
  return isSameId && HELD_KIND[entry.kind] === kind && entry.counter === counter
}

export function listedCopyOf(entry: VaultEntry, ring: number): ListedCopy {
  return {
    place: entry.places[ring] ?? 0,
    tag: slotTagOf(entry.mailbox, entry.slot),
    id: entry.recordId.slice(0, 16),
    revision: entry.revision,
    kind: HELD_KIND[entry.kind],
    counter: entry.counter,
    copiesPerRing: entry.copiesPerRing,
  }
}

/** For `compareSlotStates`: the start of an id orders as the whole does. */
export function stateOfListed({ id, revision, kind, counter }: ListedCopy): SlotState {
  return { recordId: id, revision, kind: KIND_OF_NUMBER[kind], counter }
}

export function stateOfEntry({ recordId, revision, kind, counter }: VaultEntry): SlotState {
  return { recordId: recordId.slice(0, 16), revision, kind, counter }
}
