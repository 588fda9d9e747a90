import { Address } from '../../base/address.ts'
import { DecodeError } from '../../base/byte-reader.ts'
import { Counters } from '../../base/counters.ts'
import { randomFraction, SeededRandom } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import { open, seal } from '../../crypto/box.ts'
import { createKeyPair, type KeyPair, type PublicKey } from '../../crypto/keys.ts'
import {
  type AnnounceRequest,
  type AnnounceResponsePlain,
  announceRequest,
  announceResponse,
  announceResponsePlain,
  dataRequest,
  dataResponse,
} from '../../wire/announce-packets.ts'
import { decode, encode, type PacketCodec } from '../../wire/codec.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import {
  onionReturn1,
  onionReturn2,
  onionReturn3,
  onionSend1,
  onionSend2,
  onionSendInitial,
} from '../../wire/onion-packets.ts'
import { AnnounceStore } from './announce-store.ts'
import { compareDistance } from '../dht/distance.ts'
import { OnionClient, type OnionClientEvent } from './onion-client.ts'
import type { OnionDht } from './onion-dht.ts'
import { OnionRelay } from './onion-relay.ts'

interface Flight {
  readonly bytes: Uint8Array
  readonly from: Address
  readonly to: Address
  readonly at: Instant
}

interface DhtRequestFlight {
  readonly sender: PublicKey
  readonly receiver: PublicKey
  readonly data: Uint8Array
  readonly at: Instant
}

export interface OnionNetOptions {
  readonly seed: number
  readonly loss?: number
  readonly latencyMs?: number
}

/** A few onion machines, joined by a wire with a virtual clock; the DHT below them knows everybody who relays. */
export class OnionNet {
  readonly random: SeededRandom
  readonly peers: OnionPeer[] = []
  readonly #loss: number
  readonly #latencyMs: number
  readonly #watchers: ((bytes: Uint8Array, from: Address) => void)[] = []
  readonly #dhtWatchers: ((data: Uint8Array, receiver: PublicKey) => void)[] = []
  #flights: Flight[] = []
  #dhtRequests: DhtRequestFlight[] = []
  now: Instant = 1_700_000_000_000
  lostCount = 0

  constructor({ seed, loss = 0, latencyMs = 10 }: OnionNetOptions) {
    this.random = new SeededRandom(seed)
    this.#loss = loss
    this.#latencyMs = latencyMs
  }

  addRelay(): OnionPeer {
    return this.#add(undefined)
  }

  /** Somebody with a real key; relays for others as everybody does, if `isRelay`. */
  addClient(isRelay = false): OnionPeer {
    const peer = this.#add(createKeyPair(this.random))
    peer.isListed = isRelay
    return peer
  }

  /** Shows every datagram that is sent, lost ones too; returns what ends that. */
  watch(watcher: (bytes: Uint8Array, from: Address) => void): () => void {
    this.#watchers.push(watcher)
    return () => {
      this.#watchers.splice(this.#watchers.indexOf(watcher), 1)
    }
  }

  watchDhtRequests(watcher: (data: Uint8Array, receiver: PublicKey) => void): void {
    this.#dhtWatchers.push(watcher)
  }

  /** Nobody holds any announcement any more. */
  forgetAnnouncements(): void {
    for (const peer of this.peers) peer.forgetAnnouncements()
  }

  remove(peer: OnionPeer): void {
    this.peers.splice(this.peers.indexOf(peer), 1)
  }

  send(bytes: Uint8Array, from: Address, to: Address): void {
    for (const watch of this.#watchers) watch(bytes, from)
    if (randomFraction(this.random) < this.#loss) this.lostCount += 1
    else this.#flights.push({ bytes, from, to, at: this.now + this.#latencyMs })
  }

  sendDhtRequest(sender: PublicKey, receiver: PublicKey, data: Uint8Array): void {
    for (const watch of this.#dhtWatchers) watch(data, receiver)
    if (randomFraction(this.random) < this.#loss) return
    this.#dhtRequests.push({ sender, receiver, data, at: this.now + this.#latencyMs })
  }

  /** Runs until `isDone` or for `durationMs`, whichever is first; returns how long it took. */
  run(durationMs: number, isDone: () => boolean = () => false): number {
    const start = this.now
    const end = start + durationMs
    while (!isDone()) {
      const next = this.#nextAt()
      if (next > end) {
        this.now = end
        break
      }
      this.now = Math.max(this.now, next)
      this.#deliver()
      for (const peer of this.peers) peer.client?.handleTimeout(this.now)
    }
    return this.now - start
  }

  #nextAt(): Instant {
    const arrivals = [...this.#flights, ...this.#dhtRequests].map(({ at }) => at)
    const wakes = this.peers.flatMap(({ client }) => (client ? [client.nextTimeout().at] : []))
    return Math.min(...arrivals, ...wakes)
  }

  #deliver(): void {
    const due = this.#flights.filter(({ at }) => at <= this.now)
    this.#flights = this.#flights.filter(({ at }) => at > this.now)
    for (const { bytes, from, to } of due) this.#peerAt(to)?.handlePacket(bytes, from, this.now)
    const requests = this.#dhtRequests.filter(({ at }) => at <= this.now)
    this.#dhtRequests = this.#dhtRequests.filter(({ at }) => at > this.now)
    for (const { receiver, sender, data } of requests) {
      const peer = this.peers.find(({ node }) => node.publicKey.equals(receiver))
      peer?.client?.handleDhtPkAnnounce(sender, data, this.now)
    }
  }

  #peerAt(address: Address): OnionPeer | undefined {
    return this.peers.find(({ node }) => node.address.equals(address))
  }

  #add(realKeys: KeyPair | undefined): OnionPeer {
    const peer = new OnionPeer(this, new Address(Uint8Array.of(127, 0, 0, 1), 20_000 + this.peers.length), realKeys)
    this.peers.push(peer)
    return peer
  }
}

/** One node: relay, announce store and, if it has a real key, a client. */
export class OnionPeer {
  readonly node: PackedNode
  readonly realKeys: KeyPair | undefined
  readonly relay: OnionRelay
  store: AnnounceStore
  readonly client: OnionClient | undefined
  readonly #envelopes: DhtEnvelopes
  readonly #transmits: Transmits
  readonly #createStore: () => AnnounceStore
  readonly counters = new Counters()
  readonly dhtRequestIds: number[] = []
  /** What its announce store says instead of the truth. */
  lie: AnnounceResponsePlain | undefined
  /** Whether the DHT of the others names it. */
  isListed = true

  constructor(net: OnionNet, address: Address, realKeys: KeyPair | undefined) {
    const { random } = net
    const { counters } = this
    const dhtKeys = createKeyPair(random)
    const envelopes = new DhtEnvelopes(dhtKeys, random)
    this.#envelopes = envelopes
    this.node = { publicKey: dhtKeys.publicKey, address }
    this.realKeys = realKeys
    const transmits: Transmits = { send: (bytes, to) => net.send(bytes, address, to) }
    this.#transmits = transmits
    const dht = this.#createDht(net)
    this.relay = new OnionRelay({ envelopes, random, transmits, counters })
    this.#createStore = () => new AnnounceStore({ envelopes, dht, random, transmits, counters })
    this.store = this.#createStore()
    this.client = realKeys && new OnionClient({ realKeys, dht, envelopes, random, transmits, counters })
  }

  get realKey(): PublicKey {
    if (!this.realKeys) throw new Error('this peer has no real key')
    return this.realKeys.publicKey
  }

  get onion(): OnionClient {
    if (!this.client) throw new Error('this peer has no client')
    return this.client
  }

  events(): OnionClientEvent[] {
    const events: OnionClientEvent[] = []
    for (let event = this.onion.pollEvent(); event; event = this.onion.pollEvent()) events.push(event)
    return events
  }

  forgetAnnouncements(): void {
    this.store = this.#createStore()
  }

  handlePacket(bytes: Uint8Array, from: Address, now: Instant): void {
    try {
      this.#route(bytes, from, now)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.counters.add('malformed')
    }
  }

  #route(bytes: Uint8Array, from: Address, now: Instant): void {
    const { relay, store, client } = this
    const routes = [
      route(onionSendInitial, (packet) => relay.handleSendInitial(packet, from, now)),
      route(onionSend1, (packet) => relay.handleSend1(packet, from, now)),
      route(onionSend2, (packet) => relay.handleSend2(packet, from, now)),
      route(onionReturn3, (packet) => relay.handleReturn3(packet, now)),
      route(onionReturn2, (packet) => relay.handleReturn2(packet, now)),
      route(onionReturn1, (packet) => relay.handleReturn1(packet, now)),
      route(announceRequest, (packet) =>
        this.lie ? this.#lie(packet, this.lie, from) : store.handleAnnounceRequest(packet, from, now),
      ),
      route(dataRequest, (packet) => store.handleDataRequest(packet, now)),
      route(announceResponse, (packet) => client?.handleAnnounceResponse(packet, from, now)),
      route(dataResponse, (packet) => client?.handleDataResponse(packet, now)),
    ]
    for (const { id, handle } of routes) {
      if (bytes[0] === id) handle(bytes)
    }
  }

  #lie({ requestKey, nonce, sealed, onionReturn }: AnnounceRequest, lie: AnnounceResponsePlain, from: Address): void {
    const shared = this.#envelopes.sharedKeys.get(requestKey)
    const plain = shared && open(shared, nonce, sealed)
    if (!plain) return
    const response = {
      sendback: plain.subarray(-8),
      nonce,
      sealed: seal(shared, nonce, encode(announceResponsePlain, lie)),
    }
    const data = encode(announceResponse, response)
    this.#transmits.send(encode(onionReturn3, { onionReturn, data }), from)
  }

  #createDht(net: OnionNet): OnionDht {
    const others = () => net.peers.filter((peer) => peer !== this && peer.isListed).map(({ node }) => node)
    return {
      publicKey: this.node.publicKey,
      isConnected: () => others().length > 0,
      randomNodes: (count) => others().slice(0, count),
      closestNodes: (target, count) =>
        others()
          .toSorted((left, right) => compareDistance(target.bytes, left.publicKey.bytes, right.publicKey.bytes))
          .slice(0, count),
      sendDhtRequest: (receiver, requestId, data) => {
        this.dhtRequestIds.push(requestId)
        net.sendDhtRequest(this.node.publicKey, receiver, data)
        return 1
      },
    }
  }
}

function route<T>(
  codec: PacketCodec<T>,
  handle: (value: T) => void,
): { id: number; handle: (bytes: Uint8Array) => void } {
  return { id: codec.id, handle: (bytes) => handle(decode(codec, bytes)) }
}
