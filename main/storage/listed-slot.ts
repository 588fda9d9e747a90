import type { Instant } from '../base/time.ts'
import type { ListedSlot } from '../wire/storage-packets.ts'
import { paidState } from './payments.ts'
import type { Vault, VaultEntry } from './vault.ts'

/** How a slot stands in a listing; undefined if the disk no longer gives it back. */
export function listedSlotOf(vault: Vault, entry: VaultEntry, now: Instant): ListedSlot | undefined {
  const content = vault.get(entry.mailbox, entry.slot, now)
  if (!content) return undefined
  const { revision, slot } = entry
  if (content.kind === 'tombstone') return { kind: 'gone', revision, entry: content.tombstone.entry }
  const state = paidState(content.record.payments)
  if (!state) return undefined
  const { bodyHash, length } = state.signed.header
  return { kind: 'held', slot, revision, bodyHash, length, notAfter: state.notAfter, counter: entry.counter }
}
