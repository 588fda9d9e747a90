import type { Address } from '../../base/address.ts'
import type { Counters } from '../../base/counters.ts'
import { Queue } from '../../base/queue.ts'
import type { Random } from '../../base/random.ts'
import type { Instant, Wake } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { bootstrapInfoResponse, isBootstrapInfoRequest } from '../../wire/bootstrap-info.ts'
import { encode } from '../../wire/codec.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import {
  NODES_PER_RESPONSE_MAX,
  type NodesRequest,
  type NodesResponse,
  type PingRequest,
  type PingResponse,
} from '../../wire/dht-packets.ts'
import { DhtRequestId } from '../../wire/dht-request.ts'
import type { LanDiscoveryPacket } from '../../wire/lan-discovery.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { type BootstrapEntry, BootstrapList } from './bootstrap-list.ts'
import { DhtRequests } from './dht-requests.ts'
import { EarlierNodes } from './earlier-nodes.ts'
import type { FriendSearch } from './friend-search.ts'
import { KnownNodes } from './known-nodes.ts'
import { LanDiscovery } from './lan-discovery.ts'
import { Newcomers } from './newcomers.ts'
import { NodeQueries } from './node-queries.ts'

/** The owner drains after every call; one call raises a handful. */
const EVENT_COUNT_MAX = 1_024

export type DhtEvent =
  /** A searched key answered us from this address; again with every answer. */
  | { readonly kind: 'friendAddress'; readonly dhtKey: PublicKey; readonly address: Address }
  /** A node is good that was not, or is at a new address. */
  | { readonly kind: 'nodeAnswered'; readonly node: PackedNode }
  /** A DHT request for us whose inner id is not the DHT's own. `from` may be a node that passed it on. */
  | {
      readonly kind: 'dhtRequest'
      readonly sender: PublicKey
      readonly from: Address
      readonly requestId: number
      readonly data: Uint8Array
    }
  | { readonly kind: 'connected'; readonly isConnected: boolean }

export interface DhtOptions {
  /** Announce ourselves on the local network, and listen to others who do. */
  readonly lanDiscovery: boolean
  /** Try to open a way to friends behind NATs. On unless said otherwise. */
  readonly holePunching?: boolean
  /** What to answer to bootstrap info requests (0xf0): only bootstrap nodes answer them. */
  readonly bootstrapInfo?: { readonly version: number; readonly motd: Uint8Array }
}

/**
 * A node of Tox's DHT: keeps the lists of known nodes fresh, answers others, and finds the address of a DHT key.
 *
 * Wire-compatible with c-toxcore 0.2.18. It keeps c-toxcore's intervals but not its clock of whole seconds: what is due
 * goes out at once, with the same bounds. It has no part in DHT announcements (0x93 to 0x98) and forwarding (0x90 to 0x92).
 *
 * source   Tox spec "DHT"; docs of the wire format in wire/dht-packets.ts and wire/dht-request.ts
 */
export class Dht {
  readonly #envelopes: DhtEnvelopes
  readonly #transmits: Transmits
  readonly #counters: Counters
  readonly #options: DhtOptions
  readonly #queries: NodeQueries
  readonly #nodes: KnownNodes
  readonly #requests: DhtRequests
  readonly #newcomers: Newcomers
  readonly #bootstrapList = new BootstrapList()
  readonly #earlierNodes = new EarlierNodes()
  #lanDiscovery: LanDiscovery | undefined
  readonly #events = new Queue<DhtEvent>(EVENT_COUNT_MAX)
  #wasConnected = false
  /** Whether the internet was within reach: neighbours on the LAN, cut off as we are, do not lead back to it. */
  #wasOutside = false
  /** Never later than anything that is due, so that asking costs nothing. */
  #wakeAt: Instant

  constructor(parts: {
    readonly envelopes: DhtEnvelopes
    readonly random: Random
    readonly transmits: Transmits
    readonly counters: Counters
    readonly options: DhtOptions
  }) {
    const { envelopes, random, transmits, counters, options } = parts
    this.#envelopes = envelopes
    this.#transmits = transmits
    this.#counters = counters
    this.#options = options
    this.#queries = new NodeQueries(envelopes, random, transmits, counters)
    this.#nodes = new KnownNodes(envelopes.publicKey, random, options.holePunching ?? true)
    this.#requests = new DhtRequests({ envelopes, random, transmits, counters, nodes: this.#nodes })
    this.#newcomers = new Newcomers(envelopes.publicKey)
    this.#lanDiscovery = options.lanDiscovery ? new LanDiscovery(envelopes.publicKey, transmits) : undefined
    this.#wakeAt = this.#lanDiscovery?.nextAt ?? Number.POSITIVE_INFINITY
  }

  get publicKey(): PublicKey {
    return this.#envelopes.publicKey
  }

  pollEvent(): DhtEvent | undefined {
    return this.#events.poll()
  }

  /** Joins through this node: asks it for nodes near ourselves until it answers, and again when all others are gone. */
  bootstrap(node: PackedNode, now: Instant): void {
    if (node.publicKey.equals(this.publicKey) || !isAskable(node.address)) return
    this.#bootstrapList.add(node, now)
    this.#wake(now)
  }

  /** Joins through nodes of an earlier run as well, as long as nobody answers. */
  rejoin(nodes: readonly PackedNode[], now: Instant): void {
    this.#earlierNodes.set(
      nodes.filter(({ address }) => isAskable(address)),
      now,
    )
    if (this.isConnected(now)) this.#earlierNodes.rest()
    this.#wake(this.#earlierNodes.nextAt)
  }

  /** Does not ask this node any more; whoever it named stays known. */
  forgetBootstrap(node: PackedNode): void {
    this.#bootstrapList.remove(node)
  }

  /** The nodes through which we join, and whether they answer. */
  bootstrapNodes(): BootstrapEntry[] {
    return this.#bootstrapList.entries()
  }

  /** From now on, whether we announce ourselves on the local network and listen to others who do. */
  setLanDiscovery(isOn: boolean, now: Instant): void {
    if (isOn === (this.#lanDiscovery !== undefined)) return
    this.#lanDiscovery = isOn ? new LanDiscovery(this.publicKey, this.#transmits) : undefined
    if (isOn) this.#wake(now)
  }

  /** Looks for the address of `dhtKey` until `stopSearch` was called as often. */
  search(dhtKey: PublicKey, now: Instant): void {
    const search = this.#nodes.searches.add(dhtKey)
    if (!search) return
    for (const node of this.closestNodes(dhtKey, NODES_PER_RESPONSE_MAX, { lanAllowed: true }, now)) {
      search.offer(node, now)
    }
    this.#wake(search.nextAt(now))
  }

  stopSearch(dhtKey: PublicKey): void {
    this.#nodes.searches.remove(dhtKey)
  }

  /** Somebody named this node: it is asked soon if one of the lists has a place for it. */
  addCandidate(node: PackedNode, now: Instant): void {
    if (node.publicKey.equals(this.publicKey) || !isAskable(node.address)) return
    this.#wake(this.#nodes.offer(node, now))
  }

  /** Where a searched key or a listed node answered, if it did lately. */
  addressOf(dhtKey: PublicKey, now: Instant): Address | undefined {
    return this.#nodes.addressOf(dhtKey, now)
  }

  /** The good nodes nearest to `target` of all lists, nearest first. LAN addresses are for LAN askers only. */
  closestNodes(
    target: PublicKey,
    count: number,
    { lanAllowed }: { readonly lanAllowed: boolean },
    now: Instant,
  ): PackedNode[] {
    return this.#nodes.closest(target, count, lanAllowed, now)
  }

  /** Up to `count` good nodes, each once, that tell nothing of our friends: for onion paths. */
  randomNodes(count: number, now: Instant): PackedNode[] {
    return this.#nodes.random(count, now)
  }

  isConnected(now: Instant): boolean {
    return this.#nodes.closeList.isConnected(now)
  }

  /** Good nodes of the close list. */
  nodeCount(now: Instant): number {
    return this.#nodes.closeList.goodCount(now)
  }

  /**
   * Sends a DHT request (0x20): straight to the receiver if it answers us, otherwise through all nodes that named an
   * address for it. The receiver must be searched.
   *
   * data      up to DHT_REQUEST_DATA_BYTES_MAX bytes
   * returns   how many packets went out
   */
  sendDhtRequest(receiver: PublicKey, requestId: number, data: Uint8Array, now: Instant): number {
    const direct = this.addressOf(receiver, now)
    const relays = this.#nodes.searches.get(receiver)?.relays(now) ?? []
    const addresses = direct ? [direct] : relays.map(({ address }) => address)
    return this.#requests.send(receiver, { requestId, data }, addresses)
  }

  handlePingRequest({ pingId }: PingRequest, sender: PublicKey, from: Address, now: Instant): void {
    const asker = { publicKey: sender, address: from }
    this.#queries.answerPing(asker, pingId)
    this.#greet(asker, now)
  }

  handlePingResponse({ pingId }: PingResponse, sender: PublicKey, from: Address, now: Instant): void {
    const answerer = { publicKey: sender, address: from }
    if (this.#queries.takePing(pingId, answerer, now)) this.#heard(answerer, now)
  }

  handleNodesRequest({ target, pingId }: NodesRequest, sender: PublicKey, from: Address, now: Instant): void {
    const asker = { publicKey: sender, address: from }
    const closest = this.closestNodes(target, NODES_PER_RESPONSE_MAX, { lanAllowed: from.isLan }, now)
    this.#queries.answerNodesRequest(asker, closest.length > 0 ? closest : [this.#anyNode(asker)], pingId)
    this.#greet(asker, now)
  }

  handleNodesResponse({ nodes, pingId }: NodesResponse, sender: PublicKey, from: Address, now: Instant): void {
    const answerer = { publicKey: sender, address: from }
    const request = this.#queries.takeNodesRequest(pingId, answerer, now)
    if (!request) return
    this.#heard(answerer, now)
    this.#nodes.markAsked(answerer, request.about, request.sentAt)
    for (const node of nodes) {
      // An honest node names LAN addresses only to those it shares a LAN with.
      if (isAskable(node.address) && (from.isLan || !node.address.isLan)) this.#handleNamed(node, sender, now)
    }
  }

  /**
   * A datagram with first byte 0x20: opened if it is for us, else sent on, unchanged, to the receiver if it is listed.
   *
   * throws   DecodeError if it is malformed or does not open
   */
  handleDhtRequest(packet: Uint8Array, from: Address, now: Instant): void {
    const opened = this.#requests.handle(packet, from)
    if (!opened) return
    if (opened.requestId === DhtRequestId.NatPing) {
      const search = this.#requests.handleNatPing(opened, now)
      if (search) this.#wake(search.nextAt(now))
    } else if (opened.data.length > 0) {
      this.#raise({ kind: 'dhtRequest', from, ...opened })
    }
  }

  handleLanDiscovery({ publicKey }: LanDiscoveryPacket, from: Address, now: Instant): void {
    if (!this.#lanDiscovery || !from.isLan || publicKey.equals(this.publicKey)) return
    const node = { publicKey, address: from }
    if (this.#nodes.closeList.find(publicKey.bytes)?.isGoodAt(from, now)) return
    // Anybody on the LAN can send this in another's name: the bound on newcomers is on these too.
    if (this.#newcomers.admit(node, now)) this.#queries.askForNodes(node, this.publicKey, now)
    this.#wake(this.#newcomers.nextAt)
  }

  /** A datagram with first byte 0xf0: answered if it is a request and we are a bootstrap node. */
  handleBootstrapInfo(datagram: Uint8Array, from: Address): void {
    if (!this.#options.bootstrapInfo || !isBootstrapInfoRequest(datagram)) return
    this.#transmits.send(encode(bootstrapInfoResponse, this.#options.bootstrapInfo), from)
  }

  /** The computer is in another network: who was asked in vain may answer now. */
  handleNetworkChange(now: Instant): void {
    if (this.isConnected(now)) return
    this.#bootstrapList.restart(now)
    this.#earlierNodes.restart(now)
    this.#wake(now)
  }

  /** After a sleep: others have dropped us from their lists, and list us again when we ask them. */
  handleSleep(now: Instant): void {
    this.#bootstrapList.restart(now)
    if (!this.isConnected(now)) this.#earlierNodes.restart(now)
    this.#nodes.askAnew(now)
    this.#wake(now)
  }

  nextTimeout(): Wake | undefined {
    return this.#wakeAt === Number.POSITIVE_INFINITY ? undefined : { at: Math.max(this.#wakeAt, 0), why: 'dht' }
  }

  handleTimeout(now: Instant): void {
    if (now < this.#wakeAt) return
    this.#noticeDisconnection(now)
    this.#noticeIsolation(now)
    const joining = [...this.#bootstrapList.takeDue(now), ...this.#earlierNodes.takeDue(now)]
    for (const node of [...joining, ...this.#nodes.collectCloseAsks(now)]) {
      this.#queries.askForNodes(node, this.publicKey, now)
    }
    for (const search of this.#nodes.searches.all) if (now >= search.nextAt(now)) this.#workOn(search, now)
    for (const node of this.#newcomers.takeDue(now)) this.#queries.ping(node, now)
    this.#lanDiscovery?.handleTimeout(now)
    this.#wakeAt = this.#computeWake(now)
  }

  #computeWake(now: Instant): Instant {
    return Math.min(
      this.#nodes.nextAt(now),
      this.#wasConnected ? this.#nodes.closeList.disconnectsAt : Number.POSITIVE_INFINITY,
      this.#wasOutside ? this.#nodes.closeList.losesOutsideAt : Number.POSITIVE_INFINITY,
      this.#bootstrapList.nextAt,
      this.#earlierNodes.nextAt,
      this.#newcomers.nextAt,
      this.#lanDiscovery?.nextAt ?? Number.POSITIVE_INFINITY,
    )
  }

  #wake(at: Instant): void {
    if (at < this.#wakeAt) this.#wakeAt = at
  }

  #workOn(search: FriendSearch, now: Instant): void {
    const { asks, natPingId, guesses } = search.collect(now)
    for (const node of asks) this.#queries.askForNodes(node, search.key, now)
    for (const address of guesses) {
      if (isAskable(address)) this.#queries.ping({ publicKey: search.key, address }, now)
    }
    if (natPingId) this.#requests.sendNatPing(search, natPingId, now)
  }

  /** A node proved that it is there: it goes into the lists that have a place for it. */
  #heard(node: PackedNode, now: Instant): void {
    const isNews = this.#nodes.heard(node, now)
    this.#bootstrapList.answered(node, now)
    this.#wake(this.#nodes.nextAt(now))
    if (isNews) this.#raise({ kind: 'nodeAnswered', node })
    if (this.#nodes.searches.get(node.publicKey)) {
      this.#raise({ kind: 'friendAddress', dhtKey: node.publicKey, address: node.address })
    }
    this.#noticeConnection(now)
  }

  /** `namedBy` says that there is such a node: we may ask it, and if it is a friend, reach it through `namedBy`. */
  #handleNamed(node: PackedNode, namedBy: PublicKey, now: Instant): void {
    const search = this.#nodes.searches.get(node.publicKey)
    if (search) {
      search.setReturned(namedBy, node.address, now)
      this.#wake(search.nextAt(now))
    }
    this.addCandidate(node, now)
  }

  /** Somebody asked us: if it could be listed, a ping finds out whether it answers. */
  #greet(asker: PackedNode, now: Instant): void {
    const search = this.#nodes.searches.get(asker.publicKey)
    const isSought = search !== undefined && !search.address(now)
    if (!isSought && !this.#nodes.isWanted(asker, now)) return
    if (this.#newcomers.admit(asker, now)) this.#queries.ping(asker, now)
    this.#wake(this.#newcomers.nextAt)
  }

  /** Something to name while no good node is known, since a response without nodes counts as none. */
  #anyNode(asker: PackedNode): PackedNode {
    return this.#bootstrapList.find(({ address }) => asker.address.isLan || !address.isLan) ?? asker
  }

  #noticeConnection(now: Instant): void {
    this.#wasOutside ||= now < this.#nodes.closeList.losesOutsideAt
    if (this.#wasConnected || !this.isConnected(now)) return
    this.#wasConnected = true
    this.#earlierNodes.rest()
    this.#raise({ kind: 'connected', isConnected: true })
    this.#wake(this.#nodes.closeList.disconnectsAt)
  }

  #noticeDisconnection(now: Instant): void {
    if (!this.#wasConnected || this.isConnected(now)) return
    this.#wasConnected = false
    this.#raise({ kind: 'connected', isConnected: false })
    this.#bootstrapList.restart(now)
    this.#earlierNodes.restart(now)
  }

  /** Nobody outside the LAN answers any more: only the bootstrap nodes lead back there. */
  #noticeIsolation(now: Instant): void {
    if (!this.#wasOutside || now < this.#nodes.closeList.losesOutsideAt) return
    this.#wasOutside = false
    this.#bootstrapList.restart(now)
  }

  #raise(event: DhtEvent): void {
    if (!this.#events.push(event)) this.#counters.add('dht.eventsDropped')
  }
}

/** A port and an IP that can be one node's: others may name anything. */
function isAskable({ ip, port }: Address): boolean {
  const first = ip[0] ?? 0
  if (ip.length === 4) return port !== 0 && first !== 0 && first < 224
  return port !== 0 && first !== 0xff && ip.some((byte) => byte !== 0)
}
