import type { Address } from '../../base/address.ts'
import type { Counters } from '../../base/counters.ts'
import type { Random } from '../../base/random.ts'
import type { Instant, Wake } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import { precompute } from '../../crypto/box.ts'
import type { KeyPair, PublicKey } from '../../crypto/keys.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import type { CookieRequest, CookieResponse, Handshake } from '../../wire/handshake-packets.ts'
import { ByteBudget } from './byte-budget.ts'
import { Connection } from './connection.ts'
import type { ConnectionContext } from './connection-context.ts'
import { sealCookieResponse } from './cookie-exchange.ts'
import { CookieJar } from './cookie-jar.ts'
import { openHandshake } from './handshake.ts'
import { NetCryptoEvents, type NetCryptoEvent } from './net-crypto-event.ts'
import { Routes } from './routes.ts'

/** What all send windows, and all receive windows, may hold together. */
const BUDGET_BYTES = 64 * 2 ** 20

interface NetCryptoOptions {
  readonly realKeys: KeyPair
  readonly envelopes: DhtEnvelopes
  readonly random: Random
  readonly transmits: Transmits
  readonly counters: Counters
}

/**
 * Encrypted connections to friends over UDP: lossless packets in order, lossy packets, acknowledgements.
 *
 * Only friends that were allowed get further than a cookie. There are no TCP relays.
 *
 * source   tox-wire.md 4; Tox spec "Net crypto"
 */
export class NetCrypto {
  readonly #context: ConnectionContext<Connection>
  readonly #realKeys: KeyPair
  readonly #connections = new Map<string, Connection>()
  /** Not later than the soonest wake of a connection: often too early, which costs one look at each. */
  #wakeAt: Instant = Number.POSITIVE_INFINITY

  constructor({ realKeys, envelopes, random, transmits, counters }: NetCryptoOptions) {
    this.#realKeys = realKeys
    this.#context = {
      ownRealKey: realKeys.publicKey,
      envelopes,
      random,
      transmits,
      counters,
      jar: new CookieJar(random),
      routes: new Routes(),
      events: new NetCryptoEvents(),
      sendBudget: new ByteBudget(BUDGET_BYTES),
      receiveBudget: new ByteBudget(BUDGET_BYTES),
    }
  }

  /** Lets this friend connect. A key of low order is refused: nothing can be sealed for it. */
  allow(realKey: PublicKey, _now: Instant): void {
    if (this.#connections.has(realKey.hex)) return
    // Not of a cache, which wipes what it forgets: a connection keeps its key for as long as there is one.
    const shared = precompute(realKey, this.#realKeys.secretKey)
    if (!shared) return this.#context.counters.add('netCrypto.realKeyLowOrder')
    this.#connections.set(realKey.hex, new Connection(realKey, shared, this.#context))
  }

  /** Kills the connection; the friend is a stranger from now on. */
  disallow(realKey: PublicKey, now: Instant): void {
    this.#connections.get(realKey.hex)?.remove(now)
    this.#connections.delete(realKey.hex)
  }

  /**
   * Tries to reach an allowed friend under this DHT key, once an address is known, for 122 s after the last call
   * or after the connection ended. A connection under another DHT key is killed.
   */
  connect(realKey: PublicKey, dhtKey: PublicKey, now: Instant): void {
    this.#with(realKey, (connection) => connection.connect(dhtKey, now))
  }

  /** A direct address of the friend is known, e.g. from the DHT search. */
  setAddress(realKey: PublicKey, address: Address, now: Instant): void {
    this.#with(realKey, (connection) => connection.setAddress(address, now))
  }

  /**
   * Sends a lossless packet.
   *
   * data      id (16 to 191) and body, at most 1,373 bytes; kept until acknowledged, so the caller leaves it alone
   * returns   its number in this session, from 0; undefined if not established or the window is full
   */
  send(realKey: PublicKey, data: Uint8Array, now: Instant): number | undefined {
    const connection = this.#connections.get(realKey.hex)
    const number = connection?.established?.send(data, now)
    if (connection && number !== undefined) this.#schedule(connection)
    return number
  }

  /**
   * Packets of bulk (files) that may be sent now; messages are sent without asking. After a 0 time is kept until
   * there is room again, so asking again each 50 ms or after `acknowledged` uses the whole rate.
   */
  freeSlots(realKey: PublicKey): number {
    const connection = this.#connections.get(realKey.hex)
    const slots = connection?.established?.freeSlots() ?? 0
    if (connection && slots === 0) this.#schedule(connection)
    return slots
  }

  /** Sends a packet (id 192 to 254) that may get lost; false if not established. */
  sendLossy(realKey: PublicKey, data: Uint8Array, now: Instant): boolean {
    const session = this.#connections.get(realKey.hex)?.established
    session?.sendLossy(data, now)
    return session !== undefined
  }

  /** Ends the connection, tells the friend, and tries no more until `connect`. The friend may still connect. */
  kill(realKey: PublicKey, now: Instant): void {
    this.#connections.get(realKey.hex)?.kill(now)
  }

  isEstablished(realKey: PublicKey): boolean {
    return this.#connections.get(realKey.hex)?.established !== undefined
  }

  /** Answers with a cookie; nothing is kept. `sender` is the DHT key of the envelope. */
  handleCookieRequest(request: CookieRequest, sender: PublicKey, from: Address, now: Instant): void {
    const { jar, random, counters, envelopes, transmits } = this.#context
    if (!jar.mayAnswer(this.#connections.has(request.realKey.hex), now)) {
      return counters.add('netCrypto.cookieRequestLimited')
    }
    const shared = envelopes.sharedKeys.get(sender)
    if (!shared) return
    const cookie = jar.issue(request.realKey, sender, now)
    transmits.send(sealCookieResponse(cookie, request.echo, shared, random), from)
  }

  handleCookieResponse(response: CookieResponse, from: Address, now: Instant): void {
    for (const connection of this.#context.routes.find(from)) {
      if (connection.handleCookieResponse(response, from, now)) return this.#schedule(connection)
    }
    this.#context.counters.add('netCrypto.cookieResponseUnasked')
  }

  handleHandshake(packet: Handshake, from: Address, now: Instant): void {
    const { jar, counters } = this.#context
    const cookie = jar.open(packet.cookie, now)
    if (!cookie) return counters.add('netCrypto.handshakeBadCookie')
    const connection = this.#connections.get(cookie.realKey.hex)
    if (!connection) return counters.add('netCrypto.handshakeStranger')
    const opened = openHandshake(packet, connection.realShared)
    if (!opened) return counters.add('netCrypto.handshakeForged')
    connection.handleHandshake(opened, cookie, from, now)
    this.#schedule(connection)
  }

  /** Takes a datagram that begins with 0x1b, as it came. */
  handleCryptoData(datagram: Uint8Array, from: Address, now: Instant): void {
    for (const connection of this.#context.routes.find(from)) {
      if (connection.handleData(datagram, from, now)) return this.#schedule(connection)
    }
    this.#context.counters.add('netCrypto.dataRefused')
  }

  /** After a sleep in which friends gave us up: every connection is made anew. */
  handleSleep(now: Instant): void {
    for (const connection of this.#connections.values()) {
      connection.handleSleep(now)
      this.#schedule(connection)
    }
  }

  handleTimeout(now: Instant): void {
    if (now < this.#wakeAt) return
    this.#wakeAt = Number.POSITIVE_INFINITY
    for (const connection of this.#connections.values()) {
      if (connection.nextAt() <= now) connection.handleTimeout(now)
      this.#schedule(connection)
    }
  }

  nextTimeout(): Wake | undefined {
    return this.#wakeAt === Number.POSITIVE_INFINITY ? undefined : { at: this.#wakeAt, why: 'net crypto' }
  }

  pollEvent(): NetCryptoEvent | undefined {
    return this.#context.events.poll()
  }

  /** Ends all connections and wipes what keys there are. */
  close(now: Instant): void {
    for (const connection of this.#connections.values()) connection.remove(now)
    this.#connections.clear()
    this.#context.jar.wipe()
    this.#wakeAt = Number.POSITIVE_INFINITY
  }

  #with(realKey: PublicKey, action: (connection: Connection) => void): void {
    const connection = this.#connections.get(realKey.hex)
    if (!connection) return
    action(connection)
    this.#schedule(connection)
  }

  #schedule(connection: Connection): void {
    this.#wakeAt = Math.min(this.#wakeAt, connection.nextAt())
  }
}
