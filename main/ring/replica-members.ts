import type { Address } from '../base/address.ts'

/** Nodes of one IP prefix that count in a replica set: whoever owns a prefix owns all of its nodes. */
const PER_PREFIX_MAX = 2

/**
 * The nodes of `members`, in order, that count: at most two of a prefix. On loopback and private networks all count.
 *
 * addressOf   undefined for a node whose address nobody knows (ourselves, at first): it counts
 */
export function eligible<T>(members: readonly T[], addressOf: (member: T) => Address | string | undefined): T[] {
  const counts = new Map<string, number>()
  return members.filter((member) => {
    const address = addressOf(member)
    if (address === undefined) return true
    if (typeof address !== 'string' && address.isLan) return true
    const prefix = typeof address === 'string' ? address : address.prefix
    const count = counts.get(prefix) ?? 0
    counts.set(prefix, count + 1)
    return count < PER_PREFIX_MAX
  })
}
