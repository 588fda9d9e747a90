import type { Address } from '../../base/address.ts'
import { equalInConstantTime } from '../../base/bytes.ts'
import type { Counters } from '../../base/counters.ts'
import { type Random, randomBytes } from '../../base/random.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import { open, type SharedKey } from '../../crypto/box.ts'
import { KEY_BYTES, type PublicKey } from '../../crypto/keys.ts'
import { decode, encode } from '../../wire/codec.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import {
  COOKIE_ECHO_BYTES,
  COOKIE_REQUEST_ID,
  type CookieContents,
  type CookieResponse,
  cookieRequest,
  cookieResponsePlain,
  type HandshakePlain,
} from '../../wire/handshake-packets.ts'
import { Attempt } from './attempt.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { CookieJar } from './cookie-jar.ts'
import { sealHandshake } from './handshake.ts'
import { HandshakeMemory } from './handshake-memory.ts'
import type { ClosedReason, NetCryptoEvents } from './net-crypto-event.ts'
import { PeerAddresses } from './peer-addresses.ts'
import type { Routes } from './routes.ts'
import { Session } from './session.ts'

/** How long a DHT key and an address are tried after the last word of them. */
const WANTED_MS = 122 * SECOND_MS
/** After the peer killed the connection: it hardly wants us back at once. */
const PAUSE_AFTER_KILL_MS = SECOND_MS
/** A connection that was heard of since is alive, whatever DHT key somebody names: peers send each second. */
const ALIVE_MS = 3 * SECOND_MS
const OTHER_KEY_LIFE_MS = 10 * SECOND_MS
/** A repeated handshake is answered at once, but not more often than this. */
const ANSWER_AGAIN_MS = 250

/** What the connections of one instance have in common. */
export interface ConnectionContext {
  readonly ownRealKey: PublicKey
  readonly envelopes: DhtEnvelopes
  readonly jar: CookieJar
  readonly random: Random
  readonly transmits: Transmits
  readonly counters: Counters
  readonly routes: Routes<Connection>
  readonly events: NetCryptoEvents
  readonly sendBudget: ByteBudget
  readonly receiveBudget: ByteBudget
}

type Stage =
  | { readonly kind: 'idle'; readonly beginAt: Instant | undefined }
  | { readonly kind: 'cookieRequesting'; readonly attempt: Attempt; readonly echo: Uint8Array }
  | { readonly kind: 'handshakeSent'; readonly attempt: Attempt }
  | ({ readonly kind: 'accepted'; readonly attempt: Attempt } & Met)
  | ({ readonly kind: 'established' } & Met)

interface Met {
  readonly session: Session
  readonly dhtKey: PublicKey
  readonly peerSessionKey: PublicKey
  readonly startedAt: Instant
}

/** A DHT key that somebody named while the connection under another one looked alive. */
interface OtherKey {
  readonly dhtKey: PublicKey
  readonly until: Instant
}

const IDLE: Stage = { kind: 'idle', beginAt: undefined }

/**
 * The way to one friend: opens in either role, keeps one session, and begins anew when it ends.
 *
 * An established session gives way to a handshake on a cookie that we issued after the session began: the friend
 * has lost its side, for c-toxcore too makes a session key per connection. c-toxcore itself waits for another DHT
 * key from another address, or for 32 s of silence.
 *
 * source   tox-wire.md 4.1 and 4.5
 */
export class Connection {
  readonly realKey: PublicKey
  readonly #realShared: SharedKey
  readonly #context: ConnectionContext
  readonly #addresses = new PeerAddresses()
  readonly #memory = new HandshakeMemory()
  #stage: Stage = IDLE
  #wantedKey: PublicKey | undefined
  #wantedUntil: Instant = Number.NEGATIVE_INFINITY
  #otherKey: OtherKey | undefined
  #acknowledgedBefore = 0

  constructor(realKey: PublicKey, realShared: SharedKey, context: ConnectionContext) {
    this.realKey = realKey
    this.#realShared = realShared
    this.#context = context
  }

  get realShared(): SharedKey {
    return this.#realShared
  }

  /** The session, once both sides have shown that they hold its key. */
  get established(): Session | undefined {
    return this.#stage.kind === 'established' ? this.#stage.session : undefined
  }

  connect(dhtKey: PublicKey, now: Instant): void {
    const met = this.#met()
    if (met && !met.dhtKey.equals(dhtKey)) {
      this.#considerOtherKey(met, { dhtKey, until: now + OTHER_KEY_LIFE_MS }, now)
      return
    }
    const isOther = !this.#wantedKey?.equals(dhtKey)
    this.#want(dhtKey, now)
    if (met) {
      this.#otherKey = undefined
      return
    }
    if (isOther) this.#drop(now)
    if (this.#stage.kind === 'idle') this.#begin(now)
  }

  setAddress(address: Address, now: Instant): void {
    const isNew = !this.#addresses.has(address)
    this.#route(address, this.#addresses.learn(address, now))
    if (this.#stage.kind === 'idle' && now >= (this.#stage.beginAt ?? now)) this.#begin(now)
    else if (isNew && this.#stage.kind === 'cookieRequesting') {
      this.#context.transmits.send(this.#stage.attempt.take(now), address)
    }
  }

  /** Ends the connection, telling the peer, and tries no more. */
  kill(now: Instant): void {
    this.#wantedKey = undefined
    this.#otherKey = undefined
    this.established?.sendKill(now)
    if (this.established) this.#close('killed')
    this.#drop(undefined)
  }

  /** Kills it and forgets the addresses. */
  remove(now: Instant): void {
    this.kill(now)
    for (const address of this.#addresses.all) this.#context.routes.remove(address, this)
  }

  handleCookieResponse(packet: CookieResponse, from: Address, now: Instant): boolean {
    const stage = this.#stage
    if (stage.kind !== 'cookieRequesting' || !this.#wantedKey) return false
    const shared = this.#context.envelopes.sharedKeys.get(this.#wantedKey)
    const plain = shared && open(shared, packet.nonce, packet.sealed)
    if (!plain) return false
    const { cookie, echo } = decode(cookieResponsePlain, plain)
    if (!equalInConstantTime(echo, stage.echo)) return false
    stage.attempt.noteAnswered(now)
    this.#noteHeard(from, now)
    stage.attempt.replacePacket(this.#handshakeOn(cookie, this.#wantedKey, stage.attempt, now), now)
    this.#stage = { kind: 'handshakeSent', attempt: stage.attempt }
    this.#sendToBest(stage.attempt.take(now), now)
    return true
  }

  /** Takes a handshake that opened, on a good cookie of ours. */
  handleHandshake(peer: HandshakePlain, cookie: CookieContents, from: Address, now: Instant): void {
    if (this.#met()?.peerSessionKey.equals(peer.sessionKey)) return this.#answerAgain(now)
    if (!this.#memory.isNew(peer.sessionKey, cookie.issuedAt)) return this.#count('handshakeReplayed')
    if (this.#stage.kind === 'established' && cookie.issuedAt <= this.#stage.startedAt) {
      return this.#count('handshakeOvertaken')
    }
    const attempt = this.#attempt() ?? new Attempt(this.#context.random, new Uint8Array(0), now)
    const shared = attempt.keys.agree(peer.sessionKey)
    if (!shared) return this.#count('handshakeLowOrder')
    this.#memory.note(peer.sessionKey, cookie.issuedAt)
    this.#accept(peer, cookie.dhtKey, { attempt, shared }, from, now)
  }

  /** Takes a data packet; false if it does not belong here. */
  handleData(datagram: Uint8Array, from: Address, now: Instant): boolean {
    const session = this.#met()?.session
    const received = session?.handlePacket(datagram, now)
    if (!session || !received || received.kind === 'refused') return false
    this.#noteHeard(from, now)
    if (received.kind === 'killed') {
      this.#endByPeer(now)
      return true
    }
    if (this.#stage.kind === 'accepted') this.#confirm(this.#stage, from, now)
    if (received.kind === 'lossy' && this.#context.events.hasRoomForData) {
      this.#context.events.push({ kind: 'lossy', realKey: this.realKey, data: received.data })
    }
    this.#drain(session)
    return true
  }

  handleTimeout(now: Instant): void {
    const met = this.#met()
    if (met && this.#otherKey) this.#considerOtherKey(met, this.#otherKey, now)
    const attempt = this.#attempt()
    if (attempt && attempt.dueAt <= now) this.#repeat(attempt, now)
    if (this.#stage.kind === 'idle' && now >= (this.#stage.beginAt ?? Number.POSITIVE_INFINITY)) this.#begin(now)
    const session = this.#met()?.session
    if (!session) return
    session.handleTimeout(now)
    this.#drain(session)
    if (this.#stage.kind === 'established' && session.isSilent(now)) this.#endAndBegin('timeout', now, now)
  }

  nextAt(): Instant {
    const met = this.#met()
    const attemptAt = this.#attempt()?.dueAt ?? Number.POSITIVE_INFINITY
    if (!met) return this.#stage.kind === 'idle' ? (this.#stage.beginAt ?? attemptAt) : attemptAt
    const otherKeyAt = this.#otherKey ? met.session.heardAt + ALIVE_MS : Number.POSITIVE_INFINITY
    return Math.min(attemptAt, met.session.nextAt(), otherKeyAt)
  }

  #met(): Met | undefined {
    return this.#stage.kind === 'accepted' || this.#stage.kind === 'established' ? this.#stage : undefined
  }

  #attempt(): Attempt | undefined {
    return this.#stage.kind === 'idle' || this.#stage.kind === 'established' ? undefined : this.#stage.attempt
  }

  #want(dhtKey: PublicKey, now: Instant): void {
    this.#wantedKey = dhtKey
    this.#wantedUntil = now + WANTED_MS
  }

  /** Sends a cookie request, if it is known to whom and where. */
  #begin(now: Instant): void {
    this.#stage = IDLE
    for (const address of this.#addresses.forgetBefore(now - WANTED_MS)) this.#context.routes.remove(address, this)
    const dhtKey = now < this.#wantedUntil ? this.#wantedKey : undefined
    if (!dhtKey || this.#addresses.all.length === 0) return
    const { random, envelopes, ownRealKey } = this.#context
    const echo = randomBytes(random, COOKIE_ECHO_BYTES)
    const plain = { realKey: ownRealKey, unused: new Uint8Array(KEY_BYTES), echo }
    const packet = envelopes.seal(COOKIE_REQUEST_ID, dhtKey, encode(cookieRequest, plain))
    if (!packet) return
    this.#stage = { kind: 'cookieRequesting', attempt: new Attempt(random, packet, now), echo }
    this.#repeat(this.#stage.attempt, now)
  }
  /** Sends the packet of the attempt once more, or begins anew when that was tried often enough. */
  #repeat(attempt: Attempt, now: Instant): void {
    if (attempt.isOver(now)) {
      this.#drop(now)
      this.#begin(now)
      return
    }
    const packet = attempt.take(now)
    if (this.#stage.kind !== 'cookieRequesting') return this.#sendToBest(packet, now)
    for (const address of this.#addresses.all) this.#context.transmits.send(packet, address)
  }

  #handshakeOn(peerCookie: Uint8Array, dhtKey: PublicKey, { keys }: Attempt, now: Instant): Uint8Array {
    const ownCookie = this.#context.jar.issue(this.realKey, dhtKey, now)
    return sealHandshake({ realShared: this.#realShared, keys, peerCookie, ownCookie }, this.#context.random)
  }

  /** The peer's session key is the one we have: it still waits for our handshake or for data. */
  #answerAgain(now: Instant): void {
    this.#met()?.session.hasten(now)
    if (this.#stage.kind !== 'accepted' || this.#stage.attempt.sentSince(now) < ANSWER_AGAIN_MS) return
    this.#sendToBest(this.#stage.attempt.packet, now)
  }

  #accept(
    peer: HandshakePlain,
    dhtKey: PublicKey,
    own: { readonly attempt: Attempt; readonly shared: SharedKey },
    from: Address,
    now: Instant,
  ): void {
    const before = this.#stage
    if (before.kind === 'established') this.#close('replaced')
    if (before.kind === 'accepted') before.session.wipe()
    if (!this.#wantedKey?.equals(dhtKey)) {
      this.#context.events.push({ kind: 'friendDhtKey', realKey: this.realKey, dhtKey })
    }
    this.#want(dhtKey, now)
    this.#otherKey = undefined
    this.#noteHeard(from, now)
    const { attempt, shared } = own
    attempt.replacePacket(this.#handshakeOn(peer.ownCookie, dhtKey, attempt, now), now)
    const session = this.#createSession(peer, attempt, shared, now)
    const startedAt = Math.floor(now)
    this.#stage = { kind: 'accepted', attempt, session, dhtKey, peerSessionKey: peer.sessionKey, startedAt }
    const packet = attempt.take(now)
    // To ours the peer's was the answer.
    if (before.kind !== 'handshakeSent') this.#sendToBest(packet, now)
    session.sendRequest(now)
  }

  #createSession(peer: HandshakePlain, attempt: Attempt, shared: SharedKey, now: Instant): Session {
    const { sendBudget, receiveBudget, transmits } = this.#context
    return new Session(
      {
        shared,
        ownBaseNonce: attempt.keys.baseNonce,
        peerBaseNonce: peer.baseNonce,
        sendBudget,
        receiveBudget,
        roundTrip: attempt.roundTrip,
        addresses: this.#addresses,
        transmits,
      },
      now,
    )
  }

  /** The first data packet opened: the peer has our session key, too. */
  #confirm(accepted: Extract<Stage, { kind: 'accepted' }>, address: Address, now: Instant): void {
    const { attempt, session, dhtKey, peerSessionKey, startedAt } = accepted
    attempt.wipe()
    this.#stage = { kind: 'established', session, dhtKey, peerSessionKey, startedAt }
    this.#acknowledgedBefore = 0
    this.#context.events.push({ kind: 'established', realKey: this.realKey, dhtKey, address })
    session.hasten(now)
  }

  /** Hands on what the session has for the owner. */
  #drain(session: Session): void {
    const { events } = this.#context
    while (events.hasRoomForData) {
      const data = session.takeData()
      if (!data) break
      events.push({ kind: 'data', realKey: this.realKey, data })
    }
    const before = session.acknowledgedBefore
    if (before > this.#acknowledgedBefore && events.push({ kind: 'acknowledged', realKey: this.realKey, before })) {
      this.#acknowledgedBefore = before
    }
    if (session.takeWritable()) events.push({ kind: 'writable', realKey: this.realKey })
  }

  /** Keeps the other DHT key in mind while the session is alive, and turns to it when that falls silent. */
  #considerOtherKey(met: Met, other: OtherKey, now: Instant): void {
    this.#otherKey = now < other.until ? other : undefined
    if (!this.#otherKey || now - met.session.heardAt < ALIVE_MS) return
    this.#otherKey = undefined
    this.#want(other.dhtKey, now)
    this.established?.sendKill(now)
    if (this.established) this.#close('replaced')
    this.#drop(now)
    this.#begin(now)
  }

  #endByPeer(now: Instant): void {
    if (this.#stage.kind === 'established') this.#endAndBegin('killed', now + PAUSE_AFTER_KILL_MS, now)
    else this.#drop(now + PAUSE_AFTER_KILL_MS)
  }

  /** Ends an established session and looks for the peer again where it was. */
  #endAndBegin(reason: ClosedReason, beginAt: Instant, now: Instant): void {
    const met = this.#met()
    if (met) this.#want(this.#otherKey?.dhtKey ?? met.dhtKey, now)
    this.#otherKey = undefined
    this.#close(reason)
    this.#stage = { kind: 'idle', beginAt }
    if (beginAt <= now) this.#begin(now)
  }

  #close(reason: ClosedReason): void {
    this.#met()?.session.wipe()
    this.#stage = IDLE
    this.#context.events.push({ kind: 'closed', realKey: this.realKey, reason })
  }

  /** Forgets what is under way and not established. */
  #drop(beginAt: Instant | undefined): void {
    this.#attempt()?.wipe()
    this.#met()?.session.wipe()
    this.#stage = { kind: 'idle', beginAt }
  }

  #sendToBest(datagram: Uint8Array, now: Instant): void {
    const address = this.#addresses.best(now)
    if (address) this.#context.transmits.send(datagram, address)
  }

  #noteHeard(address: Address, now: Instant): void {
    const isNew = !this.#addresses.has(address)
    const evicted = this.#addresses.noteHeard(address, now)
    if (isNew) this.#route(address, evicted)
  }

  #route(address: Address, evicted: Address | undefined): void {
    if (evicted) this.#context.routes.remove(evicted, this)
    this.#context.routes.add(address, this)
  }

  #count(what: string): void {
    this.#context.counters.add(`netCrypto.${what}`)
  }
}
