import type { Address } from '../base/address.ts'

/** Nodes of one IP prefix that count in a replica set: whoever owns a prefix owns all of its nodes. */
const PER_PREFIX_MAX = 2

/**
 * The first `countMax` nodes of `members`, in order, that count: at most two of a prefix. On loopback and private
 * networks all count.
 *
 * addressOf   undefined for a node whose address nobody knows (ourselves, at first): it counts
 */
export function eligible<T>(
  members: readonly T[],
  addressOf: (member: T) => Address | string | undefined,
  countMax = Number.POSITIVE_INFINITY,
): T[] {
  const chosen: T[] = []
  const prefixes: string[] = []
  for (const member of members) {
    if (chosen.length >= countMax) break
    const prefix = countedPrefix(addressOf(member))
    if (prefix !== undefined) {
      if (occurrences(prefixes, prefix) >= PER_PREFIX_MAX) continue
      prefixes.push(prefix)
    }
    chosen.push(member)
  }
  return chosen
}

function countedPrefix(address: Address | string | undefined): string | undefined {
  if (address === undefined || typeof address === 'string') return address
  return address.isLan ? undefined : address.prefix
}

/** The list is as short as a replica set: going through it is quicker than a map. */
function occurrences(prefixes: readonly string[], prefix: string): number {
  let count = 0
  for (const each of prefixes) if (each === prefix) count += 1
  return count
}
