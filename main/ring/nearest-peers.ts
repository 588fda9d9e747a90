import type { Peer } from './peer.ts'

/** The `count` items with the least distance, nearest first, in one pass: lookups do this for every peer we know. */
export function nearest(peers: readonly Peer[], count: number, distance: (peer: Peer) => number): Peer[] {
  const best: { peer: Peer; steps: number }[] = []
  for (const peer of peers) {
    const steps = distance(peer)
    const last = best.at(-1)
    if (best.length >= count && last && steps >= last.steps) continue
    let at = best.length
    while (at > 0 && (best[at - 1]?.steps ?? 0) > steps) at -= 1
    best.splice(at, 0, { peer, steps })
    if (best.length > count) best.pop()
  }
  return best.map(({ peer }) => peer)
}
