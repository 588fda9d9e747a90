import { assert } from '../../base/assert.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { compareDistance } from './distance.ts'

/** The nodes nearest to a key among those that were offered, nearest first. When full, the farthest goes. */
export class NearestNodes {
  readonly #target: PublicKey
  readonly #countMax: number
  #nodes: PackedNode[] = []

  constructor(target: PublicKey, countMax: number) {
    assert(countMax >= 0, 'a list needs a bound')
    this.#target = target
    this.#countMax = countMax
  }

  get count(): number {
    return this.#nodes.length
  }

  get isFull(): boolean {
    return this.#nodes.length >= this.#countMax
  }

  get nodes(): readonly PackedNode[] {
    return this.#nodes
  }

  /** Whether a node with this key might get a place: the cheap question before `offer`. */
  mayTake({ bytes }: PublicKey): boolean {
    const farthest = this.#nodes[this.#countMax - 1]
    return !farthest || compareDistance(this.#target.bytes, bytes, farthest.publicKey.bytes) < 0
  }

  /** Adds a node unless its key is there already, or the list is full of nearer ones. */
  offer(node: PackedNode): boolean {
    let at = this.#nodes.length
    while (at > 0) {
      const order = this.#compare(node, at - 1)
      if (order === 0) return false
      if (order > 0) break
      at -= 1
    }
    if (at >= this.#countMax) return false
    this.#nodes.splice(at, 0, node)
    if (this.#nodes.length > this.#countMax) this.#nodes.pop()
    return true
  }

  /** All nodes; the list is empty afterwards. */
  take(): PackedNode[] {
    const taken = this.#nodes
    this.#nodes = []
    return taken
  }

  #compare(node: PackedNode, at: number): number {
    const other = this.#nodes[at]
    assert(other !== undefined, 'compared past the end')
    return compareDistance(this.#target.bytes, node.publicKey.bytes, other.publicKey.bytes)
  }
}
