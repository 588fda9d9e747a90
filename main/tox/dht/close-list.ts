import type { Address } from '../../base/address.ts'
import { type Instant } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { sharedPrefixBits } from './distance.ts'
import { KBucket } from './k-bucket.ts'
import { BAD_AFTER_MS, DEAD_AFTER_MS, type ListedNode } from './listed-node.ts'
import type { NearestNodes } from './nearest-nodes.ts'

const BUCKET_COUNT = 128

/** What hearing from a node meant for a list: it became reachable, was known to be, or found no place. */
export type Heard = 'appeared' | 'known' | 'refused'

/**
 * The nodes around our own key: 128 buckets of 8, by the first bit in which a key differs from ours (the last bucket
 * holds all that share 127 bits or more).
 *
 * source   Tox spec "Client List", "k-buckets"; Kademlia (Maymounkov and Mazières, 2002)
 */
export class CloseList {
  readonly #selfKey: PublicKey
  readonly #buckets = new Map<number, KBucket>()
  /** When any node was heard last: connectedness needs no scan. */
  #heardAt: Instant = Number.NEGATIVE_INFINITY
  /** The same of nodes outside the local network. */
  #heardOutsideAt: Instant = Number.NEGATIVE_INFINITY

  constructor(selfKey: PublicKey) {
    this.#selfKey = selfKey
  }

  /**
   * A node answered: lists it, or refreshes it. Another key that was listed at this address goes, since one UDP port
   * has one key at a time.
   */
  heard(publicKey: PublicKey, address: Address, now: Instant): Heard {
    const known = this.find(publicKey.bytes)
    if (known) {
      this.#noteHeard(address, now)
      return known.heard(address, now) ? 'appeared' : 'known'
    }
    this.#removeAt(address)
    const index = this.#indexOf(publicKey.bytes)
    const bucket = this.#buckets.get(index) ?? new KBucket()
    if (!bucket.add(publicKey, address, now)) return 'refused'
    this.#buckets.set(index, bucket)
    this.#noteHeard(address, now)
    return 'appeared'
  }

  find(key: Uint8Array): ListedNode | undefined {
    return this.#buckets.get(this.#indexOf(key))?.find(key)
  }

  /** Whether a node with this key could be listed. */
  hasRoom(publicKey: PublicKey, now: Instant): boolean {
    return this.#buckets.get(this.#indexOf(publicKey.bytes))?.hasRoom(now) ?? true
  }

  /** All nodes, good or not, the farthest buckets first. */
  *nodes(): Generator<ListedNode> {
    for (let index = 0; index < BUCKET_COUNT; index += 1) {
      const bucket = this.#buckets.get(index)
      if (bucket) yield* bucket.nodes
    }
  }

  isConnected(now: Instant): boolean {
    return now < this.disconnectsAt
  }

  /** When the last good node turns bad, if nothing is heard until then. */
  get disconnectsAt(): Instant {
    return this.#heardAt + BAD_AFTER_MS
  }

  /** When the last good node outside the local network turns bad, if none is heard until then. */
  get losesOutsideAt(): Instant {
    return this.#heardOutsideAt + BAD_AFTER_MS
  }

  /** When the last node would be dead, so that nobody would be asked any more; Infinity for an empty list. */
  get diesAt(): Instant {
    return this.#buckets.size === 0 ? Number.POSITIVE_INFINITY : this.#heardAt + DEAD_AFTER_MS
  }

  /** Makes all nodes bad rather than dead: after a long silence asking must go on. */
  revive(now: Instant): void {
    for (const node of this.nodes()) node.revive(now)
    this.#heardAt = now - BAD_AFTER_MS
  }

  goodCount(now: Instant): number {
    let count = 0
    for (const node of this.nodes()) if (node.isGood(now)) count += 1
    return count
  }

  /**
   * Offers to `nearest` the good nodes among which the nearest to `target` are.
   *
   * Nodes of the bucket that `target` falls into share more bits with it than all others do; then come the nearer
   * buckets together, then the farther ones one by one. It stops where no later group can matter.
   */
  offerNearest(nearest: NearestNodes, target: PublicKey, lanAllowed: boolean, now: Instant): void {
    const index = this.#indexOf(target.bytes)
    this.#offerBucket(nearest, index, lanAllowed, now)
    if (nearest.isFull) return
    for (const other of this.#buckets.keys()) if (other > index) this.#offerBucket(nearest, other, lanAllowed, now)
    for (let other = index - 1; other >= 0 && !nearest.isFull; other -= 1) {
      this.#offerBucket(nearest, other, lanAllowed, now)
    }
  }

  #offerBucket(nearest: NearestNodes, index: number, lanAllowed: boolean, now: Instant): void {
    for (const listed of this.#buckets.get(index)?.nodes ?? []) {
      if (!nearest.mayTake(listed.publicKey)) continue
      const node = listed.goodNode(now)
      if (node && (lanAllowed || !node.address.isLan)) nearest.offer(node)
    }
  }

  #noteHeard(address: Address, now: Instant): void {
    this.#heardAt = now
    if (!address.isLan) this.#heardOutsideAt = now
  }

  #removeAt(address: Address): void {
    for (const bucket of this.#buckets.values()) {
      const node = bucket.nodes.find((listed) => listed.isAt(address))
      if (node) bucket.remove(node)
    }
  }

  #indexOf(key: Uint8Array): number {
    return Math.min(sharedPrefixBits(this.#selfKey.bytes, key), BUCKET_COUNT - 1)
  }
}
