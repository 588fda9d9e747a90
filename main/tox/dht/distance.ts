/**
 * The XOR metric of the DHT, as an order: negative if `left` is nearer to `target` than `right` is, zero only if both
 * are the same key. All three have 32 bytes.
 */
export function compareDistance(target: Uint8Array, left: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < target.length; at += 1) {
    const leftByte = left[at] ?? 0
    const rightByte = right[at] ?? 0
    if (leftByte === rightByte) continue
    const targetByte = target[at] ?? 0
    return (leftByte ^ targetByte) - (rightByte ^ targetByte)
  }
  return 0
}

/** How many leading bits two keys share: 0 to 256. */
export function sharedPrefixBits(left: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < left.length; at += 1) {
    const difference = (left[at] ?? 0) ^ (right[at] ?? 0)
    if (difference !== 0) return at * 8 + Math.clz32(difference) - 24
  }
  return left.length * 8
}
