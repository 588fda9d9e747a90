import { type Random, randomItem, shuffled } from '../../base/random.ts'
import { type Instant, MINUTE_MS } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { isSendable } from './sendable.ts'

/** Nodes kept for paths; c-toxcore's number. */
const PATH_NODES_MAX = 32
/** A node that neither answered nor was named a good node by the DHT for this long is left out. */
const SILENT_MS_MAX = 5 * MINUTE_MS
/** After this many dead paths in a row a node is left out for a while, if there are others. */
const DEAD_PATHS_MAX = 2
const SHUNNED_MS = MINUTE_MS
/** With fewer nodes than a path has hops, a choice among them is no choice. */
const CHOICE_COUNT_MIN = 3
/** Among so few it may be that every path of three different nodes leads over a dead one. */
const FEW_COUNT_MAX = 8

interface PathNode {
  readonly node: PackedNode
  readonly seenAt: Instant
  readonly deadPathCount: number
  readonly blamedAt: Instant
}

/**
 * The nodes that paths are made of and announcing starts with: at most 32; when full, the one seen longest ago goes.
 *
 * source   tox-wire 3.7
 */
export class PathNodes {
  readonly #ownKey: PublicKey
  readonly #random: Random
  readonly #nodes = new Map<string, PathNode>()

  /** ownKey   our DHT key: we are no relay of our own paths */
  constructor(ownKey: PublicKey, random: Random) {
    this.#ownKey = ownKey
    this.#random = random
  }

  /** Nodes that paths are made of now. */
  count(now: Instant): number {
    return this.#usable(now).length
  }

  /** The DHT says that the node is good. */
  add(node: PackedNode, now: Instant): void {
    if (!isSendable(node.address) || node.publicKey.equals(this.#ownKey)) return
    const { hex } = node.publicKey
    const known = this.#nodes.get(hex)
    this.#nodes.delete(hex)
    if (this.#nodes.size >= PATH_NODES_MAX) this.#dropOldest()
    const { deadPathCount, blamedAt } = known ?? { deadPathCount: 0, blamedAt: now }
    this.#nodes.set(hex, { node, seenAt: now, deadPathCount, blamedAt })
  }

  /** An answer came from these nodes or through a path of them. */
  praise(nodes: readonly PackedNode[], now: Instant): void {
    for (const node of nodes) {
      this.#nodes.delete(node.publicKey.hex)
      this.add(node, now)
    }
  }

  /** A path of these nodes died; one of them is the cause, the others are cleared by paths that work. */
  blame(nodes: readonly PackedNode[], now: Instant): void {
    for (const hex of new Set(nodes.map(({ publicKey }) => publicKey.hex))) {
      const known = this.#nodes.get(hex)
      if (known) this.#nodes.set(hex, { ...known, deadPathCount: known.deadPathCount + 1, blamedAt: now })
    }
  }

  /** All of them, in random order. */
  shuffled(now: Instant): PackedNode[] {
    return shuffled(
      this.#random,
      this.#usable(now).map(({ node }) => node),
    )
  }

  /** Three hops, different ones if three nodes are known; undefined if none is. */
  chooseHops(now: Instant): readonly [PackedNode, PackedNode, PackedNode] | undefined {
    const nodes = this.shuffled(now)
    const [first, second = first, third = first] = nodes
    if (!first || !second || !third) return undefined
    // Which of them is dead shows only where a path does without it.
    const isAnyDead = nodes.length <= FEW_COUNT_MAX && this.#usable(now).every((node) => isShunned(node, now))
    if (!isAnyDead) return [first, second, third]
    return [randomItem(this.#random, nodes), randomItem(this.#random, nodes), randomItem(this.#random, nodes)]
  }

  #usable(now: Instant): PathNode[] {
    for (const [hex, { seenAt }] of this.#nodes) {
      if (now - seenAt >= SILENT_MS_MAX) this.#nodes.delete(hex)
    }
    const all = [...this.#nodes.values()]
    const trustedMin = all.length <= FEW_COUNT_MAX ? 1 : CHOICE_COUNT_MIN
    const trusted = preferred(all, trustedMin, (node) => !isShunned(node, now))
    // A node far away cannot reach the addresses of our local network.
    return preferred(trusted, CHOICE_COUNT_MIN, ({ node }) => !node.address.isLan)
  }

  #dropOldest(): void {
    for (const hex of this.#nodes.keys()) {
      this.#nodes.delete(hex)
      return
    }
  }
}

function isShunned({ deadPathCount, blamedAt }: PathNode, now: Instant): boolean {
  return deadPathCount >= DEAD_PATHS_MAX && now - blamedAt < SHUNNED_MS
}

function preferred(nodes: PathNode[], countMin: number, isPreferred: (node: PathNode) => boolean): PathNode[] {
  const chosen = nodes.filter(isPreferred)
  return chosen.length >= countMin ? chosen : nodes
}
