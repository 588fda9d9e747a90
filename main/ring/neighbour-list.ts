import { compareBytes } from '../base/bytes.ts'
import { PLACE_COUNT, type Placed, stepsBetween } from './circle.ts'
import type { Peer } from './peer.ts'

/** Successors are met going clockwise from us, predecessors going back. */
export type Direction = 'successors' | 'predecessors'

/**
 * The nearest `countMax` peers in one direction, nearest first: Chord's successor list, which alone decides who owns what.
 * When full, the furthest goes. Only peers that answered us get in (the caller sees to that).
 *
 * `reach` is how many steps out every node is known to us, because neighbours told us so. A list that is not full
 * grows outward only by what a neighbour names (Zave: a successor list is the successor's, shifted by one); otherwise a
 * node met by chance far away would stand where unknown ones are passed over.
 */
export class NeighbourList {
  readonly #self: Placed
  readonly #ring: number
  readonly #direction: Direction
  readonly #countMax: number
  #peers: Peer[] = []
  #reach = PLACE_COUNT
  #version = 0

  constructor(self: Placed, ring: number, direction: Direction, countMax: number) {
    this.#self = self
    this.#ring = ring
    this.#direction = direction
    this.#countMax = countMax
  }

  get peers(): readonly Peer[] {
    return this.#peers
  }

  /** Grows with every change of what the list holds or how far it reaches. */
  get version(): number {
    return this.#version
  }

  get isFull(): boolean {
    return this.#peers.length >= this.#countMax
  }

  get nearest(): Peer | undefined {
    return this.#peers[0]
  }

  get furthest(): Peer | undefined {
    return this.#peers.at(-1)
  }

  /** Steps within which no node is unknown to us; 2^48: we know them all (a full list never says so by itself). */
  get reach(): number {
    return Math.max(this.#reach, this.furthest ? this.stepsTo(this.furthest) : 0)
  }

  get seesAll(): boolean {
    return this.#reach === PLACE_COUNT
  }

  has(peer: Peer): boolean {
    return this.#peers.includes(peer)
  }

  stepsTo(peer: Peer): number {
    return this.#steps(this.#placed(peer))
  }

  /** Whether a node would get in. `isNamed`: by the list of one of our neighbours, so that it may lie beyond our reach. */
  wants(node: Placed, isNamed: boolean): boolean {
    const furthest = this.furthest
    if (!furthest) return true
    if (this.isFull) return this.#compare(node, this.#placed(furthest)) < 0
    return isNamed || this.#steps(node) <= this.reach
  }

  wouldBeNearest(node: Placed): boolean {
    const nearest = this.nearest
    return !nearest || this.#compare(node, this.#placed(nearest)) < 0
  }

  /** Takes the peer in if it is near enough. Returns the peer that had to go for it. */
  offer(peer: Peer, isNamed: boolean): Peer | undefined {
    if (this.has(peer) || !this.wants(this.#placed(peer), isNamed)) return undefined
    this.#version += 1
    if (this.#peers.length === 0) this.#reach = 0
    this.#insert(peer)
    // A full list passes over what lies beyond its end.
    if (this.isFull) this.#reach = 0
    return this.#peers.length > this.#countMax ? this.#peers.pop() : undefined
  }

  /** Returns whether it was there. */
  remove(peer: Peer): boolean {
    const reach = this.reach
    const countBefore = this.#peers.length
    this.#peers = this.#peers.filter((other) => other !== peer)
    if (this.#peers.length === countBefore) return false
    this.#version += 1
    this.#reach = this.#peers.length === 0 ? PLACE_COUNT : reach
    return true
  }

  /** A neighbour told us of every node within so many steps of us, and we know those that live. */
  extendReach(steps: number): void {
    if (this.#peers.length === 0 || this.isFull || steps <= this.#reach) return
    this.#reach = Math.min(steps, PLACE_COUNT)
    this.#version += 1
  }

  #insert(peer: Peer): void {
    const node = this.#placed(peer)
    const at = this.#peers.findIndex((other) => this.#compare(node, this.#placed(other)) < 0)
    this.#peers = at < 0 ? [...this.#peers, peer] : this.#peers.toSpliced(at, 0, peer)
  }

  #placed(peer: Peer): Placed {
    return { place: peer.placeIn(this.#ring), key: peer.key }
  }

  #steps(node: Placed): number {
    return this.#direction === 'successors' ? stepsBetween(this.#self, node) : stepsBetween(node, this.#self)
  }

  #compare(left: Placed, right: Placed): number {
    const difference = this.#steps(left) - this.#steps(right)
    if (difference !== 0) return difference
    const byKey = compareBytes(left.key.bytes, right.key.bytes)
    return this.#direction === 'successors' ? byKey : -byKey
  }
}
