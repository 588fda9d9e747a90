import type { Address } from '../../base/address.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { SharedKey } from '../../crypto/box.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { CookieContents, CookieResponse, HandshakePlain } from '../../wire/handshake-packets.ts'
import { Attempt } from './attempt.ts'
import type { ConnectionContext } from './connection-context.ts'
import { askForCookie, openCookieResponse } from './cookie-exchange.ts'
import { sealHandshake } from './handshake.ts'
import { HandshakeMemory } from './handshake-memory.ts'
import type { ClosedReason } from './net-crypto-event.ts'
import { PeerAddresses } from './peer-addresses.ts'
import { Session } from './session.ts'
import { type AcceptedStage, attemptIn, IDLE, metIn, type Stage, wipeStage } from './stage.ts'

/** How long a DHT key and an address are tried after the last word of them. */
const WANTED_MS = 122 * SECOND_MS
/** After the peer killed the connection: it hardly wants us back at once. */
const PAUSE_AFTER_KILL_MS = SECOND_MS

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
  /** The key that both real keys share: of handshakes. Ours alone, and wiped with us. */
  readonly realShared: SharedKey
  readonly #context: ConnectionContext<Connection>
  readonly #addresses = new PeerAddresses()
  readonly #memory = new HandshakeMemory()
  #stage: Stage = IDLE
  #wantedKey: PublicKey | undefined
  #wantedUntil: Instant = Number.NEGATIVE_INFINITY
  #acknowledgedBefore = 0

  constructor(realKey: PublicKey, realShared: SharedKey, context: ConnectionContext<Connection>) {
    this.realKey = realKey
    this.realShared = realShared
    this.#context = context
  }

  /** The session, once both sides have shown that they hold its key. */
  get established(): Session | undefined {
    return this.#stage.kind === 'established' ? this.#stage.session : undefined
  }

  /** Tries this DHT key from now on; a connection under another one ends. */
  connect(dhtKey: PublicKey, now: Instant): void {
    const isOther = !(metIn(this.#stage)?.dhtKey ?? this.#wantedKey)?.equals(dhtKey)
    this.#want(dhtKey, now)
    if (isOther) this.#end('replaced', now)
    if (this.#stage.kind === 'idle') this.#begin(now)
  }

  setAddress(address: Address, now: Instant): void {
    const isNew = !this.#addresses.has(address)
    this.#route(address, this.#addresses.learn(address, now))
    const stage = this.#stage
    if (stage.kind === 'idle' && now >= (stage.beginAt ?? now)) this.#begin(now)
    else if (isNew && stage.kind === 'cookieRequesting') this.#context.transmits.send(stage.attempt.packet, address)
  }

  /** Ends the connection, telling the peer, and tries no more. */
  kill(now: Instant): void {
    this.#wantedKey = undefined
    this.#end('killed', now)
  }

  /** This computer stood still for so long that the peer has given us up: begins anew instead of waiting for that to show. */
  handleSleep(now: Instant): void {
    if (!metIn(this.#stage)) return
    // Were it the clock that was set, the peer would hold on to the connection and take no handshake.
    this.established?.sendKill(now)
    this.#endAndBegin('timeout', now, now)
  }

  /** Kills it, forgets the addresses and wipes the key; of no use afterwards. */
  remove(now: Instant): void {
    this.kill(now)
    this.realShared.wipe()
    for (const address of this.#addresses.all) this.#context.routes.remove(address, this)
  }

  /** Goes on to the handshake; false if the response is not for this connection. */
  handleCookieResponse(response: CookieResponse, from: Address, now: Instant): boolean {
    const stage = this.#stage
    if (stage.kind !== 'cookieRequesting' || !this.#wantedKey) return false
    const shared = this.#context.envelopes.sharedKeys.get(this.#wantedKey)
    const cookie = openCookieResponse(response, shared, stage.echo)
    if (!cookie) return false
    const { attempt } = stage
    attempt.noteAnswered(now)
    this.#noteHeard(from, now)
    attempt.replacePacket(this.#handshakeOn(cookie, this.#wantedKey, attempt, now), now)
    this.#stage = { kind: 'handshakeSent', attempt }
    this.#sendToBest(attempt.take(now), now)
    return true
  }

  /** Takes a handshake that opened, on a good cookie of ours. */
  handleHandshake(peer: HandshakePlain, cookie: CookieContents, from: Address, now: Instant): void {
    const stage = this.#stage
    if (metIn(stage)?.peerSessionKey.equals(peer.sessionKey)) return this.#answerAgain(now)
    if (!this.#memory.isNew(peer.sessionKey, cookie.issuedAt)) return this.#count('handshakeReplayed')
    if (stage.kind === 'established' && cookie.issuedAt <= stage.startedAt) return this.#count('handshakeOvertaken')
    const attempt = attemptIn(stage) ?? new Attempt(this.#context.random, new Uint8Array(0), now)
    const shared = attempt.keys.agree(peer.sessionKey)
    if (!shared) {
      if (attempt !== attemptIn(stage)) attempt.wipe()
      return this.#count('handshakeLowOrder')
    }
    this.#memory.note(peer.sessionKey, cookie.issuedAt)
    this.#accept(peer, cookie.dhtKey, { attempt, shared }, from, now)
  }

  /** Takes a data packet; false if it does not belong here. */
  handleData(datagram: Uint8Array, from: Address, now: Instant): boolean {
    const session = metIn(this.#stage)?.session
    const received = session?.handlePacket(datagram, now)
    if (!session || !received || received.kind === 'refused') return false
    this.#noteHeard(from, now)
    if (received.kind === 'killed') {
      this.#endAndBegin('killed', now + PAUSE_AFTER_KILL_MS, now)
      return true
    }
    if (this.#stage.kind === 'accepted') this.#confirm(this.#stage, from, now)
    const { events } = this.#context
    if (received.kind === 'lossy' && events.hasRoomForData) {
      events.push({ kind: 'lossy', realKey: this.realKey, data: received.data })
    }
    this.#drain(session)
    return true
  }

  handleTimeout(now: Instant): void {
    const attempt = attemptIn(this.#stage)
    if (attempt && attempt.dueAt <= now) this.#repeat(attempt, now)
    if (this.#stage.kind === 'idle' && now >= (this.#stage.beginAt ?? Number.POSITIVE_INFINITY)) this.#begin(now)
    const session = metIn(this.#stage)?.session
    if (!session) return
    session.handleTimeout(now)
    this.#drain(session)
    if (session.isSilent(now)) this.#endAndBegin('timeout', now, now)
  }

  /** When `handleTimeout` is wanted. */
  nextAt(): Instant {
    const stage = this.#stage
    const attemptAt = attemptIn(stage)?.dueAt ?? Number.POSITIVE_INFINITY
    if (stage.kind === 'idle') return stage.beginAt ?? Number.POSITIVE_INFINITY
    return Math.min(attemptAt, metIn(stage)?.session.nextAt() ?? Number.POSITIVE_INFINITY)
  }

  #want(dhtKey: PublicKey, now: Instant): void {
    this.#wantedKey = dhtKey
    this.#wantedUntil = now + WANTED_MS
  }

  /** Sends a cookie request, if it is known to whom and where. */
  #begin(now: Instant): void {
    this.#stage = IDLE
    const { envelopes, ownRealKey, random, routes } = this.#context
    for (const address of this.#addresses.forgetBefore(now - WANTED_MS)) routes.remove(address, this)
    const dhtKey = now < this.#wantedUntil ? this.#wantedKey : undefined
    if (!dhtKey || this.#addresses.all.length === 0) return
    const question = askForCookie(ownRealKey, dhtKey, envelopes, random)
    if (!question) return
    const attempt = new Attempt(random, question.packet, now)
    this.#stage = { kind: 'cookieRequesting', attempt, echo: question.echo }
    this.#repeat(attempt, now)
  }

  /** Sends the packet of the attempt once more, or begins anew when that was tried often enough. */
  #repeat(attempt: Attempt, now: Instant): void {
    if (attempt.isOver(now)) {
      wipeStage(this.#stage)
      this.#begin(now)
      return
    }
    const packet = attempt.take(now)
    if (this.#stage.kind !== 'cookieRequesting') return this.#sendToBest(packet, now)
    for (const address of this.#addresses.all) this.#context.transmits.send(packet, address)
  }

  #handshakeOn(peerCookie: Uint8Array, dhtKey: PublicKey, { keys }: Attempt, now: Instant): Uint8Array {
    const ownCookie = this.#context.jar.issue(this.realKey, dhtKey, now)
    return sealHandshake({ realShared: this.realShared, keys, peerCookie, ownCookie }, this.#context.random)
  }

  /** The peer's session key is the one we have: it still waits for our handshake or for data. */
  #answerAgain(now: Instant): void {
    metIn(this.#stage)?.session.hasten(now)
    const packet = attemptIn(this.#stage)?.takeAgain(now)
    if (packet) this.#sendToBest(packet, now)
  }

  #accept(
    peer: HandshakePlain,
    dhtKey: PublicKey,
    own: { readonly attempt: Attempt; readonly shared: SharedKey },
    from: Address,
    now: Instant,
  ): void {
    const { attempt, shared } = own
    const before = this.#stage
    metIn(before)?.session.wipe()
    if (before.kind === 'established') this.#pushClosed('replaced')
    if (!this.#wantedKey?.equals(dhtKey)) {
      this.#context.events.push({ kind: 'friendDhtKey', realKey: this.realKey, dhtKey })
    }
    this.#want(dhtKey, now)
    this.#noteHeard(from, now)
    attempt.replacePacket(this.#handshakeOn(peer.ownCookie, dhtKey, attempt, now), now)
    const session = this.#createSession(peer, attempt, shared, now)
    const startedAt = Math.floor(now)
    this.#stage = { kind: 'accepted', attempt, session, dhtKey, peerSessionKey: peer.sessionKey, startedAt }
    const packet = attempt.take(now)
    // Sent already: the peer's handshake answers it.
    if (before.kind !== 'handshakeSent') this.#sendToBest(packet, now)
    session.sendRequest(now)
    session.hasten(now)
  }

  #createSession(peer: HandshakePlain, attempt: Attempt, shared: SharedKey, now: Instant): Session {
    const { sendBudget, receiveBudget, transmits } = this.#context
    const nonces = { ownBaseNonce: attempt.keys.baseNonce, peerBaseNonce: peer.baseNonce }
    const { roundTrip } = attempt
    const addresses = this.#addresses
    return new Session({ shared, ...nonces, sendBudget, receiveBudget, roundTrip, addresses, transmits }, now)
  }

  /** The first data packet opened: the peer has our session key, too. */
  #confirm(accepted: AcceptedStage, address: Address, now: Instant): void {
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
  }

  /** Ends what the peer ended, or what fell silent, and looks for the peer again where it was. */
  #endAndBegin(reason: ClosedReason, beginAt: Instant, now: Instant): void {
    const met = metIn(this.#stage)
    if (met) this.#want(met.dhtKey, now)
    if (this.#stage.kind === 'established') this.#pushClosed(reason)
    wipeStage(this.#stage)
    this.#stage = { kind: 'idle', beginAt }
    if (beginAt <= now) this.#begin(now)
  }

  /** Ends whatever there is, telling a peer that we are connected to. */
  #end(reason: ClosedReason, now: Instant): void {
    this.established?.sendKill(now)
    if (this.established) this.#pushClosed(reason)
    wipeStage(this.#stage)
    this.#stage = IDLE
  }

  #pushClosed(reason: ClosedReason): void {
    this.#context.events.push({ kind: 'closed', realKey: this.realKey, reason })
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
