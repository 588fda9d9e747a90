import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { compareDistance } from '../dht/distance.ts'
import type { PathId } from './onion-paths.ts'

/** A node that left this many requests unanswered is not asked again, and is dropped after the time-out. */
export const UNANSWERED_MAX = 3
const NODE_TIMEOUT_MS = 15 * SECOND_MS

/** A node that answered an announce request about the target. */
export interface AnnounceNode {
  node: PackedNode
  readonly addedAt: Instant
  lastAskedAt: Instant
  /** Requests since it was taken in, beyond the one by which it was. */
  askedCount: number
  unansweredCount: number
  /** The path its last answer came over. */
  pathId: PathId
  /** It says that it holds the target: for ourselves our announcement, for a friend the friend's. */
  isStored: boolean
  /** What it gave us to announce ourselves with; zeros where it gave none. */
  pingId: Uint8Array
  /** The key to which data for the target is sealed, while `isStored`. */
  dataKey: PublicKey | undefined
}

/** The nodes nearest to one key that answered; when full, a nearer one replaces the farthest. Silent ones go first. */
export class ClosestNodes {
  readonly #target: PublicKey
  readonly #countMax: number
  readonly #nodes = new Map<string, AnnounceNode>()

  constructor(target: PublicKey, countMax: number) {
    this.#target = target
    this.#countMax = countMax
  }

  find(key: PublicKey): AnnounceNode | undefined {
    return this.#nodes.get(key.hex)
  }

  /** All that have not timed out. */
  live(now: Instant): AnnounceNode[] {
    const live: AnnounceNode[] = []
    for (const [hex, node] of this.#nodes) {
      if (isTimedOut(node, now)) this.#nodes.delete(hex)
      else live.push(node)
    }
    return live
  }

  /** Whether a node of this key would be taken in. */
  isWanted(key: PublicKey, now: Instant): boolean {
    if (this.live(now).length < this.#countMax) return true
    const farthest = this.#farthest()
    return farthest !== undefined && this.#compare(key, farthest) < 0
  }

  /** Takes a node in and returns its entry, the known one if there is one; undefined if the node is too far. */
  take(node: PackedNode, pathId: PathId, now: Instant): AnnounceNode | undefined {
    const known = this.find(node.publicKey)
    if (known) {
      known.node = node
      known.pathId = pathId
      known.unansweredCount = 0
      return known
    }
    if (!this.isWanted(node.publicKey, now)) return undefined
    if (this.#nodes.size >= this.#countMax) this.#nodes.delete(this.#farthest()?.hex ?? '')
    const taken = {
      node,
      addedAt: now,
      lastAskedAt: now,
      askedCount: 0,
      unansweredCount: 0,
      pathId,
      isStored: false,
      pingId: new Uint8Array(32),
      dataKey: undefined,
    }
    this.#nodes.set(node.publicKey.hex, taken)
    return taken
  }

  /** What the nodes said about the target no longer holds. */
  forgetStored(): void {
    for (const node of this.#nodes.values()) {
      node.isStored = false
      node.dataKey = undefined
    }
  }

  #farthest(): PublicKey | undefined {
    let farthest: PublicKey | undefined
    for (const { node } of this.#nodes.values()) {
      if (!farthest || this.#compare(node.publicKey, farthest) > 0) farthest = node.publicKey
    }
    return farthest
  }

  #compare(left: PublicKey, right: PublicKey): number {
    return compareDistance(this.#target.bytes, left.bytes, right.bytes)
  }
}

/** Whether its last request has been waiting too long for it to count as there. */
export function isOverdue({ unansweredCount, lastAskedAt }: AnnounceNode, now: Instant): boolean {
  return unansweredCount > 0 && now - lastAskedAt >= NODE_TIMEOUT_MS
}

function isTimedOut(node: AnnounceNode, now: Instant): boolean {
  return node.unansweredCount >= UNANSWERED_MAX && isOverdue(node, now)
}
