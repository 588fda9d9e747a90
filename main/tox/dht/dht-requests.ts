import type { Address } from '../../base/address.ts'
import { equalBytes } from '../../base/bytes.ts'
import type { Counters } from '../../base/counters.ts'
import type { Random } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { decode, encode } from '../../wire/codec.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import {
  DhtRequestId,
  dhtRequest,
  NAT_PING_REQUEST,
  NAT_PING_RESPONSE,
  natPing,
  type OpenedDhtRequest,
  openDhtRequest,
  receiverOfDhtRequest,
  sealDhtRequest,
} from '../../wire/dht-request.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import type { FriendSearch } from './friend-search.ts'
import type { KnownNodes } from './known-nodes.ts'

/** The routed packets (0x20): sends our own, passes on those of others, answers NAT pings. */
export class DhtRequests {
  readonly #envelopes: DhtEnvelopes
  readonly #random: Random
  readonly #transmits: Transmits
  readonly #counters: Counters
  readonly #nodes: KnownNodes

  constructor(parts: {
    readonly envelopes: DhtEnvelopes
    readonly random: Random
    readonly transmits: Transmits
    readonly counters: Counters
    readonly nodes: KnownNodes
  }) {
    this.#envelopes = parts.envelopes
    this.#random = parts.random
    this.#transmits = parts.transmits
    this.#counters = parts.counters
    this.#nodes = parts.nodes
  }

  /** Seals a request for `receiver` and sends it to each of `addresses`. Returns how many packets went out. */
  send(
    receiver: PublicKey,
    content: { readonly requestId: number; readonly data: Uint8Array },
    addresses: readonly Address[],
  ): number {
    const packet = sealDhtRequest(this.#envelopes, this.#random, receiver, content)
    if (!packet) return 0
    for (const address of addresses) this.#transmits.send(packet, address)
    return addresses.length
  }

  /** Asks a searched friend, through everybody who can pass it on, whether it is there. */
  sendNatPing(search: FriendSearch, pingId: Uint8Array, now: Instant): void {
    this.#sendNatPing(search, { kind: NAT_PING_REQUEST, pingId }, search.relays(now))
  }

  /**
   * Passes a request on, or opens it.
   *
   * returns  the request if it is for us
   * throws   DecodeError if it is malformed or does not open
   */
  handle(packet: Uint8Array, from: Address): OpenedDhtRequest | undefined {
    const receiver = receiverOfDhtRequest(packet)
    if (equalBytes(receiver, this.#envelopes.publicKey.bytes)) {
      return openDhtRequest(this.#envelopes, decode(dhtRequest, packet))
    }
    this.#forward(packet, receiver, from)
    return undefined
  }

  /**
   * Answers a NAT ping, or takes its answer. Only friends that we search too are told that we are here.
   *
   * returns  the search that has news now
   * throws   DecodeError if the data is no NAT ping
   */
  handleNatPing({ sender, data }: OpenedDhtRequest, now: Instant): FriendSearch | undefined {
    const { kind, pingId } = decode(natPing, data)
    const search = this.#nodes.searches.get(sender)
    if (!search) return undefined
    if (kind === NAT_PING_RESPONSE) {
      search.handleNatResponse(pingId)
      return search
    }
    search.handleNatRequest(now)
    const relay = search.randomRelay(now)
    if (relay) this.#sendNatPing(search, { kind: NAT_PING_RESPONSE, pingId }, [relay])
    return search
  }

  /** Unchanged, to where the receiver was last heard, but never back to where it came from. */
  #forward(packet: Uint8Array, receiver: Uint8Array, from: Address): void {
    const node = this.#nodes.closeList.find(receiver)?.latestNode
    if (!node || node.address.equals(from)) {
      this.#counters.add('dht.requestsNotRouted')
      return
    }
    this.#transmits.send(packet, node.address)
    this.#counters.add('dht.requestsRouted')
  }

  #sendNatPing(
    search: FriendSearch,
    ping: { readonly kind: typeof NAT_PING_REQUEST | typeof NAT_PING_RESPONSE; readonly pingId: Uint8Array },
    relays: readonly PackedNode[],
  ): void {
    const content = { requestId: DhtRequestId.NatPing, data: encode(natPing, ping) }
    this.send(
      search.key,
      content,
      relays.map(({ address }) => address),
    )
  }
}
