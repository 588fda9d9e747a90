import { assert } from '../base/assert.ts'
import { equalBytes } from '../base/bytes.ts'
import type { Counters } from '../base/counters.ts'
import { Queue } from '../base/queue.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { type Instant, MINUTE_MS, type Wake } from '../base/time.ts'
import type { Transmits } from '../base/transmit.ts'
import { encodeView } from '../wire/codec.ts'
import type { DhtEnvelopes } from '../wire/dht-envelope.ts'
import {
  EXTENSION_BODY_BYTES_MAX,
  EXTENSION_DATAGRAM_BYTES_MAX,
  EXTENSION_PACKET_ID,
  extensionPacket,
  REQUEST_ID_BYTES,
} from '../wire/extension-packet.ts'
import { type Contact, isSameContact } from './contact.ts'
import { RoundTrips } from './round-trips.ts'

/** Requests under way at once; a further one fails as if nobody had answered. */
const PENDING_MAX = 4_096
/** With 5 % of datagrams lost each way, four copies fail once in ten thousand times. */
const ATTEMPTS_MAX_DEFAULT = 4
/** RFC 6298 doubles the wait; peers here end more often than paths clog. */
const BACKOFF_FACTOR = 1.5
/** With more requests under way than so many, a wake too many is cheaper than looking for the next one. */
const FEW_PENDING = 32
/** How long an answer proves that somebody listens at an address. */
const PROVEN_FOR_MS = 10 * MINUTE_MS

/** Names of counters: bytes of storing for others, that is of all storage but what this node asks for itself. */
export const STORING_SENT = 'storage: bytes sent'
export const STORING_RECEIVED = 'storage: bytes received'

/** Kinds below are the rings', from here on storage's (wire/extension-packet.ts). */
export const FIRST_STORAGE_KIND = 0x40

/** Who asked, and so who gets the outcome. */
export type ExchangeOwner = 'ring' | 'storage' | 'upkeep'

/** Names one request of ours: the first 6 bytes of its requestId as a number. */
export type RequestId = number & { readonly kindOfId: 'request' }

export interface RequestOptions {
  /** How often the datagram is sent at most; each wait is half as long again as the one before. Default 4. */
  readonly attemptsMax?: number
  /** Give up after so long at the latest. Without it the attempts decide. */
  readonly timeoutMs?: number
}

export interface Answered {
  readonly kind: 'answered'
  readonly requestId: RequestId
  readonly from: Contact
  /** The kind of request this answers, and the kind of the answer: the owner checks that they fit. */
  readonly requestKind: number
  readonly responseKind: number
  readonly body: Uint8Array
  /** From the first copy sent to the answer. */
  readonly rttMs: number
}

export interface TimedOut {
  readonly kind: 'timedOut'
  readonly requestId: RequestId
  readonly requestKind: number
  readonly to: Contact
}

export type ExchangeEvent = Answered | TimedOut

interface Pending {
  readonly requestId: RequestId
  readonly idBytes: Uint8Array
  readonly to: Contact
  readonly kind: number
  readonly owner: ExchangeOwner
  readonly packet: Uint8Array
  readonly firstSentAt: Instant
  readonly giveUpAt: Instant
  readonly attemptsMax: number
  attempts: number
  intervalMs: number
  nextAt: Instant
}

export interface ExchangeOptions {
  readonly envelopes: DhtEnvelopes
  readonly random: Random
  readonly transmits: Transmits
  readonly counters: Counters
}

/**
 * Requests and answers between nodes that speak the extension, for ring and storage.
 *
 * Repeats a request that stays unanswered (the same bytes, so the peer may see it twice: handlers are idempotent), with
 * waits from measured round trips (RFC 6298). An answer counts only from the key and the address that were asked. It
 * knows nothing of what the bodies mean, and answers nothing by itself.
 */
export class Exchange {
  readonly #envelopes: DhtEnvelopes
  readonly #random: Random
  readonly #transmits: Transmits
  readonly #counters: Counters
  readonly #roundTrips = new RoundTrips()
  readonly #pending = new Map<RequestId, Pending>()
  readonly #events: Readonly<Record<ExchangeOwner, Queue<ExchangeEvent>>> = {
    // Each request gives one event, and events are drained after every input.
    ring: new Queue(2 * PENDING_MAX),
    storage: new Queue(2 * PENDING_MAX),
    upkeep: new Queue(2 * PENDING_MAX),
  }
  #nextAt = Number.POSITIVE_INFINITY

  constructor({ envelopes, random, transmits, counters }: ExchangeOptions) {
    this.#envelopes = envelopes
    this.#random = random
    this.#transmits = transmits
    this.#counters = counters
  }

  get pendingCount(): number {
    return this.#pending.size
  }

  /**
   * Asks `to`; the outcome comes as an event to `owner`.
   *
   * body     at most 1,318 bytes
   */
  request(
    to: Contact,
    kind: number,
    body: Uint8Array,
    owner: ExchangeOwner,
    now: Instant,
    { attemptsMax = ATTEMPTS_MAX_DEFAULT, timeoutMs = Number.POSITIVE_INFINITY }: RequestOptions = {},
  ): RequestId {
    const idBytes = randomBytes(this.#random, REQUEST_ID_BYTES)
    const requestId = requestIdOf(idBytes)
    const packet = this.#seal(to, kind, idBytes, body)
    if (!packet || this.#pending.size >= PENDING_MAX) {
      this.#counters.add('exchange: request refused')
      this.#raise(owner, { kind: 'timedOut', requestId, requestKind: kind, to })
      return requestId
    }
    const intervalMs = this.#roundTrips.timeoutMs(to)
    const giveUpAt = now + timeoutMs
    const nextAt = Math.min(now + intervalMs, giveUpAt)
    const progress = { firstSentAt: now, giveUpAt, attemptsMax, attempts: 1, intervalMs, nextAt }
    this.#pending.set(requestId, { requestId, idBytes, to, kind, owner, packet, ...progress })
    this.#nextAt = this.#pending.size === 1 ? nextAt : Math.min(this.#nextAt, nextAt)
    this.#send(packet, to, owner === 'upkeep')
    return requestId
  }

  /** Forgets a request: no event will come of it. */
  cancel(requestId: RequestId): void {
    this.#forget(requestId)
  }

  /** Answers a request. body: at most 1,318 bytes. */
  respond(to: Contact, kind: number, requestId: Uint8Array, body: Uint8Array, _now: Instant): void {
    this.#say(to, kind, requestId, body, kind >= FIRST_STORAGE_KIND)
  }

  /** Says something that asks for no answer, once. body: at most 1,318 bytes. isStoring: it is about storing for others. */
  notify(to: Contact, kind: number, body: Uint8Array, _now: Instant, isStoring = false): void {
    this.#say(to, kind, randomBytes(this.#random, REQUEST_ID_BYTES), body, isStoring)
  }

  /**
   * Takes any extension packet that arrived.
   *
   * returns  true if it answered a request of ours (the owner gets the event); false: it is a request or a notice, or late
   */
  handleResponse(from: Contact, requestId: Uint8Array, kind: number, body: Uint8Array, now: Instant): boolean {
    const pending = this.#pending.get(requestIdOf(requestId))
    if (!pending || !equalBytes(pending.idBytes, requestId) || !isSameContact(pending.to, from)) return false
    this.#forget(pending.requestId)
    const rttMs = now - pending.firstSentAt
    this.#roundTrips.recordAnswer(pending.to, pending.attempts === 1 ? rttMs : undefined, now)
    const { requestId: id, to, kind: requestKind, owner } = pending
    if (owner === 'upkeep') this.#counters.add(STORING_RECEIVED, datagramBytes(body))
    this.#raise(owner, { kind: 'answered', requestId: id, from: to, requestKind, responseKind: kind, body, rttMs })
    return true
  }

  /** Smoothed round trip of a contact that was measured. */
  rttMs(contact: Contact): number | undefined {
    return this.#roundTrips.rttMs(contact)
  }

  /** After how long nine in ten answers of this contact are there: when to ask a second one. */
  hedgeAfterMs(contact: Contact): number {
    return this.#roundTrips.hedgeAfterMs(contact)
  }

  /** Whether the contact left a request unanswered within the last 30 s and has answered nothing since. */
  isDoubtful(contact: Contact, now: Instant): boolean {
    return this.#roundTrips.isDoubtful(contact, now)
  }

  /** Whether this key answered from this address within the last 10 minutes: only then may we send it more than it sent. */
  hasAnswered(contact: Contact, now: Instant): boolean {
    const answeredAt = this.#roundTrips.answeredAt(contact)
    return answeredAt !== undefined && now - answeredAt < PROVEN_FOR_MS
  }

  pollEvent(owner: ExchangeOwner): ExchangeEvent | undefined {
    return this.#events[owner].poll()
  }

  nextTimeout(): Wake | undefined {
    return this.#pending.size === 0 ? undefined : { at: this.#nextAt, why: 'exchange: repeat or give up' }
  }

  handleTimeout(now: Instant): void {
    if (now < this.#nextAt) return
    let nextAt = Number.POSITIVE_INFINITY
    for (const pending of this.#pending.values()) {
      if (pending.nextAt <= now && !this.#repeat(pending, now)) continue
      nextAt = Math.min(nextAt, pending.nextAt)
    }
    this.#nextAt = nextAt
  }

  /** Most requests are answered in time: whoever waits for the next repeat need not be woken for them. */
  #forget(requestId: RequestId): void {
    const pending = this.#pending.get(requestId)
    if (!pending) return
    this.#pending.delete(requestId)
    if (pending.nextAt <= this.#nextAt && this.#pending.size <= FEW_PENDING) this.#nextAt = this.#soonest()
  }

  #soonest(): Instant {
    let soonest = Number.POSITIVE_INFINITY
    for (const { nextAt } of this.#pending.values()) soonest = Math.min(soonest, nextAt)
    return soonest
  }

  /** Sends the request once more and returns true, or gives it up. */
  #repeat(pending: Pending, now: Instant): boolean {
    this.#roundTrips.recordTimeout(pending.to)
    if (pending.attempts >= pending.attemptsMax || now >= pending.giveUpAt) {
      this.#pending.delete(pending.requestId)
      this.#roundTrips.recordSilence(pending.to, now)
      const { requestId, to, kind } = pending
      this.#raise(pending.owner, { kind: 'timedOut', requestId, requestKind: kind, to })
      return false
    }
    pending.attempts += 1
    pending.intervalMs *= BACKOFF_FACTOR
    pending.nextAt = Math.min(now + pending.intervalMs, pending.giveUpAt)
    this.#counters.add('exchange: repeated')
    this.#send(pending.packet, pending.to, pending.owner === 'upkeep')
    return true
  }

  #say(to: Contact, kind: number, requestId: Uint8Array, body: Uint8Array, isStoring: boolean): void {
    const packet = this.#seal(to, kind, requestId, body)
    if (packet) this.#send(packet, to, isStoring)
  }

  #send(packet: Uint8Array, to: Contact, isStoring: boolean): void {
    if (isStoring) this.#counters.add(STORING_SENT, packet.length)
    this.#transmits.send(packet, to.address)
  }

  #seal(to: Contact, kind: number, requestId: Uint8Array, body: Uint8Array): Uint8Array | undefined {
    assert(body.length <= EXTENSION_BODY_BYTES_MAX, `an extension body of ${body.length} bytes does not fit a datagram`)
    return this.#envelopes.seal(EXTENSION_PACKET_ID, to.key, encodeView(extensionPacket, { kind, requestId, body }))
  }

  #raise(owner: ExchangeOwner, event: ExchangeEvent): void {
    assert(this.#events[owner].push(event), 'nobody drains the events of the exchange')
  }
}

/** How long the datagram was that brought an extension body. */
export function datagramBytes(body: Uint8Array): number {
  return body.length + EXTENSION_DATAGRAM_BYTES_MAX - EXTENSION_BODY_BYTES_MAX
}

/** Sent ids have 8 bytes, of which 6 are exact in a number; the rest is compared where an answer claims one. */
export function requestIdOf(bytes: Uint8Array): RequestId {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes
  return ((a * 256 + b) * 2 ** 32 + (((c << 24) | (d << 16) | (e << 8) | f) >>> 0)) as RequestId
}
