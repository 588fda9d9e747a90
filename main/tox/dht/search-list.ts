import type { Address } from '../../base/address.ts'
import type { Instant } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { Heard } from './close-list.ts'
import { compareDistance } from './distance.ts'
import { ListedNode } from './listed-node.ts'
import type { NearestNodes } from './nearest-nodes.ts'

/** Nodes kept around a searched key. */
export const SEARCH_NODES_MAX = 8

/** The 8 nodes nearest to a searched key. Bad nodes give way first, then the farthest to a nearer one. */
export class SearchList {
  readonly #target: PublicKey
  /** The farthest first. */
  readonly #nodes: ListedNode[] = []

  constructor(target: PublicKey) {
    this.#target = target
  }

  /** All nodes, good or not, the farthest first. */
  get nodes(): readonly ListedNode[] {
    return this.#nodes
  }

  find(publicKey: PublicKey): ListedNode | undefined {
    return this.#nodes.find((node) => node.publicKey.equals(publicKey))
  }

  /** Whether a node that is not in the list would get a place. */
  hasRoom(publicKey: PublicKey, now: Instant): boolean {
    return this.#nodes.length < SEARCH_NODES_MAX || this.#evictable(publicKey, now) !== undefined
  }

  /** A node answered: lists it if it is near enough, or refreshes it. See CloseList.heard. */
  heard(publicKey: PublicKey, address: Address, now: Instant): Heard {
    const known = this.find(publicKey)
    if (known) return known.heard(address, now) ? 'appeared' : 'known'
    const replaced = this.#nodes.find((node) => node.isAt(address))
    if (replaced) this.#remove(replaced)
    if (this.#nodes.length >= SEARCH_NODES_MAX) {
      const evicted = this.#evictable(publicKey, now)
      if (!evicted) return 'refused'
      this.#remove(evicted)
    }
    this.#insert(new ListedNode(publicKey, address, now))
    return 'appeared'
  }

  offerNearest(nearest: NearestNodes, lanAllowed: boolean, now: Instant): void {
    for (const listed of this.#nodes) {
      if (!nearest.mayTake(listed.publicKey)) continue
      const node = listed.goodNode(now)
      if (node && (lanAllowed || !node.address.isLan)) nearest.offer(node)
    }
  }

  #evictable(publicKey: PublicKey, now: Instant): ListedNode | undefined {
    const bad = this.#nodes.find((node) => !node.isGood(now))
    if (bad) return bad
    const farthest = this.#nodes[0]
    return farthest && this.#isNearer(publicKey, farthest) ? farthest : undefined
  }

  #insert(node: ListedNode): void {
    const at = this.#nodes.findIndex((other) => this.#isNearer(other.publicKey, node))
    this.#nodes.splice(at < 0 ? this.#nodes.length : at, 0, node)
  }

  #remove(node: ListedNode): void {
    this.#nodes.splice(this.#nodes.indexOf(node), 1)
  }

  #isNearer(publicKey: PublicKey, node: ListedNode): boolean {
    return compareDistance(this.#target.bytes, publicKey.bytes, node.publicKey.bytes) < 0
  }
}
