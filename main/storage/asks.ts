import type { Instant } from '../base/time.ts'
import { SECOND_MS } from '../base/time.ts'
import { type Contact } from '../ring/contact.ts'
import type { Exchange, ExchangeEvent, RequestId } from '../ring/exchange.ts'
import type { FoundMember, LookupId, RingAccess, RingsEvent } from '../ring/ring-access.ts'
import { EXTENSION_DATAGRAM_BYTES_MAX, EXTENSION_BODY_BYTES_MAX } from '../wire/extension-packet.ts'
import type { TransferEvent, TransferId, TransferReady, Transfers } from './transfers.ts'
import type { UpkeepBudget } from './upkeep-budget.ts'

/** A check without answer is repeated 3 times within 10 s before it is a miss. */
const ATTEMPTS_MAX = 4
const TIMEOUT_MS = 10 * SECOND_MS
/** What a datagram has around the body: our packet and envelope, UDP and IP. */
const HEADERS_BYTES = EXTENSION_DATAGRAM_BYTES_MAX - EXTENSION_BODY_BYTES_MAX + 28

/** An answer, with its kind. */
export interface Reply {
  readonly kind: number
  readonly body: Uint8Array
}

export type ReplyHandler = (reply: Reply | undefined, now: Instant) => void
/** undefined: nobody who owns the place answered. */
export type MembersHandler = (members: readonly FoundMember[] | undefined, now: Instant) => void
export type BytesHandler = (bytes: Uint8Array | undefined, now: Instant) => void

export interface AsksOptions {
  readonly exchange: Exchange
  readonly rings: RingAccess
  readonly transfers: Transfers
  readonly budget: UpkeepBudget
}

/**
 * Upkeep's questions under way, each with what is to be done when its answer is there. Handlers are called once, with
 * undefined for silence; a question that ended is forgotten, so the tables are as small as what is under way.
 */
export class Asks {
  readonly #exchange: Exchange
  readonly #rings: RingAccess
  readonly #transfers: Transfers
  readonly #budget: UpkeepBudget
  readonly #replies = new Map<RequestId, ReplyHandler>()
  readonly #lookups = new Map<LookupId, MembersHandler>()
  readonly #incoming = new Map<TransferId, BytesHandler>()

  constructor({ exchange, rings, transfers, budget }: AsksOptions) {
    this.#exchange = exchange
    this.#rings = rings
    this.#transfers = transfers
    this.#budget = budget
  }

  get count(): number {
    return this.#replies.size + this.#lookups.size + this.#incoming.size
  }

  ask(to: Contact, kind: number, body: Uint8Array, now: Instant, then: ReplyHandler): void {
    this.#budget.spend(body.length + HEADERS_BYTES, now)
    const options = { attemptsMax: ATTEMPTS_MAX, timeoutMs: TIMEOUT_MS }
    this.#replies.set(this.#exchange.request(to, kind, body, 'upkeep', now, options), then)
  }

  /** The first nodes at a place of one ring. */
  find(ring: number, place: number, now: Instant, then: MembersHandler): void {
    const places = Array.from({ length: this.#rings.ringCount }, () => place)
    this.#lookups.set(this.#rings.lookup(places, now, { rings: [ring] }), then)
  }

  /** Takes what `ready` announces. */
  receive(from: Contact, ready: TransferReady, now: Instant, then: BytesHandler): void {
    const transferId = this.#transfers.receive(from, ready, 'upkeep', now)
    if (transferId === undefined) then(undefined, now)
    else this.#incoming.set(transferId, then)
  }

  /** An answer of the exchange to a request of owner `upkeep`, or its time-out. */
  handleAnswer(event: ExchangeEvent, now: Instant): void {
    const then = this.#replies.get(event.requestId)
    if (!then) return
    this.#replies.delete(event.requestId)
    if (event.kind === 'timedOut') this.#rings.reportSilent(event.to, now)
    then(event.kind === 'answered' ? { kind: event.responseKind, body: event.body } : undefined, now)
  }

  /** Returns whether the event was the outcome of a lookup of ours. */
  handleRingsEvent(event: RingsEvent, now: Instant): boolean {
    if (event.kind !== 'found' && event.kind !== 'notFound') return false
    const then = this.#lookups.get(event.lookupId)
    if (!then) return false
    this.#lookups.delete(event.lookupId)
    then(event.kind === 'found' ? event.members : undefined, now)
    return true
  }

  handleTransferEvent(event: TransferEvent, now: Instant): void {
    const then = this.#incoming.get(event.transferId)
    if (!then || event.kind === 'sent') return
    this.#incoming.delete(event.transferId)
    then(event.kind === 'received' ? event.bytes : undefined, now)
  }
}
