import { type Instant, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { curveKeyOf } from '../crypto/sign.ts'
import { type Standing, STORAGE_KIND } from '../wire/storage-packets.ts'
import type { Receipt } from '../wire/storage-proof.ts'
import { equalBytes } from '../base/bytes.ts'
import type { ClientContext } from './client-context.ts'
import { ClockSamples } from './clock-samples.ts'
import type { DepositPlan } from './deposit-plan.ts'
import { type Choice, copiesWanted, HolderChoice } from './holder-choice.ts'
import { HolderDeposit, type HolderFailure, type HolderReports } from './holder-deposit.ts'
import type { Operation } from './operation.ts'
import { ProofProgress } from './proof-progress.ts'
import { recordIdOf } from './record.ts'
import type { Refusal } from './refusal.ts'
import { type FoundRing, RingFinder } from './ring-finder.ts'
import type { DepositOutcome, OperationId } from './storage-events.ts'

/** Copies that may come to be beyond the target, where nobody knows what became of a deposit. */
const SPARE_COPIES = 2
/** While a proof is computed the path to its node is kept open. */
const KEEP_ALIVE_MS = 20 * SECOND_MS
const RETRY_MS = MINUTE_MS
/** How long rings that were found wait for one before them. */
const ORDER_MS_MAX = SECOND_MS

export interface DepositOperationOptions {
  readonly context: ClientContext
  readonly operationId: OperationId
  readonly plan: DepositPlan
  /** Of earlier tries with the same record. */
  readonly receipts: readonly Receipt[]
}

/**
 * Insert, update or renew: finds the first 4 nodes of each ring, has as many as are wanted take the record, and puts
 * another in the place of each that refuses, lies or stays silent. The PROOF_REQUEST goes along with the lookups.
 *
 * source  offline-messaging.md sections 3, 5 and 6
 */
export class DepositOperation implements Operation {
  readonly operationId: OperationId
  readonly #context: ClientContext
  readonly #plan: DepositPlan
  readonly #finder: RingFinder
  readonly #choice: HolderChoice
  readonly #earlier: ReadonlySet<string>
  readonly #active = new Map<string, HolderDeposit>()
  readonly #receipts = new Map<string, PublicKey>()
  /** Nodes that may hold a copy without having said so. */
  readonly #uncertain = new Set<string>()
  readonly #silent: PublicKey[] = []
  readonly #progress = new ProofProgress()
  readonly #clocks = new ClockSamples()
  readonly #reports: HolderReports
  /** Rings found and not given their roles yet. */
  readonly #found = new Map<number, FoundRing>()
  #nextRing = 0
  #orderUntil: Instant | undefined
  #wanted: number | undefined
  #retryAt: Instant | undefined
  #keepAliveAt: Instant | undefined
  /** A node that is not our own gave a receipt. */
  #hasHeardOther = false
  #isOver = false

  constructor({ context, operationId, plan, receipts }: DepositOperationOptions) {
    this.operationId = operationId
    this.#context = context
    this.#plan = plan
    this.#choice = new HolderChoice(plan.header.copiesPerRing)
    this.#earlier = earlierHolders(plan, receipts)
    this.#finder = new RingFinder({
      context,
      mailbox: plan.header.mailbox,
      payload: { kind: STORAGE_KIND.proofRequest, body: plan.request },
      isChoosy: true,
      onRing: (found, now) => {
        this.#found.set(found.ring, found)
        this.#orderUntil ??= now + ORDER_MS_MAX
        this.#takeRings(now)
      },
      onDone: (now) => this.#handleAllFound(now),
    })
    this.#reports = {
      onJob: (jobId, effort) => {
        this.#progress.add(jobId, effort)
        this.#tellProgress()
      },
      onProgress: (jobId, fraction) => {
        this.#progress.set(jobId, fraction)
        this.#tellProgress()
      },
      onRefused: (node, refusal, nodeTime, now) => this.#handleRefused(node, refusal, nodeTime, now),
      onStanding: (node, found, now) => this.#handleStanding(node, found, now),
      onReceipt: (holder, value, now) => this.#handleReceipt(holder, value, now),
      onFailed: (holder, failure, now) => this.#handleFailed(holder, failure, now),
    }
  }

  get isOver(): boolean {
    return this.#isOver
  }

  start(now: Instant): void {
    this.#finder.start(now)
  }

  cancel(now: Instant): void {
    this.#finish('cancelled', now)
  }

  nextTimeout(): Instant | undefined {
    const orderUntil = this.#found.size > 0 ? this.#orderUntil : undefined
    const times = [this.#finder.nextTimeout(), this.#keepAliveAt, orderUntil].filter((at) => at !== undefined)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  handleTimeout(now: Instant): void {
    this.#finder.handleTimeout(now)
    this.#takeRings(now)
    if (this.#keepAliveAt === undefined || now < this.#keepAliveAt) return
    const proving = [...this.#active.values()].filter(({ isProving }) => isProving)
    for (const { member } of proving) {
      if (member.isSelf) continue
      this.#context.exchange.notify(member.contact, STORAGE_KIND.keepAlive, new Uint8Array(0), now)
    }
    this.#keepAliveAt = proving.length > 0 ? now + KEEP_ALIVE_MS : undefined
  }

  /**
   * Gives the rings their roles in their order, so that whoever stores here again, with the same nodes, comes to the
   * same choice: an update then replaces every copy. It costs no time: the last receipt waits for the slowest ring anyway.
   */
  #takeRings(now: Instant): void {
    const isLate = this.#finder.isDone || (this.#orderUntil !== undefined && now >= this.#orderUntil)
    for (const ring of [...this.#found.keys()].sort((left, right) => left - right)) {
      const found = this.#found.get(ring)
      if (!found || (ring > this.#nextRing && !isLate)) return
      this.#found.delete(ring)
      this.#nextRing = Math.max(this.#nextRing, ring + 1)
      this.#choice.addRing(found)
      this.#fill(ring, now)
    }
  }

  #handleAllFound(now: Instant): void {
    this.#takeRings(now)
    if (this.#isOver) return
    this.#wanted = this.#choice.targetFor(this.#context.rings.ringCount)
    this.#context.emit({ kind: 'target', operationId: this.operationId, wanted: this.#wanted })
    this.#fillAnywhere(now)
    this.#finishIfDone(now)
  }

  /** Gives the open roles of a ring to its next nodes. */
  #fill(ring: number, now: Instant): void {
    while (!this.#isOver && this.#hasRoom()) {
      const choice = this.#choice.next(ring)
      if (!choice) return
      this.#engage(choice, now)
    }
  }

  /** Roles that no node of their own ring is left for. */
  #fillAnywhere(now: Instant): void {
    while (!this.#isOver && this.#hasRoom()) {
      const choice = this.#choice.nextAnywhere()
      if (!choice) return
      this.#engage(choice, now)
    }
  }

  /** Fewer nodes have the record or are about to than are wanted, and no more can come of it than may. */
  #hasRoom(): boolean {
    const { ringCount } = this.#context.rings
    const wanted = this.#wanted ?? copiesWanted(this.#plan.header.copiesPerRing, ringCount)
    const planned = this.#receipts.size + this.#active.size
    return planned < wanted && planned + this.#uncertain.size < wanted + SPARE_COPIES
  }

  #engage(choice: Choice, now: Instant): void {
    const { hex } = choice.member.contact.key
    const hasReceipt = this.#plan.operation === 'insert' && this.#earlier.has(hex)
    const common = { context: this.#context, plan: this.#plan, reports: this.#reports }
    const holder = new HolderDeposit({ ...common, choice, hasReceipt })
    this.#active.set(hex, holder)
    this.#keepAliveAt ??= now + KEEP_ALIVE_MS
    holder.start(now)
  }

  #handleReceipt(holder: HolderDeposit, receipt: Receipt, now: Instant): void {
    const { node, ring, member } = holder
    this.#active.delete(node.hex)
    this.#receipts.set(node.hex, node)
    this.#hasHeardOther ||= !member.isSelf
    this.#context.trust.noteSuccess(node)
    if (holder.hasPaid) this.#clocks.add(receipt.acceptedAt - now)
    const counts = { held: this.#receipts.size, wanted: this.#wanted }
    this.#context.emit({ kind: 'receipt', operationId: this.operationId, receipt, node, ring, ...counts })
    this.#finishIfDone(now)
  }

  #handleRefused(node: PublicKey, refusal: Refusal, nodeTime: Instant, now: Instant): void {
    this.#clocks.add(nodeTime - now)
    // That a node has nothing to renew is no refusal: the record is at others.
    if (this.#plan.operation === 'renew' && refusal.reason === 'unknownRecord') return
    const { reason, retryAfterMs } = refusal
    const retryAt = retryAfterMs === undefined ? undefined : now + retryAfterMs
    if (retryAt !== undefined) this.#retryAt = Math.min(retryAt, this.#retryAt ?? retryAt)
    this.#context.emit({ kind: 'refused', operationId: this.operationId, node, reason, retryAt, nodeTime })
  }

  #handleFailed(holder: HolderDeposit, failure: HolderFailure, now: Instant): void {
    const { node, ring } = holder
    this.#active.delete(node.hex)
    if (failure.mayHold) this.#uncertain.add(node.hex)
    if (failure.why === 'silent') this.#silent.push(node)
    if (failure.why === 'lied') this.#context.trust.noteFailure(node, now)
    if (failure.why === 'lost') this.#context.trust.noteLoss(node, now)
    if (failure.why !== 'noProof' && failure.why !== 'noRoom') {
      this.#choice.reopen(ring)
      this.#fill(ring, now)
      if (this.#finder.isDone) this.#fillAnywhere(now)
    }
    this.#finishIfDone(now)
  }

  #handleStanding(node: PublicKey, found: Standing, now: Instant): void {
    const { operationId } = this
    const { header } = this.#plan
    if (found.kind === 'tombstone') {
      const { slot, revision } = header
      this.#context.emit({ kind: 'tombstone', operationId, slot, revision, entry: found.entry, node })
      return this.#finish('gone', now)
    }
    const { slot, revision, bodyHash } = found.kind === 'record' ? found.signed.header : header
    this.#context.emit({ kind: 'stale', operationId, node, slot, revision, bodyHash })
    this.#finish('stale', now)
  }

  #tellProgress(): void {
    const { ringCount } = this.#context.rings
    const planned = this.#wanted ?? copiesWanted(this.#plan.header.copiesPerRing, ringCount)
    this.#context.emit({ kind: 'proving', operationId: this.operationId, ...this.#progress.read(planned) })
  }

  #finishIfDone(now: Instant): void {
    if (this.#isOver || this.#wanted === undefined || this.#active.size > 0) return
    if (this.#wanted === 0) return this.#finish('noNodes', now)
    this.#finish(this.#receipts.size >= this.#wanted ? 'complete' : 'short', now)
  }

  #finish(outcome: DepositOutcome, now: Instant): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#finder.stop()
    for (const holder of this.#active.values()) holder.stop()
    this.#active.clear()
    // If nobody else answered it is we who are cut off.
    if (this.#hasHeardOther) for (const node of this.#silent) this.#context.trust.noteSilence(node, now)
    const mayImprove = outcome === 'short' || outcome === 'noNodes'
    this.#context.emit({
      kind: 'finished',
      operation: this.#plan.operation,
      operationId: this.operationId,
      outcome,
      held: this.#receipts.size,
      wanted: this.#wanted ?? 0,
      holders: [...this.#receipts.values()],
      retryAt: mayImprove ? (this.#retryAt ?? now + RETRY_MS) : undefined,
      clockOffsetMs: this.#clocks.median(),
    })
  }
}

/** Hex of the DHT keys of nodes that gave a receipt for just this record before. */
function earlierHolders({ header }: DepositPlan, receipts: readonly Receipt[]): ReadonlySet<string> {
  const id = recordIdOf(header)
  const ours = receipts.filter(({ recordId }) => equalBytes(recordId, id))
  return new Set(ours.flatMap(({ issuer }) => curveKeyOf(issuer)?.hex ?? []))
}
