import { assert } from '../base/assert.ts'
import { wipe } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import { deriveKey } from '../crypto/hash.ts'

/** Skipped keys kept for one mailbox; a sender that leaves larger gaps is not ours. */
export const SKIPPED_PER_MAILBOX_MAX = 1_000

/** The key of the present position and the chain key of the next. Wipes nothing: the caller owns `chainKey`. */
function step(chainKey: Uint8Array): { slotKey: Uint8Array; next: Uint8Array } {
  return { slotKey: deriveKey(chainKey, 'slot key'), next: deriveKey(chainKey, 'next chain key') }
}

/** A position in a symmetric chain: the slot that comes next, and the 32-byte key from which its key follows. */
export interface ChainState {
  readonly nextSlot: number
  readonly chainKey: Uint8Array
}

/** Takes the next slot of a sending chain: its number and key, and the chain after it. The old chain key is wiped. */
export function takeSlot(chain: ChainState): { slot: number; slotKey: Uint8Array; chain: ChainState } {
  const { slotKey, next } = step(chain.chainKey)
  wipe(chain.chainKey)
  return { slot: chain.nextSlot, slotKey, chain: { nextSlot: chain.nextSlot + 1, chainKey: next } }
}

/** A slot key that was passed over, kept until its record comes or its time is over. */
export interface SkippedKey {
  readonly slot: number
  readonly key: Uint8Array
  readonly skippedAt: Instant
}

/** A receiving chain: where it stands and which keys it passed over, oldest first. */
export interface ReceiveChain extends ChainState {
  readonly skipped: readonly SkippedKey[]
}

/**
 * The key of `slot` in a receiving chain, without changing anything: a key is spent only when its record opened.
 *
 * returns  undefined if it was erased, or lies more than SKIPPED_PER_MAILBOX_MAX ahead
 */
export function peekSlotKey(chain: ReceiveChain, slot: number): Uint8Array | undefined {
  if (slot < chain.nextSlot) return chain.skipped.find((skipped) => skipped.slot === slot)?.key.slice()
  if (slot - chain.nextSlot + chain.skipped.length > SKIPPED_PER_MAILBOX_MAX) return undefined
  let chainKey: Uint8Array = chain.chainKey.slice()
  for (let at = chain.nextSlot; at < slot; at += 1) {
    const { slotKey, next } = step(chainKey)
    wipe(slotKey, chainKey)
    chainKey = next
  }
  const { slotKey, next } = step(chainKey)
  wipe(next, chainKey)
  return slotKey
}

/** The chain after the record of `slot` opened: that key is gone, those passed over are kept. Old chain keys are wiped. */
export function spendSlot(chain: ReceiveChain, slot: number, now: Instant): ReceiveChain {
  if (slot < chain.nextSlot) return { ...chain, skipped: withoutSlot(chain.skipped, slot) }
  assert(slot - chain.nextSlot + chain.skipped.length <= SKIPPED_PER_MAILBOX_MAX, 'slot too far ahead')
  const skipped = [...chain.skipped]
  let chainKey: Uint8Array = chain.chainKey.slice()
  for (let at = chain.nextSlot; at <= slot; at += 1) {
    const { slotKey, next } = step(chainKey)
    wipe(chainKey)
    chainKey = next
    if (at < slot) skipped.push({ slot: at, key: slotKey, skippedAt: now })
    else wipe(slotKey)
  }
  wipe(chain.chainKey)
  return { nextSlot: slot + 1, chainKey, skipped }
}

/** The chain without the skipped keys that `isOver` names; those keys are wiped. */
export function dropSkipped(chain: ReceiveChain, isOver: (skipped: SkippedKey) => boolean): ReceiveChain {
  const kept = chain.skipped.filter((skipped) => {
    if (!isOver(skipped)) return true
    wipe(skipped.key)
    return false
  })
  return kept.length === chain.skipped.length ? chain : { ...chain, skipped: kept }
}

/** Wipes all keys of a chain whose epoch is over. */
export function wipeChain(chain: ChainState & { readonly skipped?: readonly SkippedKey[] }): void {
  wipe(chain.chainKey)
  for (const skipped of chain.skipped ?? []) wipe(skipped.key)
}

function withoutSlot(skipped: readonly SkippedKey[], slot: number): SkippedKey[] {
  return skipped.filter((candidate) => {
    if (candidate.slot !== slot) return true
    wipe(candidate.key)
    return false
  })
}
