import type { ListedSlot } from '../wire/storage-packets.ts'
import { paidState } from './payments.ts'
import type { SlotContent } from './range-digest.ts'
import type { VaultEntry } from './vault.ts'

/** How a slot stands in a listing; undefined if what was paid for it cannot be told. */
export function listedSlotOf(entry: VaultEntry, content: SlotContent): ListedSlot | undefined {
  const { revision, slot } = entry
  if (content.kind === 'tombstone') return { kind: 'gone', revision, entry: content.tombstone.entry }
  const state = paidState(content.record.payments)
  if (!state) return undefined
  const { bodyHash, length } = state.signed.header
  return { kind: 'held', slot, revision, bodyHash, length, notAfter: state.notAfter, counter: entry.counter }
}
