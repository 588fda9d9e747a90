/**
 * Order of two keys by their XOR distance to `target`, big-endian: negative if `left` is nearer, 0 if they are equal.
 * A total order: different keys never have the same distance.
 */
export function compareDistance(target: Uint8Array, left: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < target.length; at += 1) {
    const base = target[at] ?? 0
    const difference = (base ^ (left[at] ?? 0)) - (base ^ (right[at] ?? 0))
    if (difference !== 0) return difference
  }
  return 0
}
