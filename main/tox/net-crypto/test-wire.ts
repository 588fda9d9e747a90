import { Address } from '../../base/address.ts'
import { DecodeError } from '../../base/byte-reader.ts'
import { Counters } from '../../base/counters.ts'
import { type Random, randomBelow, randomFraction, SeededRandom } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import { createKeyPair, type KeyPair } from '../../crypto/keys.ts'
import { decode } from '../../wire/codec.ts'
import { CRYPTO_DATA_ID } from '../../wire/crypto-data.ts'
import { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { COOKIE_REQUEST_ID, cookieRequest, cookieResponse, handshake } from '../../wire/handshake-packets.ts'
import { NetCrypto } from './net-crypto.ts'
import type { NetCryptoEvent } from './net-crypto-event.ts'

export interface Weather {
  readonly lossRatio?: number
  readonly duplicateRatio?: number
  /** Datagrams take this long, and up to `jitterMs` more: enough jitter reorders them. */
  readonly latencyMs?: number
  readonly jitterMs?: number
  /** The narrowest link, each way, with a queue that drops what does not fit. */
  readonly bytesPerSecond?: number
  readonly queueBytesMax?: number
}

interface Flight {
  readonly at: Instant
  readonly order: number
  readonly from: Address
  readonly to: Address
  readonly bytes: Uint8Array
}

/** A NetCrypto at an address, with what happened to it. */
export class TestPeer {
  readonly address: Address
  readonly realKeys: KeyPair
  readonly dhtKeys: KeyPair
  readonly netCrypto: NetCrypto
  readonly counters = new Counters()
  readonly events: NetCryptoEvent[] = []
  /** Every datagram that this peer sent. */
  readonly sent: { readonly bytes: Uint8Array; readonly to: Address; readonly at: Instant }[] = []
  readonly #envelopes: DhtEnvelopes

  constructor(wire: TestWire, address: Address, realKeys: KeyPair, dhtKeys: KeyPair, random: Random) {
    this.address = address
    this.realKeys = realKeys
    this.dhtKeys = dhtKeys
    this.#envelopes = new DhtEnvelopes(dhtKeys, random)
    const transmits = {
      send: (bytes: Uint8Array, to: Address) => {
        this.sent.push({ bytes, to, at: wire.now })
        wire.send(bytes, address, to)
      },
    }
    this.netCrypto = new NetCrypto({ realKeys, envelopes: this.#envelopes, random, transmits, counters: this.counters })
  }

  get realKey() {
    return this.realKeys.publicKey
  }

  get dhtKey() {
    return this.dhtKeys.publicKey
  }

  /** As the engine does it: malformed bytes are counted and dropped. */
  handlePacket(bytes: Uint8Array, from: Address, now: Instant): void {
    try {
      this.#route(bytes, from, now)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.counters.add('malformed')
    }
  }

  /** The engine's route by first byte. */
  #route(bytes: Uint8Array, from: Address, now: Instant): void {
    const id = bytes[0]
    if (id === CRYPTO_DATA_ID) this.netCrypto.handleCryptoData(bytes, from, now)
    else if (id === cookieResponse.id) this.netCrypto.handleCookieResponse(decode(cookieResponse, bytes), from, now)
    else if (id === handshake.id) this.netCrypto.handleHandshake(decode(handshake, bytes), from, now)
    else if (id === COOKIE_REQUEST_ID) {
      const { sender, plain } = this.#envelopes.open(bytes)
      this.netCrypto.handleCookieRequest(decode(cookieRequest, plain), sender, from, now)
    }
  }

  /** The events of a kind, so far. */
  eventsOf<K extends NetCryptoEvent['kind']>(kind: K): Extract<NetCryptoEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<NetCryptoEvent, { kind: K }> => event.kind === kind)
  }

  drainEvents(): void {
    for (let event = this.netCrypto.pollEvent(); event; event = this.netCrypto.pollEvent()) this.events.push(event)
  }
}

/** Carries datagrams between peers in virtual time, losing, doubling and delaying some by a seed. */
export class TestWire {
  now: Instant = 1_000_000
  weather: Weather
  /** Sees each datagram before it leaves; false drops it. */
  filter: (bytes: Uint8Array, from: Address, to: Address) => boolean = () => true
  readonly random: Random
  readonly #peers = new Map<string, TestPeer>()
  #flights: Flight[] = []
  #order = 0
  /** Per sender: when its link has sent what is queued. */
  readonly #idleAt = new Map<string, Instant>()
  droppedByQueue = 0

  constructor(seed: number, weather: Weather = {}) {
    this.random = new SeededRandom(seed)
    this.weather = weather
  }

  /** A peer at 10.0.0.`host`, in place of whoever was there. */
  addPeer(
    host: number,
    keys: { readonly realKeys?: KeyPair; readonly dhtKeys?: KeyPair; readonly port?: number } = {},
  ) {
    const address = new Address(Uint8Array.of(10, 0, 0, host), keys.port ?? 33_445)
    const random = new SeededRandom(randomBelow(this.random, 2 ** 31))
    const realKeys = keys.realKeys ?? createKeyPair(random)
    const peer = new TestPeer(this, address, realKeys, keys.dhtKeys ?? createKeyPair(random), random)
    this.#peers.set(address.text, peer)
    return peer
  }

  removePeer(peer: TestPeer): void {
    if (this.#peers.get(peer.address.text) === peer) this.#peers.delete(peer.address.text)
  }

  send(bytes: Uint8Array, from: Address, to: Address): void {
    const { lossRatio = 0, duplicateRatio = 0 } = this.weather
    if (!this.filter(bytes, from, to) || randomFraction(this.random) < lossRatio) return
    this.#launch(bytes, from, to)
    if (randomFraction(this.random) < duplicateRatio) this.#launch(bytes, from, to)
  }

  /** Runs until `condition` holds or `durationMs` have passed; says whether it held. */
  runUntil(condition: () => boolean, durationMs: number): boolean {
    const end = this.now + durationMs
    while (!condition()) {
      const at = this.#nextAt()
      if (at > end) {
        this.now = end
        return condition()
      }
      this.now = Math.max(this.now, at)
      this.#step()
    }
    return true
  }

  run(durationMs: number): void {
    this.runUntil(() => false, durationMs)
  }

  #step(): void {
    const flight = this.#flights[0]
    if (flight && flight.at <= this.now) {
      this.#flights.shift()
      const peer = this.#peers.get(flight.to.text)
      peer?.handlePacket(flight.bytes, flight.from, this.now)
      peer?.drainEvents()
      return
    }
    for (const peer of this.#peers.values()) {
      peer.netCrypto.handleTimeout(this.now)
      peer.drainEvents()
    }
  }

  #nextAt(): Instant {
    const wakes = [...this.#peers.values()].map((peer) => peer.netCrypto.nextTimeout()?.at ?? Number.POSITIVE_INFINITY)
    return Math.min(this.#flights[0]?.at ?? Number.POSITIVE_INFINITY, ...wakes)
  }

  #launch(bytes: Uint8Array, from: Address, to: Address): void {
    const { latencyMs = 10, jitterMs = 0 } = this.weather
    const queuedMs = this.#queue(bytes, from)
    if (queuedMs === undefined) return
    const at = this.now + queuedMs + latencyMs + randomFraction(this.random) * jitterMs
    this.#order += 1
    let place = this.#flights.length
    while (place > 0 && (this.#flights[place - 1]?.at ?? 0) > at) place -= 1
    this.#flights.splice(place, 0, { at, order: this.#order, from, to, bytes: bytes.slice() })
  }

  /** How long the narrowest link holds a datagram; undefined if its queue is full. */
  #queue(bytes: Uint8Array, from: Address): number | undefined {
    const { bytesPerSecond = Number.POSITIVE_INFINITY, queueBytesMax = Number.POSITIVE_INFINITY } = this.weather
    const idleAt = Math.max(this.now, this.#idleAt.get(from.text) ?? this.now)
    if (((idleAt - this.now) * bytesPerSecond) / 1_000 > queueBytesMax) {
      this.droppedByQueue += 1
      return undefined
    }
    const doneAt = idleAt + (bytes.length * 1_000) / bytesPerSecond
    this.#idleAt.set(from.text, doneAt)
    return doneAt - this.now
  }
}

/** Makes two peers friends of each other; they know neither DHT key nor address yet. */
export function befriend(left: TestPeer, right: TestPeer, now: Instant): void {
  left.netCrypto.allow(right.realKey, now)
  right.netCrypto.allow(left.realKey, now)
}

/** `left` learns where `right` is and opens. */
export function open(left: TestPeer, right: TestPeer, now: Instant): void {
  left.netCrypto.connect(right.realKey, right.dhtKey, now)
  left.netCrypto.setAddress(right.realKey, right.address, now)
}

export function areConnected(left: TestPeer, right: TestPeer): boolean {
  return left.netCrypto.isEstablished(right.realKey) && right.netCrypto.isEstablished(left.realKey)
}

/** A message packet that carries `count`. */
export function numbered(count: number): Uint8Array {
  return Uint8Array.of(64, count >>> 24, count >>> 16, count >>> 8, count)
}
