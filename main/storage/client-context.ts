import { equalBytes, toHex } from '../base/bytes.ts'
import type { Counters } from '../base/counters.ts'
import { ExpiringMap } from '../base/expiring-map.ts'
import { LruMap } from '../base/lru-map.ts'
import { Queue } from '../base/queue.ts'
import type { Random } from '../base/random.ts'
import { type Instant, MINUTE_MS } from '../base/time.ts'
import type { ProofTask } from '../pow/proof.ts'
import { type Contact, contactId } from '../ring/contact.ts'
import type { Exchange, ExchangeEvent, RequestId, RequestOptions } from '../ring/exchange.ts'
import type { FoundMember, LookupId, LookupOptions, Payload, RingAccess, RingsEvent } from '../ring/ring-access.ts'
import type { StorageKind } from '../wire/storage-packets.ts'
import type { WholeDeposit } from '../wire/storage-proof.ts'
import type { SignedHeader } from '../wire/storage-record.ts'
import { NodeTrust } from './node-trust.ts'
import { isHeaderAuthentic, recordIdOf } from './record.ts'
import type { JobId, StorageClientEvent } from './storage-events.ts'
import type { TransferEvent, TransferId, Transfers } from './transfers.ts'

const EVENTS_MAX = 16_384
const VERIFIED_MAX = 1_024
const TOKENS_MAX = 4_096
/** A node's tokens live 5 to 10 minutes. */
const TOKEN_LIFE_MS = 4 * MINUTE_MS

/** What came back: an answer, or undefined for silence. */
export type Answer = Payload | undefined

type AnswerHandler = (answer: Answer, now: Instant) => void
type FoundEvent = Extract<RingsEvent, { kind: 'found' | 'notFound' }>

/** Our own storage node, which is a holder like any other where a place falls to us. */
export interface OwnNode {
  answerSelf(request: Payload, now: Instant): Payload | undefined
  depositSelf(deposit: WholeDeposit, now: Instant): Payload
}

export interface ClientContextOptions {
  readonly exchange: Exchange
  readonly rings: RingAccess
  readonly transfers: Transfers
  readonly ownNode: OwnNode
  readonly random: Random
  readonly counters: Counters
}

/**
 * What all operations of the storage client share: how to ask a node (or ourselves), who waits for which answer, what
 * was verified already, and which nodes are not to be used. It decides nothing.
 */
export class ClientContext {
  readonly rings: RingAccess
  readonly exchange: Exchange
  readonly transfers: Transfers
  readonly counters: Counters
  readonly random: Random
  readonly trust = new NodeTrust()
  readonly #ownNode: OwnNode
  readonly #answers = new Map<RequestId, AnswerHandler>()
  readonly #lookups = new Map<LookupId, (event: FoundEvent, now: Instant) => void>()
  readonly #transfers = new Map<TransferId, (event: TransferEvent, now: Instant) => void>()
  readonly #jobs = new Map<JobId, JobHandlers>()
  readonly #later: ((now: Instant) => void)[] = []
  readonly #tokens = new ExpiringMap<string, Uint8Array>(TOKEN_LIFE_MS, TOKENS_MAX, 'storage: forget tokens')
  readonly #headers = new LruMap<string, Uint8Array>(VERIFIED_MAX)
  readonly #events = new Queue<StorageClientEvent>(EVENTS_MAX)
  #nextJobId = 1

  constructor({ exchange, rings, transfers, ownNode, random, counters }: ClientContextOptions) {
    this.exchange = exchange
    this.rings = rings
    this.transfers = transfers
    this.counters = counters
    this.random = random
    this.#ownNode = ownNode
  }

  emit(event: StorageClientEvent): void {
    if (!this.#events.push(event)) this.counters.add('storage client: event dropped')
  }

  pollEvent(): StorageClientEvent | undefined {
    return this.#events.poll()
  }

  /** Asks a member, which may be ourselves; the handler is called later, never within this call. */
  ask(
    to: FoundMember,
    kind: StorageKind,
    body: Uint8Array,
    now: Instant,
    handler: AnswerHandler,
    options?: RequestOptions,
  ): RequestId | undefined {
    if (to.isSelf) {
      const answer = this.#ownNode.answerSelf({ kind, body }, now)
      this.#later.push((then) => handler(answer, then))
      return undefined
    }
    const requestId = this.exchange.request(to.contact, kind, body, 'storage', now, options)
    this.#answers.set(requestId, handler)
    return requestId
  }

  depositToSelf(deposit: WholeDeposit, now: Instant, handler: AnswerHandler): void {
    const answer = this.#ownNode.depositSelf(deposit, now)
    this.#later.push((then) => handler(answer, then))
  }

  forgetRequest(requestId: RequestId): void {
    if (this.#answers.delete(requestId)) this.exchange.cancel(requestId)
  }

  lookup(
    places: readonly number[],
    options: LookupOptions,
    now: Instant,
    handler: (event: FoundEvent, now: Instant) => void,
  ): LookupId {
    const lookupId = this.rings.lookup(places, now, options)
    this.#lookups.set(lookupId, handler)
    return lookupId
  }

  forgetLookup(lookupId: LookupId): void {
    if (this.#lookups.delete(lookupId)) this.rings.cancelLookup(lookupId)
  }

  watchTransfer(transferId: TransferId, handler: (event: TransferEvent, now: Instant) => void): void {
    this.#transfers.set(transferId, handler)
  }

  forgetTransfer(transferId: TransferId): void {
    if (this.#transfers.delete(transferId)) this.transfers.cancel(transferId)
  }

  /** Has a proof computed by the outside. */
  solve(job: ProofTask, handlers: JobHandlers): JobId {
    const jobId = this.#nextJobId as JobId
    this.#nextJobId += 1
    this.#jobs.set(jobId, handlers)
    this.emit({ kind: 'solve', jobId, job })
    return jobId
  }

  forgetJob(jobId: JobId): void {
    if (this.#jobs.delete(jobId)) this.emit({ kind: 'cancelSolve', jobId })
  }

  tokenOf(member: FoundMember, now: Instant): Uint8Array | undefined {
    return member.token ?? this.#tokens.get(contactId(member.contact), now)
  }

  keepToken(contact: Contact, token: Uint8Array, now: Instant): void {
    this.#tokens.expire(now)
    this.#tokens.set(contactId(contact), token.slice(), now)
  }

  /** Whether the mailbox key signed a header; the same header of several nodes is verified once. */
  isHeaderRight(signed: SignedHeader): boolean {
    const id = toHex(recordIdOf(signed.header))
    const known = this.#headers.get(id)
    if (known && equalBytes(known, signed.signature)) return true
    if (!isHeaderAuthentic(signed)) return false
    this.#headers.set(id, signed.signature.slice())
    return true
  }

  handleExchangeEvent(event: ExchangeEvent, now: Instant): boolean {
    const handler = this.#answers.get(event.requestId)
    if (!handler) return false
    this.#answers.delete(event.requestId)
    handler(event.kind === 'answered' ? { kind: event.responseKind, body: event.body } : undefined, now)
    return true
  }

  handleRingsEvent(event: FoundEvent, now: Instant): boolean {
    const handler = this.#lookups.get(event.lookupId)
    handler?.(event, now)
    return handler !== undefined
  }

  handleTransferEvent(event: TransferEvent, now: Instant): void {
    const handler = this.#transfers.get(event.transferId)
    this.#transfers.delete(event.transferId)
    handler?.(event, now)
  }

  handleProof(jobId: JobId, solutions: readonly number[] | 'cancelled', now: Instant): void {
    const handlers = this.#jobs.get(jobId)
    this.#jobs.delete(jobId)
    handlers?.solved(solutions === 'cancelled' ? undefined : solutions, now)
  }

  handleProofProgress(jobId: JobId, done: number, total: number): void {
    this.#jobs.get(jobId)?.progressed(total > 0 ? Math.min(1, done / total) : 0)
  }

  /** Runs what our own node answered. */
  settle(now: Instant): void {
    for (let next = this.#later.shift(); next; next = this.#later.shift()) next(now)
  }
}

export interface JobHandlers {
  /** Undefined: the outside gave the job up. */
  readonly solved: (solutions: readonly number[] | undefined, now: Instant) => void
  /** fraction: 0 to 1. */
  readonly progressed: (fraction: number) => void
}
