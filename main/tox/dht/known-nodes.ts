import type { Address } from '../../base/address.ts'
import { type Random, shuffled } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { CloseList } from './close-list.ts'
import { Exploration } from './exploration.ts'
import { FriendSearches } from './friend-searches.ts'
import { NearestNodes } from './nearest-nodes.ts'

/** Candidates for the close list that are asked in one round. */
const CLOSE_CANDIDATES_MAX = 8

/** So that of the questions about hundreds of friends none is forgotten before its answer comes (NodeQueries). */
const SEARCH_GAP_MS = 100

/** All lists of nodes together: the close list and those around searched keys. */
export class KnownNodes {
  readonly closeList: CloseList
  readonly searches: FriendSearches
  readonly #selfKey: PublicKey
  readonly #random: Random
  readonly #closeExploration: Exploration

  constructor(selfKey: PublicKey, random: Random, holePunching: boolean) {
    this.closeList = new CloseList(selfKey)
    this.searches = new FriendSearches(random, holePunching)
    this.#selfKey = selfKey
    this.#random = random
    this.#closeExploration = new Exploration(selfKey, CLOSE_CANDIDATES_MAX, random)
  }

  /** When the next node wants to be asked. */
  nextAt(now: Instant): Instant {
    let at = Math.min(this.#closeExploration.nextAt, this.closeList.diesAt)
    for (const search of this.searches.all) at = Math.min(at, search.nextAt(now))
    return at
  }

  /** A node proved that it is there: it goes into the lists that have a place for it. Returns whether it is news. */
  heard(node: PackedNode, now: Instant): boolean {
    const inCloseList = this.closeList.heard(node.publicKey, node.address, now)
    if (inCloseList === 'appeared') this.#closeExploration.listGrew(now)
    let hasAppeared = inCloseList === 'appeared'
    let isKnown = inCloseList === 'known'
    for (const search of this.searches.all) {
      const inSearch = search.heard(node, now)
      hasAppeared ||= inSearch === 'appeared'
      isKnown ||= inSearch === 'known'
    }
    return hasAppeared && !isKnown
  }

  /** A listed node answered what it was asked about `target` at `askedAt`: its list need not ask the same soon. */
  markAsked(node: PackedNode, target: PublicKey, askedAt: Instant): void {
    if (target.equals(this.#selfKey)) this.closeList.find(node.publicKey.bytes)?.markAsked(node.address, askedAt)
    else this.searches.get(target)?.markAsked(node, askedAt)
  }

  /** All nodes of all lists are due: the close ones at once, then those about one friend after the other. */
  askAnew(now: Instant): void {
    this.#closeExploration.askBy(this.closeList.nodes(), now)
    let at = now
    for (const search of this.searches.all) {
      search.askBy(at)
      at += SEARCH_GAP_MS
    }
  }

  /** Somebody named this node: the lists that have a place for it will ask it. Returns when, at the earliest. */
  offer(node: PackedNode, now: Instant): Instant {
    let at = Number.POSITIVE_INFINITY
    if (this.isWanted(node, now) && this.#closeExploration.offer(node, now)) at = this.#closeExploration.nextAt
    for (const search of this.searches.all) if (search.offer(node, now)) at = Math.min(at, search.nextAt(now))
    return at
  }

  /** Whether the close list has a place for a node and does not hold it at this address. */
  isWanted({ publicKey, address }: PackedNode, now: Instant): boolean {
    const listed = this.closeList.find(publicKey.bytes)
    return listed ? !listed.isGoodAt(address, now) : this.closeList.hasRoom(publicKey, now)
  }

  /** Nodes to ask now for nodes near ourselves. When all were silent for long they are asked all the same. */
  collectCloseAsks(now: Instant): PackedNode[] {
    if (now >= this.closeList.diesAt) {
      this.closeList.revive(now)
      this.#closeExploration.listGrew(now)
    }
    return this.#closeExploration.collect(this.closeList.nodes(), now)
  }

  /** Where a searched key or a listed node answered, if it did lately. */
  addressOf(key: PublicKey, now: Instant): Address | undefined {
    return this.searches.get(key)?.address(now) ?? this.closeList.find(key.bytes)?.goodNode(now)?.address
  }

  /** The good nodes nearest to `target` of all lists, nearest first. */
  closest(target: PublicKey, count: number, lanAllowed: boolean, now: Instant): PackedNode[] {
    const nearest = new NearestNodes(target, count)
    this.closeList.offerNearest(nearest, target, lanAllowed, now)
    for (const search of this.searches.all) search.offerNearest(nearest, lanAllowed, now)
    return nearest.take()
  }

  /** Up to `count` good nodes of the two fake searches first, then of the close list, each once. */
  random(count: number, now: Instant): PackedNode[] {
    const chosen = new Map<string, PackedNode>()
    const add = (node: PackedNode): void => {
      if (chosen.size < count) chosen.set(node.publicKey.hex, node)
    }
    for (const node of this.searches.fakeFriendNodes(now)) add(node)
    if (chosen.size < count) {
      const good = [...this.closeList.nodes()].flatMap((listed) => listed.goodNode(now) ?? [])
      for (const node of shuffled(this.#random, good)) add(node)
    }
    return [...chosen.values()]
  }
}
