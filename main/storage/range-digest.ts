import { concat, utf8Encode } from '../base/bytes.ts'
import { blake2b } from '../crypto/hash.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { encode, u32, u8 } from '../wire/codec.ts'
import type { StoredRecord } from '../wire/storage-proof.ts'
import { instantSeconds, recordHeader, type Tombstone } from '../wire/storage-record.ts'
import { paidState } from './payments.ts'

const LEAF_LABEL = concat(utf8Encode('ampoule check 1'), Uint8Array.of(0))
const RANGE_LABEL = concat(utf8Encode('ampoule range 1'), Uint8Array.of(0))

/** A check's question: fresh for each, and good between these two nodes only, so that no answer can be passed on. */
export interface CheckChallenge {
  /** 16 to 32 random bytes of the asker. */
  readonly nonce: Uint8Array
  readonly asker: PublicKey
  readonly holder: PublicKey
}

/** What lies in a slot. */
export type SlotContent =
  | { readonly kind: 'record'; readonly record: StoredRecord }
  | { readonly kind: 'tombstone'; readonly tombstone: Tombstone }

/**
 * Proves that the holder has a slot's whole content: a hash over the question, the header, the renewal that counts
 * and the body; for a tombstone over header and kind. Proofs of work stay out: each deposit has its own, bound to the
 * node that took it, so honest holders of one record differ in them.
 */
export function contentDigest({ nonce, asker, holder }: CheckChallenge, content: SlotContent): Uint8Array {
  return blake2b(concat(LEAF_LABEL, nonce, asker.bytes, holder.bytes, ...contentParts(content)))
}

/** One digest over those of a range, in order of place: the ranges within a range make the tree. */
export function rangeDigest(contentDigests: readonly Uint8Array[]): Uint8Array {
  return blake2b(concat(RANGE_LABEL, encode(u32, contentDigests.length), ...contentDigests))
}

function contentParts(content: SlotContent): readonly Uint8Array[] {
  if (content.kind === 'tombstone') {
    const { signed, entry } = content.tombstone
    return [encode(u8, entry.kind), encode(recordHeader, signed.header)]
  }
  const state = paidState(content.record.payments)
  if (!state) return []
  const counter = encode(u32, state.renewal?.counter ?? 0)
  const end = encode(instantSeconds, state.notAfter)
  return [encode(u8, 0), encode(recordHeader, state.signed.header), counter, end, content.record.body]
}
