import { concat } from '../base/bytes.ts'
import { blake2b } from '../crypto/hash.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { PREDECESSORS_MAX, STATE_DIGEST_BYTES, SUCCESSORS_MAX } from '../wire/ring-packets.ts'
import { clockwise, compareClockwise, isInRange, PLACE_COUNT, type Placed, type PlaceRange } from './circle.ts'
import { FingerTable } from './finger-table.ts'
import { NeighbourList } from './neighbour-list.ts'
import type { Peer } from './peer.ts'

/** In whose lists a node was named: only then may it stand further out than all that we know (see NeighbourList). */
export interface Naming {
  /** As a successor by one of our successors. */
  readonly asSuccessor: boolean
  /** As a predecessor by one of our predecessors. */
  readonly asPredecessor: boolean
}

export const UNNAMED: Naming = { asSuccessor: false, asPredecessor: false }

/** A storage node as a ring sees it; `peer` undefined: ourselves. */
export interface Member extends Placed {
  readonly peer: Peer | undefined
}

/** Neighbours and ourselves in clockwise order. */
interface Arc {
  readonly members: readonly Member[]
  /** No place is out of sight. */
  readonly isRound: boolean
  /** Whether we are one of them. */
  readonly isStorage: boolean
}

export interface RingOptions {
  readonly index: number
  readonly selfKey: PublicKey
  readonly selfPlace: number
  readonly rttOf: (peer: Peer) => number | undefined
  /** Whether we are a storage node at this moment. */
  readonly isStorage: () => boolean
}

/**
 * One circle as this node sees it: successors and predecessors (which decide), fingers (which are only quick). Pure
 * tables: it sends nothing, and everything in it has answered us.
 */
export class Ring {
  readonly index: number
  readonly self: Placed
  readonly successors: NeighbourList
  readonly predecessors: NeighbourList
  readonly fingers: FingerTable
  readonly #rttOf: (peer: Peer) => number | undefined
  readonly #isStorage: () => boolean
  #lastFrom: number
  #promoted: Peer[] = []
  #version = 0
  #digest: Uint8Array | undefined
  /** Versions of the lists when everybody was last offered to them: until one changes, none can get in who did not. */
  #offeredAtVersion = -1
  /** Made when it is asked for; the tables seldom change. */
  #arc: Arc | undefined

  constructor({ index, selfKey, selfPlace, rttOf, isStorage }: RingOptions) {
    this.index = index
    this.self = { place: selfPlace, key: selfKey }
    this.successors = new NeighbourList(this.self, index, 'successors', SUCCESSORS_MAX)
    this.predecessors = new NeighbourList(this.self, index, 'predecessors', PREDECESSORS_MAX)
    this.fingers = new FingerTable(selfPlace, index)
    this.#rttOf = rttOf
    this.#isStorage = isStorage
    this.#lastFrom = selfPlace
  }

  /** Offers a peer to all tables. Returns whether the neighbours changed. `named`: in which direction neighbours named it. */
  offer(peer: Peer, named: Naming = UNNAMED): boolean {
    const hadSuccessor = this.successors.has(peer)
    const hadPredecessor = this.predecessors.has(peer)
    const evicted = [this.successors.offer(peer, named.asSuccessor), this.predecessors.offer(peer, named.asPredecessor)]
    const isChanged = this.successors.has(peer) !== hadSuccessor || this.predecessors.has(peer) !== hadPredecessor
    if (isChanged) {
      this.#promoted.push(peer)
      this.#afterChange()
    }
    for (const each of [...evicted, peer]) if (each && !this.isNeighbour(each)) this.fingers.offer(each, this.#rttOf)
    return isChanged
  }

  /** Takes a peer out of all tables. Returns whether the neighbours changed. */
  remove(peer: Peer): boolean {
    this.fingers.remove(peer)
    const wasSuccessor = this.successors.remove(peer)
    const wasPredecessor = this.predecessors.remove(peer)
    if (!wasSuccessor && !wasPredecessor) return false
    this.#offerAgain()
    this.#afterChange()
    return true
  }

  /** Peers that became neighbours since the last call: some were fingers that nobody asked for minutes. */
  takePromoted(): Peer[] {
    const promoted = this.#promoted
    this.#promoted = []
    return promoted.filter((peer) => this.isNeighbour(peer))
  }

  /** Forgets the range that was owned before, as a node does that joins anew. */
  reset(): void {
    this.#version += 1
    this.#lastFrom = this.predecessors.nearest?.placeIn(this.index) ?? this.self.place
  }

  /** Whether a node there would become a neighbour. */
  wantsNeighbour(node: Placed, named: Naming = UNNAMED): boolean {
    return this.successors.wants(node, named.asSuccessor) || this.predecessors.wants(node, named.asPredecessor)
  }

  wants(node: Placed, named: Naming = UNNAMED): boolean {
    return this.wantsNeighbour(node, named) || this.fingers.wants(node.place)
  }

  /**
   * A neighbour's state was taken in completely: every node it named is in our tables, too far away, or dead. So we know
   * all nodes as far as it does.
   *
   * isAll    it says that it knows all of the circle
   * returns  whether our own state changed by it
   */
  takeReach(peer: Peer, furthest: { predecessor?: number; successor?: number }, isAll: boolean): boolean {
    const { predecessor, successor } = furthest
    const place = peer.placeIn(this.index)
    const seesAllBefore = this.seesAll
    if (isAll) {
      this.successors.extendReach(PLACE_COUNT)
      this.predecessors.extendReach(PLACE_COUNT)
    }
    if (this.successors.has(peer) && successor !== undefined) {
      this.successors.extendReach(this.successors.stepsTo(peer) + clockwise(place, successor))
    }
    if (this.predecessors.has(peer) && predecessor !== undefined) {
      this.predecessors.extendReach(this.predecessors.stepsTo(peer) + clockwise(predecessor, place))
    }
    const isChanged = this.#offerAgain() || this.seesAll !== seesAllBefore
    if (isChanged) this.#afterChange()
    return isChanged
  }

  /** Whether we know every node of this circle: we were told so, or our full list ends at our own predecessor. */
  get seesAll(): boolean {
    const predecessor = this.predecessors.nearest
    const isClosed = this.successors.isFull && predecessor !== undefined && this.successors.has(predecessor)
    return isClosed || this.successors.seesAll
  }

  /** Whether a neighbour list has room that further neighbours could fill, if somebody named them. */
  get isHungry(): boolean {
    return !this.seesAll && !(this.successors.isFull && this.predecessors.isFull)
  }

  /** Whether a node there would be our first successor or first predecessor. */
  wouldBeAdjacent(node: Placed): boolean {
    return this.successors.wouldBeNearest(node) || this.predecessors.wouldBeNearest(node)
  }

  isNeighbour(peer: Peer): boolean {
    return this.successors.has(peer) || this.predecessors.has(peer)
  }

  /** Whether it is our first successor or first predecessor. */
  isAdjacent(peer: Peer): boolean {
    return this.successors.nearest === peer || this.predecessors.nearest === peer
  }

  has(peer: Peer): boolean {
    return this.isNeighbour(peer) || this.fingers.has(peer)
  }

  contacts(): Set<Peer> {
    return new Set([...this.successors.peers, ...this.predecessors.peers, ...this.fingers.peers()])
  }

  /** The first 8 bytes of BLAKE2b-256 over counts and keys of predecessors and successors. */
  digest(): Uint8Array {
    this.#digest ??= digestOf(
      this.predecessors.peers.map((peer) => peer.key),
      this.successors.peers.map((peer) => peer.key),
      this.seesAll,
    )
    return this.#digest
  }

  /** How far apart nodes stand about here, on average. */
  meanGap(): number {
    const count = this.successors.peers.length
    return this.seesAll ? PLACE_COUNT / (count + 1) : this.successors.reach / count
  }

  /** From our predecessor's place to ours. Without any predecessor in sight it stays what it was; alone it is everything. */
  ownerRange(): PlaceRange {
    return { from: this.#lastFrom, to: this.self.place }
  }

  /** Where we are one of the first `count` nodes, as far as we see predecessors. */
  replicaRange(count: number): PlaceRange {
    const predecessor = this.predecessors.peers[count - 1]
    if (predecessor) return { from: predecessor.placeIn(this.index), to: this.self.place }
    const furthest = this.predecessors.furthest
    return { from: this.seesAll || !furthest ? this.self.place : furthest.placeIn(this.index), to: this.self.place }
  }

  /**
   * The storage nodes from `place` on, clockwise, ourselves among them if we are one; undefined if the place is beyond
   * the neighbours that we see, so that we cannot tell.
   */
  membersAt(place: number, isLeftOut?: (peer: Peer) => boolean): readonly Member[] | undefined {
    const { members, isRound } = this.#around()
    const around = isLeftOut ? members.filter(({ peer }) => !peer || !isLeftOut(peer)) : members
    const first = around[0]
    const last = around.at(-1)
    // Two ends that are one would span the whole circle.
    const isInSight = first && last && first !== last && isInRange({ from: first.place, to: last.place }, place)
    if (!first || !(isRound || isInSight)) return isRound ? [] : undefined
    const steps = clockwise(first.place, place)
    const start = around.findIndex((member) => clockwise(first.place, member.place) >= steps)
    if (!isRound) return around.slice(start)
    return start <= 0 ? around : [...around.slice(start), ...around.slice(0, start)]
  }

  /** No place is out of sight: we know all, or a full list overlaps the other on the far side. */
  #isRound(): boolean {
    if (this.seesAll) return true
    return this.successors.isFull && this.predecessors.peers.some((peer) => this.successors.has(peer))
  }

  /** Neighbours and ourselves, in clockwise order beginning at the furthest predecessor; each once. */
  #around(): Arc {
    const isStorage = this.#isStorage()
    if (this.#arc?.isStorage !== isStorage) {
      const members = this.#inOrder()
      const origin = members[0]?.place ?? 0
      const isRound = this.#isRound()
      if (isRound) members.sort((a, b) => compareClockwise(origin, a, b))
      this.#arc = { members, isRound, isStorage }
    }
    return this.#arc
  }

  #inOrder(): Member[] {
    const member = (peer: Peer): Member => ({ place: peer.placeIn(this.index), key: peer.key, peer })
    const successors = this.successors.peers
    const before = this.predecessors.peers.filter((peer) => !successors.includes(peer)).map(member)
    const self: Member[] = this.#isStorage() ? [{ ...this.self, peer: undefined }] : []
    return [...before.reverse(), ...self, ...successors.map(member)]
  }

  /** Peers of one table may fit another one since room or reach grew. Returns whether any did. */
  #offerAgain(): boolean {
    if (this.seesAll) this.predecessors.extendReach(PLACE_COUNT)
    if (this.successors.version + this.predecessors.version === this.#offeredAtVersion) return false
    let isChanged = false
    for (const peer of this.contacts()) {
      const countBefore = this.successors.peers.length + this.predecessors.peers.length
      const evicted = [this.successors.offer(peer, false), this.predecessors.offer(peer, false)]
      const isMore = this.successors.peers.length + this.predecessors.peers.length > countBefore
      if (!isMore && !evicted[0] && !evicted[1]) continue
      isChanged = true
      this.#promoted.push(peer)
    }
    this.#offeredAtVersion = this.successors.version + this.predecessors.version
    return isChanged
  }

  /** Grows whenever the neighbours, and with them what we own, may have changed. */
  get version(): number {
    return this.#version
  }

  #afterChange(): void {
    this.#version += 1
    this.#digest = undefined
    this.#arc = undefined
    this.fingers.setCovered(this.seesAll ? PLACE_COUNT : this.successors.reach)
    const predecessor = this.predecessors.nearest
    if (predecessor) this.#lastFrom = predecessor.placeIn(this.index)
    else if (this.successors.peers.length === 0) this.#lastFrom = this.self.place
  }
}

/** Digest of a neighbour state: what STATE packets compare instead of sending it. */
export function digestOf(
  predecessors: readonly PublicKey[],
  successors: readonly PublicKey[],
  seesAll: boolean,
): Uint8Array {
  const counts = Uint8Array.of(predecessors.length, successors.length, seesAll ? 1 : 0)
  const keys = [...predecessors, ...successors].map((key) => key.bytes)
  return blake2b(concat(counts, ...keys)).slice(0, STATE_DIGEST_BYTES)
}
