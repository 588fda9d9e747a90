import type { OfflineFriend } from './offline-friend.ts'
import { dropSkipped } from './slot-chain.ts'

/** Keys of slots that were passed over, of all mailboxes together. */
export const SKIPPED_IN_ALL_MAX = 10_000

/** Erases the oldest skipped keys beyond the bound: their records most likely never come. */
export function boundSkippedKeys(friends: Iterable<OfflineFriend>): void {
  const all = [...friends].flatMap((friend) =>
    friend.epochs
      .all()
      .flatMap((epoch) => (epoch.receive?.skipped ?? []).map((skipped) => ({ friend, epoch, skipped }))),
  )
  const excess = all.length - SKIPPED_IN_ALL_MAX
  if (excess <= 0) return
  const oldest = all.sort((left, right) => left.skipped.skippedAt - right.skipped.skippedAt).slice(0, excess)
  for (const { friend, epoch, skipped } of oldest) {
    if (!epoch.receive) continue
    epoch.receive = dropSkipped(epoch.receive, ({ slot }) => slot === skipped.slot)
    friend.epochs.saveReceive(epoch)
  }
}
