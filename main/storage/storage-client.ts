import { equalBytes } from '../base/bytes.ts'
import type { Counters } from '../base/counters.ts'
import type { Random } from '../base/random.ts'
import type { Instant, Wake } from '../base/time.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { Exchange, ExchangeEvent } from '../ring/exchange.ts'
import type { RingAccess, RingsEvent } from '../ring/ring-access.ts'
import type { ProofAlgorithm, Receipt } from '../wire/storage-proof.ts'
import { type RecordHeader, TOMBSTONE_KIND, type TombstoneEntry } from '../wire/storage-record.ts'
import { ClientContext, type OwnNode } from './client-context.ts'
import { DepositOperation } from './deposit-operation.ts'
import { type DepositPlan, insertPlan, renewPlan } from './deposit-plan.ts'
import { EFFORT_FORMULA, type EffortFormula } from './effort.ts'
import { FetchOperation, type FetchOptions } from './fetch-operation.ts'
import type { Operation } from './operation.ts'
import { cancelledEntry, collectedEntry, collectHashOf, recordIdOf, signRenewal } from './record.ts'
import { RemoveOperation } from './remove-operation.ts'
import { StatusOperation } from './status-operation.ts'
import type { JobId, OperationId, StorageClientEvent } from './storage-events.ts'
import type { Transfers } from './transfers.ts'

export interface StorageClientOptions {
  readonly exchange: Exchange
  readonly rings: RingAccess
  readonly transfers: Transfers
  /** Our own StorageNode: a holder without datagrams wherever a place falls to ourselves. */
  readonly ownNode: OwnNode
  readonly random: Random
  readonly counters: Counters
  readonly formula?: EffortFormula
}

export interface DepositOptions {
  readonly algorithm: ProofAlgorithm
  /** Of earlier tries: a node that gave one and asks for a proof again has lost the record. */
  readonly receipts?: readonly Receipt[]
}

export interface StatusOptions {
  readonly watchedSlots?: readonly number[]
  readonly receipts?: readonly Receipt[]
}

/** What is to go, and what proves that it may. */
export type RemoveEntry =
  /** By RECEIVER, once the record is in its own database. collectSecret: c, which only who opened the record knows. */
  | {
      readonly kind: 'collected'
      readonly slot: number
      readonly bodyHash: Uint8Array
      readonly collectSecret: Uint8Array
    }
  /** By SENDER. collectHash: of the record's header, to check a `collected` that beats this; without it the caller does. */
  | {
      readonly kind: 'cancelled'
      readonly slot: number
      readonly bodyHash: Uint8Array
      readonly collectHash?: Uint8Array
    }

/**
 * What we ask of the storage nodes: insert and update, renew, remove, status and fetch, each an operation that ends
 * with `finished`. It keeps nothing that must survive a restart: the caller holds records, receipts and keys, and
 * begins an operation again with the same bytes. Proofs are computed outside (`solve`, `handleProof`).
 *
 * source  offline-messaging.md sections 3, 5 and 6
 */
export class StorageClient {
  readonly #context: ClientContext
  readonly #formula: EffortFormula
  readonly #operations = new Map<OperationId, Operation>()
  #nextOperationId = 1

  constructor({ formula = EFFORT_FORMULA, ...context }: StorageClientOptions) {
    this.#context = new ClientContext(context)
    this.#formula = formula
  }

  get operationCount(): number {
    return this.#operations.size
  }

  /**
   * Stores a record, or an update of its slot (a revision above 0).
   *
   * record  signed header (206 bytes) and sealed body, final bytes: a retry gives the same ones
   */
  insert(record: Uint8Array, options: DepositOptions, now: Instant): OperationId {
    return this.#deposit(insertPlan(record.slice(), options.algorithm, this.#formula), options.receipts ?? [], now)
  }

  /** Sets the end of a stored record anew at all its holders. counter: above all earlier ones; notAfter: whole seconds. */
  renew(
    signer: SigningKey,
    header: RecordHeader,
    { counter, notAfter }: { readonly counter: number; readonly notAfter: Instant },
    { algorithm }: DepositOptions,
    now: Instant,
  ): OperationId {
    const renewal = signRenewal(signer, recordIdOf(header), counter, notAfter)
    return this.#deposit(renewPlan(header, renewal, algorithm, this.#formula), [], now)
  }

  /** Puts tombstones in place of records: one entry a slot. */
  remove(signer: SigningKey, entries: readonly RemoveEntry[], now: Instant): OperationId {
    const hashes = new Map(
      entries.map((entry) => [entry.slot, entry.kind === 'cancelled' ? entry.collectHash : undefined]),
    )
    return this.#begin(
      (operationId) =>
        new RemoveOperation({
          context: this.#context,
          operationId,
          signer,
          entries: entries.map((entry) => tombstoneEntryOf(signer, entry)),
          isTrue: (found) => {
            const hash = hashes.get(found.slot)
            const isCollected = found.kind === TOMBSTONE_KIND.collected
            return isCollected && (hash === undefined || equalBytes(collectHashOf(found.collectSecret), hash))
          },
        }),
      now,
    )
  }

  /**
   * Asks who holds our records.
   *
   * records       the newest header of each slot that is asked about
   * watchedSlots  slots that we have not written: what stands there anyhow is told, once proved
   * receipts      that we have for them: a node that gave one and holds nothing is not used again
   */
  status(
    signer: SigningKey,
    records: readonly RecordHeader[],
    { watchedSlots = [], receipts = [] }: StatusOptions,
    now: Instant,
  ): OperationId {
    return this.#begin(
      (operationId) =>
        new StatusOperation({ context: this.#context, operationId, signer, records, watchedSlots, receipts }),
      now,
    )
  }

  /** Brings what lies in a mailbox. */
  fetch(signer: SigningKey, options: FetchOptions, now: Instant): OperationId {
    return this.#begin(
      (operationId) => new FetchOperation({ ...options, context: this.#context, operationId, signer }),
      now,
    )
  }

  /** Ends an operation: no more is sent, proofs stop before the next puzzle. An unknown or ended one is no error. */
  cancel(operationId: OperationId, now: Instant): void {
    this.#operations.get(operationId)?.cancel(now)
    this.#settle(now)
  }

  /** A proof is done: one nonce a puzzle; or the outside gave it up. */
  handleProof(jobId: JobId, solutions: readonly number[] | 'cancelled', now: Instant): void {
    this.#context.handleProof(jobId, solutions, now)
    this.#settle(now)
  }

  /** done of total puzzles. */
  handleProofProgress(jobId: JobId, done: number, total: number): void {
    this.#context.handleProofProgress(jobId, done, total)
  }

  /** Lookups that ended. Returns false if the event is somebody else's. */
  handleRingsEvent(event: RingsEvent, now: Instant): boolean {
    if (event.kind !== 'found' && event.kind !== 'notFound') return false
    const isOurs = this.#context.handleRingsEvent(event, now)
    this.#settle(now)
    return isOurs
  }

  /** Events of the exchange for its owner `storage`. Returns false if the request was somebody else's. */
  handleExchangeEvent(event: ExchangeEvent, now: Instant): boolean {
    const isOurs = this.#context.handleExchangeEvent(event, now)
    this.#settle(now)
    return isOurs
  }

  /** Events of the transfers for their owner `client`. */
  drainTransfers(now: Instant): void {
    for (;;) {
      const event = this.#context.transfers.pollEvent('client')
      if (!event) break
      this.#context.handleTransferEvent(event, now)
    }
    this.#settle(now)
  }

  pollEvent(): StorageClientEvent | undefined {
    return this.#context.pollEvent()
  }

  nextTimeout(): Wake | undefined {
    let at: Instant | undefined
    for (const operation of this.#operations.values()) {
      const next = operation.nextTimeout()
      if (next !== undefined && (at === undefined || next < at)) at = next
    }
    return at === undefined ? undefined : { at, why: 'storage client: ask another or repeat' }
  }

  handleTimeout(now: Instant): void {
    for (const operation of this.#operations.values()) {
      const at = operation.nextTimeout()
      if (at !== undefined && at <= now) operation.handleTimeout(now)
    }
    this.#settle(now)
  }

  #deposit(plan: DepositPlan, receipts: readonly Receipt[], now: Instant): OperationId {
    return this.#begin(
      (operationId) => new DepositOperation({ context: this.#context, operationId, plan, receipts }),
      now,
    )
  }

  #begin(create: (operationId: OperationId) => Operation, now: Instant): OperationId {
    const operationId = this.#nextOperationId as OperationId
    this.#nextOperationId += 1
    const operation = create(operationId)
    this.#operations.set(operationId, operation)
    operation.start(now)
    this.#settle(now)
    return operationId
  }

  #settle(now: Instant): void {
    this.#context.settle(now)
    for (const operation of this.#operations.values()) {
      if (operation.isOver) this.#operations.delete(operation.operationId)
    }
  }
}

function tombstoneEntryOf(signer: SigningKey, entry: RemoveEntry): TombstoneEntry {
  return entry.kind === 'collected'
    ? collectedEntry(entry.slot, entry.bodyHash, entry.collectSecret)
    : cancelledEntry(signer, entry.slot, entry.bodyHash)
}
