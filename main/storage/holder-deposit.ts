import { equalBytes } from '../base/bytes.ts'
import { type Instant, SECOND_MS } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { isCurveKeyOf } from '../crypto/sign.ts'
import { puzzleCount } from '../pow/proof.ts'
import type { RequestId } from '../ring/exchange.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { type Standing, standing, STORAGE_KIND, transferReady } from '../wire/storage-packets.ts'
import {
  type Challenge,
  challenge,
  type DepositProof,
  PAID_OPERATION,
  type Receipt,
  receipt,
  refusalBody,
} from '../wire/storage-proof.ts'
import { claimSeed } from './claim.ts'
import type { Answer, ClientContext } from './client-context.ts'
import type { DepositPlan } from './deposit-plan.ts'
import type { Choice } from './holder-choice.ts'
import { isReceiptAuthentic, isReceiptFor } from './receipt.ts'
import { isEntryAuthentic, isRenewalAuthentic, recordIdOf } from './record.ts'
import { type Refusal, type RefusalReason, refusalFrom } from './refusal.ts'
import type { JobId } from './storage-events.ts'
import type { TransferId } from './transfers.ts'
import { tryDecode } from './try-decode.ts'

/** Challenges asked of one node, when the first ended before its proof came. */
const QUOTES_MAX = 3
const TRANSFERS_MAX = 3
/** However far a node is, its answer to a deposit is waited for no longer. */
const DEPOSIT_TIMEOUT_MS = 20 * SECOND_MS

/** Reasons that a new challenge of the same node mends. */
const MENDED_BY_QUOTE: ReadonlySet<RefusalReason> = new Set([
  'challengeExpired',
  'challengeUnknown',
  'challengeSpent',
  'challengeOfAnotherSender',
  'effortTooLow',
])

/** `mayHold`: a deposit was sent, and nobody knows what became of it. */
export type HolderFailure =
  | { readonly why: 'silent' | 'lied'; readonly mayHold: boolean }
  | { readonly why: 'refused' | 'lost' | 'noProof' | 'noRoom'; readonly mayHold: false }

/** What the operation wants to know of one holder. */
export interface HolderReports {
  readonly onJob: (jobId: JobId, effort: number) => void
  readonly onProgress: (jobId: JobId, fraction: number) => void
  readonly onRefused: (node: PublicKey, refusal: Refusal, nodeTime: Instant, now: Instant) => void
  /** Verified: the node has what it says. */
  readonly onStanding: (node: PublicKey, found: Standing, now: Instant) => void
  readonly onReceipt: (holder: HolderDeposit, value: Receipt, now: Instant) => void
  readonly onFailed: (holder: HolderDeposit, failure: HolderFailure, now: Instant) => void
}

export interface HolderDepositOptions {
  readonly context: ClientContext
  readonly plan: DepositPlan
  readonly choice: Choice
  /** We have a receipt of this node for just this record: a challenge would mean that it lost it. */
  readonly hasReceipt: boolean
  readonly reports: HolderReports
}

/** One copy on its way to one node: challenge, proof, deposit, receipt. Ends with onReceipt or onFailed, once. */
export class HolderDeposit {
  readonly member: FoundMember
  readonly ring: number
  readonly #context: ClientContext
  readonly #plan: DepositPlan
  readonly #hasReceipt: boolean
  readonly #reports: HolderReports
  #requestId: RequestId | undefined
  #jobId: JobId | undefined
  #transferId: TransferId | undefined
  #challenge: Challenge | undefined
  #proof: DepositProof | undefined
  #quotes = 0
  #transferCount = 0
  #isOver = false

  constructor({ context, plan, choice, hasReceipt, reports }: HolderDepositOptions) {
    this.member = choice.member
    this.ring = choice.ring
    this.#context = context
    this.#plan = plan
    this.#hasReceipt = hasReceipt
    this.#reports = reports
  }

  get node(): PublicKey {
    return this.member.contact.key
  }

  /** Its proof is being computed. */
  get isProving(): boolean {
    return this.#jobId !== undefined
  }

  /** A proof went to it: what it answers was decided now, and not when it took the record in some earlier try. */
  get hasPaid(): boolean {
    return this.#proof !== undefined
  }

  /** Begins; a lookup may have brought the answer to the PROOF_REQUEST already. */
  start(now: Instant): void {
    const { payloadAnswer } = this.member
    if (payloadAnswer) this.#handleQuote(payloadAnswer, now)
    else this.#askQuote(now)
  }

  /** Ends without a report: nothing more is sent, no further puzzle is begun. */
  stop(): void {
    this.#isOver = true
    if (this.#requestId !== undefined) this.#context.forgetRequest(this.#requestId)
    if (this.#transferId) this.#context.forgetTransfer(this.#transferId)
    if (this.#jobId !== undefined) this.#context.forgetJob(this.#jobId)
    this.#jobId = undefined
  }

  #askQuote(now: Instant): void {
    this.#quotes += 1
    this.#ask(STORAGE_KIND.proofRequest, this.#plan.request, now, (answer, then) => this.#handleQuote(answer, then))
  }

  #handleQuote(answer: Answer, now: Instant): void {
    if (!answer) return this.#fail({ why: 'silent', mayHold: false }, now)
    switch (answer.kind) {
      case STORAGE_KIND.challenge:
        return this.#handleChallenge(tryDecode(challenge, answer.body), now)
      case STORAGE_KIND.receipt:
        return this.#handleHeld(tryDecode(receipt, answer.body), now)
      default:
        return this.#handleNo(answer, now)
    }
  }

  #handleChallenge(value: Challenge | undefined, now: Instant): void {
    if (this.#hasReceipt) return this.#fail({ why: 'lost', mayHold: false }, now)
    if (!value || !this.#isFair(value)) return this.#fail({ why: 'lied', mayHold: false }, now)
    this.#challenge = value
    const { effort, algorithm, issuer } = value
    const seed = claimSeed(issuer, this.#plan.claim, value)
    const jobId = this.#context.solve(
      { algorithm, seed, effort },
      {
        solved: (solutions, then) => this.#handleSolved(solutions, then),
        progressed: (fraction) => this.#reports.onProgress(jobId, fraction),
      },
    )
    this.#jobId = jobId
    this.#reports.onJob(jobId, effort)
  }

  /** Of the node itself, for the algorithm that was asked for, at a price that some node could have. */
  #isFair({ issuer, algorithm, effort }: Challenge): boolean {
    const isOfNode = isCurveKeyOf(issuer, this.node)
    return isOfNode && algorithm === this.#plan.claim.algorithm && effort >= 1 && effort <= this.#plan.effortMax
  }

  #handleSolved(solutions: readonly number[] | undefined, now: Instant): void {
    const jobId = this.#jobId
    this.#jobId = undefined
    const value = this.#challenge
    const isWhole = value !== undefined && solutions?.length === puzzleCount(value.effort)
    if (!solutions || !isWhole) return this.#fail({ why: 'noProof', mayHold: false }, now)
    if (jobId !== undefined) this.#reports.onProgress(jobId, 1)
    const { issuer: _issuer, ...priced } = value
    this.#proof = { ...priced, solutions }
    this.#sendDeposit(now)
  }

  #sendDeposit(now: Instant): void {
    const proof = this.#proof
    if (!proof) return
    const { whole, packet } = this.#plan
    if (this.member.isSelf && whole) {
      this.#context.depositToSelf(whole(proof), now, (answer, then) => {
        if (!this.#isOver) this.#handleDeposited(answer, then)
      })
      return
    }
    const { kind, body } = packet(proof)
    this.#ask(kind, body, now, (answer, then) => this.#handleDeposited(answer, then), DEPOSIT_TIMEOUT_MS)
  }

  #handleDeposited(answer: Answer, now: Instant): void {
    if (!answer) return this.#fail({ why: 'silent', mayHold: true }, now)
    switch (answer.kind) {
      case STORAGE_KIND.receipt: {
        const value = tryDecode(receipt, answer.body)
        const issuer = this.#challenge?.issuer
        const proof = this.#proof
        const isRight = value && issuer && proof && isReceiptFor(value, issuer, this.#plan.claim, proof)
        return isRight ? this.#succeed(value, now) : this.#fail({ why: 'lied', mayHold: true }, now)
      }
      case STORAGE_KIND.transferReady:
        return this.#sendBody(answer.body, now)
      default:
        return this.#handleNo(answer, now)
    }
  }

  #sendBody(readyBody: Uint8Array, now: Instant): void {
    const ready = tryDecode(transferReady, readyBody)
    const { body } = this.#plan
    this.#transferCount += 1
    if (!ready || !body || this.#transferCount > TRANSFERS_MAX) return this.#fail({ why: 'lied', mayHold: false }, now)
    const transferId = this.#context.transfers.send(this.member.contact, ready, body, 'client', now)
    if (!transferId) return this.#fail({ why: 'noRoom', mayHold: false }, now)
    this.#transferId = transferId
    this.#context.watchTransfer(transferId, (event, then) => {
      this.#transferId = undefined
      // Opening the deposit again is answered with the receipt; after a broken transfer, with a new one.
      if (event.kind === 'sent' || this.#transferCount < TRANSFERS_MAX) this.#sendDeposit(then)
      else this.#fail({ why: 'silent', mayHold: true }, then)
    })
  }

  /** The node says that it holds just this record already. */
  #handleHeld(value: Receipt | undefined, now: Instant): void {
    const { header, claim } = this.#plan
    const isOfNode = value && isCurveKeyOf(value.issuer, this.node)
    const isOfRecord = value && equalBytes(value.recordId, recordIdOf(header))
    const isOfRenewal =
      claim.operation !== PAID_OPERATION.renew ||
      (value?.counter === claim.counter && value.notAfter === claim.notAfter)
    const isRight = isOfNode && isOfRecord && isOfRenewal && isReceiptAuthentic(value)
    if (isRight) this.#succeed(value, now)
    else this.#fail({ why: 'lied', mayHold: false }, now)
  }

  #handleNo(answer: NonNullable<Answer>, now: Instant): void {
    if (answer.kind === STORAGE_KIND.standing) return this.#handleStanding(tryDecode(standing, answer.body), now)
    const body = answer.kind === STORAGE_KIND.refused ? tryDecode(refusalBody, answer.body) : undefined
    const refusal = body && refusalFrom(body)
    if (!body || !refusal) return this.#fail({ why: 'lied', mayHold: this.#proof !== undefined }, now)
    if (MENDED_BY_QUOTE.has(refusal.reason) && this.#quotes < QUOTES_MAX) return this.#askQuote(now)
    this.#reports.onRefused(this.node, refusal, body.nodeTime, now)
    this.#fail({ why: 'refused', mayHold: false }, now)
  }

  #handleStanding(value: Standing | undefined, now: Instant): void {
    if (!value || !this.#isProven(value)) return this.#fail({ why: 'lied', mayHold: this.#proof !== undefined }, now)
    this.#isOver = true
    this.#reports.onStanding(this.node, value, now)
  }

  /** Whether what stands there was signed by our own mailbox key, or proves itself against our own header. */
  #isProven(value: Standing): boolean {
    const { header, claim } = this.#plan
    switch (value.kind) {
      case 'tombstone':
        return isEntryAuthentic(value.entry, header)
      case 'renewal':
        return value.renewal.counter >= claim.counter && isRenewalAuthentic(value.renewal, header)
      case 'record': {
        const other = value.signed.header
        const isOfSlot = other.mailbox.equals(header.mailbox) && other.slot === header.slot
        const isOther = !equalBytes(recordIdOf(other), recordIdOf(header))
        return isOfSlot && isOther && other.revision >= header.revision && this.#context.isHeaderRight(value.signed)
      }
    }
  }

  #ask(
    kind: Parameters<ClientContext['ask']>[1],
    body: Uint8Array,
    now: Instant,
    handle: (answer: Answer, now: Instant) => void,
    timeoutMs?: number,
  ): void {
    const options = timeoutMs === undefined ? {} : { timeoutMs }
    const onAnswer = (answer: Answer, then: Instant) => {
      this.#requestId = undefined
      if (!this.#isOver) handle(answer, then)
    }
    this.#requestId = this.#context.ask(this.member, kind, body, now, onAnswer, options)
  }

  #succeed(value: Receipt, now: Instant): void {
    this.#isOver = true
    this.#reports.onReceipt(this, value, now)
  }

  #fail(failure: HolderFailure, now: Instant): void {
    this.#isOver = true
    this.#reports.onFailed(this, failure, now)
  }
}
