import type { Address } from '../../base/address.ts'
import { type Random, randomItem } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import type { Heard } from './close-list.ts'
import { Exploration } from './exploration.ts'
import { NAT_ADDRESSES_MIN, NatPuncher } from './nat-puncher.ts'
import type { NearestNodes } from './nearest-nodes.ts'
import { SearchList } from './search-list.ts'

/** Candidates of one search that are asked in one round. */
const CANDIDATES_MAX = 4

/** What a search has to send: nodes requests, a NAT ping through `relays`, pings to guessed addresses of the friend. */
export interface SearchWork {
  readonly asks: readonly PackedNode[]
  readonly natPingId: Uint8Array | undefined
  readonly guesses: readonly Address[]
}

/**
 * Looks for the address of one DHT key: keeps the 8 nodes nearest to it, and once one of them is the key itself, that is
 * its address. Nodes that name an address for the key can carry packets to it meanwhile.
 *
 * source   Tox spec "DHT Search Entry"
 */
export class FriendSearch {
  readonly key: PublicKey
  readonly #random: Random
  readonly #list: SearchList
  readonly #exploration: Exploration
  readonly #puncher: NatPuncher | undefined
  /** How many want this search. */
  userCount = 1

  constructor(key: PublicKey, random: Random, holePunching: boolean) {
    this.key = key
    this.#random = random
    this.#list = new SearchList(key)
    this.#exploration = new Exploration(key, CANDIDATES_MAX, random)
    this.#puncher = holePunching ? new NatPuncher(random) : undefined
  }

  nextAt(now: Instant): Instant {
    if (!this.#puncher || this.#puncher.nextAt >= this.#exploration.nextAt || this.#natAddresses(now).length === 0) {
      return this.#exploration.nextAt
    }
    return this.#puncher.nextAt
  }

  /** The friend's own address, once it has answered us. */
  address(now: Instant): Address | undefined {
    return this.#list.find(this.key)?.goodNode(now)?.address
  }

  goodNodes(now: Instant): PackedNode[] {
    return this.#list.nodes.flatMap((node) => node.goodNode(now) ?? [])
  }

  offerNearest(nearest: NearestNodes, lanAllowed: boolean, now: Instant): void {
    this.#list.offerNearest(nearest, lanAllowed, now)
  }

  /** A node answered us. */
  heard({ publicKey, address }: PackedNode, now: Instant): Heard {
    const heard = this.#list.heard(publicKey, address, now)
    if (heard === 'appeared') this.#exploration.listGrew(now)
    return heard
  }

  /** A listed node was asked for our key at `askedAt`, and answered: it need not be asked again soon. */
  markAsked({ publicKey, address }: PackedNode, askedAt: Instant): void {
    this.#list.find(publicKey)?.markAsked(address, askedAt)
  }

  /** All listed nodes are due by then. */
  askBy(at: Instant): void {
    this.#exploration.askBy(this.#list.nodes, at)
  }

  /** Somebody named this node: it is asked soon if the list has a place for it. Returns whether it is. */
  offer(node: PackedNode, now: Instant): boolean {
    const listed = this.#list.find(node.publicKey)
    const isWanted = listed ? !listed.isGoodAt(node.address, now) : this.#list.hasRoom(node.publicKey, now)
    return isWanted && this.#exploration.offer(node, now)
  }

  /** `namedBy` says that the friend is at `address`. */
  setReturned(namedBy: PublicKey, address: Address, now: Instant): void {
    this.#list.find(namedBy)?.setReturned(address, now)
  }

  collect(now: Instant): SearchWork {
    const asks = this.#exploration.collect(this.#list.nodes, now)
    const addresses = this.#natAddresses(now)
    const { pingId, guesses } =
      this.#puncher && addresses.length > 0 ? this.#puncher.collect(addresses, now) : { pingId: undefined, guesses: [] }
    return { asks, natPingId: pingId, guesses }
  }

  /** The nodes that named an address for the friend and can pass packets on to it. */
  relays(now: Instant): PackedNode[] {
    return this.#list.nodes.flatMap((node) => {
      const hasNamed = node.returnedIpv4(now) ?? node.returnedIpv6(now)
      return (hasNamed && node.latestNode) ?? []
    })
  }

  randomRelay(now: Instant): PackedNode | undefined {
    const relays = this.relays(now)
    return relays.length > 0 ? randomItem(this.#random, relays) : undefined
  }

  handleNatRequest(now: Instant): void {
    this.#puncher?.handleRequest(now)
  }

  handleNatResponse(pingId: Uint8Array): void {
    this.#puncher?.handleResponse(pingId)
  }

  /** The friend's addresses as others see it, of one family; none if we reach it, or too few name one. */
  #natAddresses(now: Instant): readonly Address[] {
    if (this.#list.nodes.length < NAT_ADDRESSES_MIN || this.address(now)) return []
    const ipv4 = this.#list.nodes.flatMap((node) => node.returnedIpv4(now) ?? [])
    const ipv6 = this.#list.nodes.flatMap((node) => node.returnedIpv6(now) ?? [])
    const addresses = ipv6.length >= ipv4.length ? ipv6 : ipv4
    return addresses.length >= NAT_ADDRESSES_MIN ? addresses : []
  }
}
