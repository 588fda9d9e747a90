import type { Address } from '../../base/address.ts'
import { equalBytes } from '../../base/bytes.ts'
import type { Instant } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { ListedNode } from './listed-node.ts'

/** Nodes per bucket (Kademlia's k). */
export const BUCKET_NODES_MAX = 8

/** Up to 8 nodes. Good nodes are never evicted: who has answered for long is likely to go on. */
export class KBucket {
  readonly #nodes: ListedNode[] = []

  get nodes(): readonly ListedNode[] {
    return this.#nodes
  }

  find(key: Uint8Array): ListedNode | undefined {
    return this.#nodes.find(({ publicKey }) => equalBytes(publicKey.bytes, key))
  }

  /** Whether a new node could be added: there is a free place, or one that a bad node holds. */
  hasRoom(now: Instant): boolean {
    return this.#nodes.length < BUCKET_NODES_MAX || this.#nodes.some((node) => !node.isGood(now))
  }

  /** Adds a node that is not in it, in place of the bad node heard longest ago if there is no free place. */
  add(publicKey: PublicKey, address: Address, now: Instant): ListedNode | undefined {
    if (this.#nodes.length >= BUCKET_NODES_MAX) {
      const oldest = this.#nodes.reduce((left, right) => (right.heardAt < left.heardAt ? right : left))
      if (oldest.isGood(now)) return undefined
      this.remove(oldest)
    }
    const node = new ListedNode(publicKey, address, now)
    this.#nodes.push(node)
    return node
  }

  remove(node: ListedNode): void {
    const at = this.#nodes.indexOf(node)
    if (at >= 0) this.#nodes.splice(at, 1)
  }
}
