import { DAY_MS, type Instant } from '../base/time.ts'
import type { TransferRow } from '../db/transfers.ts'
import type { FileEndReason } from '../../shared/model/file.ts'

/** What waits for friends to come back, each direction for itself. */
export const BROKEN_COUNT_MAX = 64
/** What came of files that are not whole, beside the largest of them: one alone may be larger than that. */
export const BROKEN_BYTES_MAX = 16 * 1_024 ** 3
/** As long as the web shell keeps what was written for the person. */
export const BROKEN_MS_MAX = 7 * DAY_MS

/**
 * Whether a transfer that breaks for `reason` can go on later: both must be able to know the file again, and have its
 * bytes. An offer that nobody has answered is made again by whoever made it.
 */
export function canGoOn({ isOutgoing, file }: TransferRow, reason: FileEndReason): boolean {
  if (file.fileId === undefined || file.sizeBytes === undefined || file.path === undefined) return false
  return isOutgoing ? !(file.isUpload && reason === 'app-closed') : file.inode !== undefined
}

/** The transfers that wait no longer, and why. Where there are too many, whoever has the most gives up the oldest. */
export function noLongerKept(
  rows: readonly TransferRow[],
  now: Instant,
): { readonly id: number; readonly reason: 'expired' | 'displaced' }[] {
  const isOver = ({ file }: TransferRow): boolean => now - (file.brokeOffAt ?? now) >= BROKEN_MS_MAX
  const kept = rows.filter((row) => !isOver(row))
  const displaced = [kept.filter(({ isOutgoing }) => isOutgoing), kept.filter(({ isOutgoing }) => !isOutgoing)]
  return [
    ...rows.filter(isOver).map(({ id }) => ({ id, reason: 'expired' as const })),
    ...displaced.flatMap(tooMany).map(({ id }) => ({ id, reason: 'displaced' as const })),
  ]
}

function tooMany(rows: readonly TransferRow[]): TransferRow[] {
  const left = [...rows]
  const gone: TransferRow[] = []
  for (;;) {
    const isCrowded = left.length > BROKEN_COUNT_MAX
    const [, ...others] = left.toSorted((one, other) => bytesOf(other) - bytesOf(one))
    if (!isCrowded && others.reduce((sum, row) => sum + bytesOf(row), 0) <= BROKEN_BYTES_MAX) return gone
    const oldest = isCrowded ? oldestOfHeaviest(left, () => 1) : oldestOfHeaviest(others, bytesOf)
    if (!oldest) return gone
    gone.push(oldest)
    left.splice(left.indexOf(oldest), 1)
  }
}

function oldestOfHeaviest(rows: readonly TransferRow[], weigh: (row: TransferRow) => number): TransferRow | undefined {
  const weights = new Map<string, number>()
  for (const row of rows) weights.set(row.friend, (weights.get(row.friend) ?? 0) + weigh(row))
  const most = Math.max(...weights.values())
  return rows
    .filter((row) => weights.get(row.friend) === most && weigh(row) > 0)
    .toSorted((left, right) => (left.file.brokeOffAt ?? 0) - (right.file.brokeOffAt ?? 0))[0]
}

function bytesOf({ isOutgoing, file }: TransferRow): number {
  return isOutgoing ? 0 : (file.syncedBytes ?? 0)
}
