import { equalBytes } from '../base/bytes.ts'
import { LruMap } from '../base/lru-map.ts'
import { type Instant, SECOND_MS } from '../base/time.ts'
import type { SigningKey } from '../crypto/sign.ts'
import { toHex } from '../base/bytes.ts'
import type { RingAccess } from '../ring/ring-access.ts'
import type { SignedProofRequest, Standing } from '../wire/storage-packets.ts'
import {
  type Challenge,
  type Deposit,
  PAID_OPERATION,
  type Payment,
  type ProofRequest,
  type Receipt,
  type RenewDeposit,
  type WholeDeposit,
} from '../wire/storage-proof.ts'
import type { RecordHeader, Renewal, SignedHeader } from '../wire/storage-record.ts'
import type { ChallengeDesk, Depositor, OpenedChallenge } from './challenge.ts'
import { depositClaim, renewClaim } from './claim.ts'
import { EFFORT_FORMULA, type EffortFormula, effortFor, loadMultiplier } from './effort.ts'
import { extendPayments, paidState, quote } from './payments.ts'
import type { Origin } from './quota.ts'
import { copyProofOf, receiptFieldsOf, signReceipt } from './receipt.ts'
import {
  copyTimeFault,
  depositTimeFault,
  headerFault,
  isBodyOf,
  isHeaderAuthentic,
  isRenewalAuthentic,
  isRenewalSignedBy,
  recordIdOf,
  TTL_MS_MAX,
} from './record.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Vault, VaultEntry } from './vault.ts'

/**
 * The first 4 nodes of a place hold what belongs there. Two more take deposits too, of senders that leave out nodes
 * before them which failed; further copies would count for nothing.
 */
const DEPOSIT_RANKS = 6
/** All puzzles of a proof are checked while fewer than this were within a second; then two a proof. */
const IDLE_PUZZLES_PER_SECOND = 64
const VERIFIED_MAX = 256

/** What stands in the slot instead of what was to be deposited; only ever said to who signed with the mailbox key. */
export interface InTheWay {
  readonly kind: 'standing'
  readonly standing: Standing
}

export interface Issued {
  readonly kind: 'challenge'
  readonly challenge: Challenge
}

export interface Accepted {
  readonly kind: 'receipt'
  readonly receipt: Receipt
  /** What is held now; undefined where nothing changed. */
  readonly stored: VaultEntry | undefined
}

export interface DepositDeskOptions {
  readonly vault: Vault
  readonly rings: RingAccess
  readonly signingKey: SigningKey
  readonly challenges: ChallengeDesk
  readonly formula?: EffortFormula
}

/**
 * Takes deposits: says what a record costs here, and keeps it once that is paid. Cheapest checks first: sizes and
 * times, HMAC, expiry and spent set, quota, hash and signature, then puzzles. Nothing about a slot is told to anybody
 * whose request the mailbox key did not sign.
 *
 * source  offline-messaging.md section 6
 */
export class DepositDesk {
  readonly #vault: Vault
  readonly #rings: RingAccess
  readonly #signingKey: SigningKey
  readonly #challenges: ChallengeDesk
  readonly #formula: EffortFormula
  /** Signatures found right, by record id: that of a deposit was often checked with its PROOF_REQUEST already. */
  readonly #verified = new LruMap<string, Uint8Array>(VERIFIED_MAX)
  #checkedSince: Instant = 0
  #checkedPuzzles = 0

  constructor({ vault, rings, signingKey, challenges, formula }: DepositDeskOptions) {
    this.#vault = vault
    this.#rings = rings
    this.#signingKey = signingKey
    this.#challenges = challenges
    this.#formula = formula ?? EFFORT_FORMULA
  }

  /**
   * PROOF_REQUEST: a challenge; or the receipt for just this record, if it is held already and the asker owns it.
   *
   * at  where the rings say that we are among the first 4, when the request came with a lookup
   */
  quote(
    { claim, signature }: SignedProofRequest,
    depositor: Depositor,
    now: Instant,
    at?: { readonly ring: number; readonly place: number },
  ): Issued | Accepted | InTheWay | Refusal {
    const { header, operation } = claim
    const isRenewal = operation === PAID_OPERATION.renew
    const fault = headerFault(header) ?? claimTimeFault(claim, now)
    if (fault) return refuse(fault)
    if (!this.#isResponsible(header, at)) return refuse('notResponsible')
    const entry = this.#vault.entry(header.mailbox, header.slot, now)
    const isOwner = entry !== undefined && this.#isClaimSigned(claim, signature)
    if (entry && isOwner) {
      const known = this.#answerFromHeld(claim, entry, now)
      if (known) return known
    }
    if (isRenewal && !isOwner) return refuse('unknownRecord')
    const origin = originOf(depositor)
    const admission = this.#vault.admissionFault(header, claim.notAfter, origin, now)
    // What a mailbox holds is nobody's business but its owner's: a stranger's challenge will never be of use.
    if (admission && (isOwner || !isOfMailbox(admission))) return admission
    return this.#issue(claim, isOwner ? this.#heldPayments(header, now) : undefined, depositor, now)
  }

  /** All that can be said of a deposit before its body came; undefined: nothing against it. */
  precheck(deposit: Deposit, depositor: Depositor, now: Instant): Accepted | InTheWay | Refusal | undefined {
    const claim = claimOf(deposit)
    const opened = this.#open(claim, deposit, depositor, now)
    if (opened.kind === 'refused') return opened
    if (opened.kind === 'repeated') return this.#receiptIfHeld(claim, deposit.proof, opened.acceptedAt, now)
    return this.#judge(deposit, opened, depositor, now)
  }

  /** DHT_OFFLINE_DATA. */
  take(deposit: WholeDeposit, depositor: Depositor, now: Instant): Accepted | InTheWay | Refusal {
    const { header } = deposit.signed
    if (deposit.body.length !== header.length) return refuse('malformed')
    const claim = claimOf(deposit)
    const opened = this.#open(claim, deposit, depositor, now)
    if (opened.kind === 'refused') return opened
    if (opened.kind === 'repeated') return this.#receiptIfHeld(claim, deposit.proof, opened.acceptedAt, now)
    if (!isBodyOf(header, deposit.body)) return this.#fail('bodyHashWrong', depositor, now)
    return this.#judge(deposit, opened, depositor, now) ?? this.#keep(claim, deposit, depositor, now)
  }

  /** Keeps a record in segments whose deposit passed `precheck`, and whose body has the hash of its header. */
  takeChecked(deposit: WholeDeposit, depositor: Depositor, now: Instant): Accepted | InTheWay | Refusal {
    return this.#keep(claimOf(deposit), deposit, depositor, now)
  }

  /** A renewal of what is held here. */
  renew(
    { mailbox, slot, renewal, proof }: RenewDeposit,
    depositor: Depositor,
    now: Instant,
  ): Accepted | InTheWay | Refusal {
    // The same answer to a stranger whether or not the record is here. Counted against nobody: no challenge has shown yet
    // that the address is the sender's.
    if (!isRenewalSignedBy(mailbox, renewal)) return refuse('signatureWrong')
    const content = this.#vault.get(mailbox, slot, now)
    const entry = content && this.#vault.entry(mailbox, slot, now)
    if (!entry) return refuse('unknownRecord')
    const state = content?.kind === 'record' ? paidState(content.record.payments) : undefined
    if (!state || content?.kind !== 'record' || !isRenewalAuthentic(renewal, state.signed.header)) {
      return refuse('unknownRecord')
    }
    const claim = renewClaim(proof.algorithm, state.signed.header, renewal)
    const { payments, body } = content.record
    const opened = this.#openClaim(claim, proof, payments, depositor, now)
    if (opened.kind === 'refused') return opened
    if (opened.kind === 'repeated') return this.#receiptIfHeld(claim, proof, opened.acceptedAt, now)
    if (renewal.counter <= entry.counter) return this.#inTheWay(claim.header, now) ?? refuse('staleRenewal')
    if (!quote(payments, claim)) return refuse('renewalChainFull')
    if (!this.#isProofRight(proof, opened.seed, now)) return this.#fail('proofWrong', depositor, now)
    const receipt = this.#sign(claim, proof, now)
    const payment: Payment = { operation: PAID_OPERATION.renew, renewal, proof: copyProofOf(proof, receipt) }
    return this.#put({ payments: extendPayments(payments, payment), body }, { claim, proof, receipt }, depositor, now)
  }

  #answerFromHeld(claim: ProofRequest, entry: VaultEntry, now: Instant): Accepted | InTheWay | undefined {
    const { header, operation, counter, notAfter } = claim
    const isOfThis = isSameRecord(header, entry)
    if (operation !== PAID_OPERATION.renew) {
      if (isOfThis) return this.#receiptOfHeld(claim, now)
      return header.revision <= entry.revision ? this.#inTheWay(header, now) : undefined
    }
    if (isOfThis && counter > entry.counter) return undefined
    const isDone = isOfThis && counter === entry.counter && notAfter === entry.notAfter
    return (isDone ? this.#receiptOfHeld(claim, now) : undefined) ?? this.#inTheWay(header, now)
  }

  /** The receipt for what is held, made of the payment that paid for it: a lost receipt costs nothing. */
  #receiptOfHeld({ header, operation, counter }: ProofRequest, now: Instant): Accepted | undefined {
    const content = this.#vault.get(header.mailbox, header.slot, now)
    if (content?.kind !== 'record') return undefined
    const payment = content.record.payments.findLast((entry) =>
      entry.operation === PAID_OPERATION.renew
        ? operation === PAID_OPERATION.renew && entry.renewal.counter === counter
        : operation !== PAID_OPERATION.renew,
    )
    if (!payment) return undefined
    const { proof } = payment
    const claim =
      payment.operation === PAID_OPERATION.renew
        ? renewClaim(proof.algorithm, header, payment.renewal)
        : depositClaim(payment.operation, proof.algorithm, header)
    const fields = receiptFieldsOf(proof.issuer, claim, proof, proof.acceptedAt)
    // A copy that another node brought was paid there: the word is ours all the same.
    const receipt = signReceipt(this.#signingKey, { ...fields, issuer: this.#signingKey.verifyKey })
    return { kind: 'receipt', receipt, stored: undefined }
  }

  #issue(
    claim: ProofRequest,
    held: readonly Payment[] | undefined,
    depositor: Depositor,
    now: Instant,
  ): Issued | Refusal {
    const price = quote(held, claim)
    if (!price) return refuse('renewalChainFull')
    const load = loadMultiplier(this.#vault.fullness(originOf(depositor)))
    const issued = this.#challenges.issue(claim, effortFor(price, load, this.#formula), depositor, now)
    return 'tag' in issued ? { kind: 'challenge', challenge: issued } : issued
  }

  #open(claim: ProofRequest, deposit: Deposit, depositor: Depositor, now: Instant): OpenedChallenge | Refusal {
    const { signed, operation, proof } = deposit
    const fault = headerFault(signed.header) ?? depositTimeFault(signed.header, now)
    if (fault) return refuse(fault)
    const held = operation === PAID_OPERATION.update ? this.#heldPayments(signed.header, now) : undefined
    return this.#openClaim(claim, proof, held, depositor, now)
  }

  #openClaim(
    claim: ProofRequest,
    proof: Deposit['proof'],
    held: readonly Payment[] | undefined,
    depositor: Depositor,
    now: Instant,
  ): OpenedChallenge | Refusal {
    // A repeated deposit finds itself held, and then costs less than it paid: never more.
    const price = quote(held, claim) ?? quote(undefined, claim)
    const effortMin = price ? effortFor(price, 1, this.#formula) : 1
    return this.#challenges.open(claim, proof, effortMin, depositor, now)
  }

  /** Quota, signature, slot and puzzles of a deposit with a fresh challenge. */
  #judge(
    { signed, proof }: Deposit,
    opened: Extract<OpenedChallenge, { kind: 'fresh' }>,
    depositor: Depositor,
    now: Instant,
  ): InTheWay | Refusal | undefined {
    const { header } = signed
    const admission = this.#vault.admissionFault(header, header.notAfter, originOf(depositor), now)
    if (admission && !isOfMailbox(admission)) return admission
    if (!this.#isSigned(signed)) return this.#fail('signatureWrong', depositor, now)
    if (admission) return admission
    const entry = this.#vault.entry(header.mailbox, header.slot, now)
    // Of two bodies under one revision the one that came first stays: the second is of a sender that forgot.
    const isTaken = entry && header.revision <= entry.revision && !isSameRecord(header, entry)
    if (isTaken) return this.#inTheWay(header, now)
    return this.#isProofRight(proof, opened.seed, now) ? undefined : this.#fail('proofWrong', depositor, now)
  }

  #keep(
    claim: ProofRequest,
    { operation, signed, proof, body }: WholeDeposit,
    depositor: Depositor,
    now: Instant,
  ): Accepted | InTheWay | Refusal {
    const receipt = this.#sign(claim, proof, now)
    const held = operation === PAID_OPERATION.update ? this.#heldPayments(signed.header, now) : undefined
    const payment: Payment = { operation, signed, proof: copyProofOf(proof, receipt) }
    return this.#put({ payments: extendPayments(held, payment), body }, { claim, proof, receipt }, depositor, now)
  }

  #put(
    record: { readonly payments: readonly Payment[]; readonly body: Uint8Array },
    paid: { readonly claim: ProofRequest; readonly proof: Deposit['proof']; readonly receipt: Receipt },
    depositor: Depositor,
    now: Instant,
  ): Accepted | InTheWay | Refusal {
    const { header } = paid.claim
    const places = this.#rings.mailboxPlaces(header.mailbox)
    const put = this.#vault.put({ record, places, origin: originOf(depositor) }, now)
    if (put.kind === 'refused') {
      return (isOfSlot(put) ? this.#inTheWay(header, now) : undefined) ?? put
    }
    this.#challenges.spend(paid.claim, paid.proof, depositor, now)
    return { kind: 'receipt', receipt: paid.receipt, stored: put.kind === 'stored' ? put.entry : undefined }
  }

  /** No deposit is ever acknowledged that is not held at this moment. */
  #receiptIfHeld(
    claim: ProofRequest,
    proof: Deposit['proof'],
    acceptedAt: Instant,
    now: Instant,
  ): Accepted | InTheWay | Refusal {
    const { header } = claim
    const entry = this.#vault.entry(header.mailbox, header.slot, now)
    if (!entry) return refuse('unknownRecord')
    if (!isSameRecord(header, entry) || entry.counter < claim.counter)
      return this.#inTheWay(header, now) ?? refuse('unknownRecord')
    return { kind: 'receipt', receipt: this.#sign(claim, proof, acceptedAt), stored: undefined }
  }

  #sign(claim: ProofRequest, proof: Deposit['proof'], acceptedAt: Instant): Receipt {
    const fields = receiptFieldsOf(this.#signingKey.verifyKey, claim, proof, acceptedAt)
    return signReceipt(this.#signingKey, fields)
  }

  /** What a slot holds, as proof for the owner of `header`, who wanted to put that record or renewal there. */
  #inTheWay(header: RecordHeader, now: Instant): InTheWay | undefined {
    const content = this.#vault.get(header.mailbox, header.slot, now)
    if (!content) return undefined
    const isOwn = (signed: SignedHeader) => equalBytes(recordIdOf(signed.header), recordIdOf(header))
    if (content.kind === 'tombstone') {
      const { signed, entry } = content.tombstone
      return inTheWay(isOwn(signed) ? { kind: 'tombstone', entry } : { kind: 'record', signed })
    }
    const state = paidState(content.record.payments)
    if (!state) return undefined
    const { signed, renewal } = state
    if (!isOwn(signed)) return inTheWay({ kind: 'record', signed })
    return renewal && inTheWay({ kind: 'renewal', renewal })
  }

  #heldPayments(header: RecordHeader, now: Instant): readonly Payment[] | undefined {
    const content = this.#vault.get(header.mailbox, header.slot, now)
    return content?.kind === 'record' ? content.record.payments : undefined
  }

  #isResponsible({ mailbox }: RecordHeader, at?: { readonly ring: number; readonly place: number }): boolean {
    const places = this.#rings.mailboxPlaces(mailbox)
    if (at && places[at.ring] === at.place) return true
    return places.some((place, ring) => (this.#rings.rank(ring, place) ?? DEPOSIT_RANKS) < DEPOSIT_RANKS)
  }

  #isClaimSigned(claim: ProofRequest, signature: Uint8Array): boolean {
    const { header, counter, notAfter } = claim
    if (claim.operation !== PAID_OPERATION.renew) return this.#isSigned({ header, signature })
    const renewal: Renewal = { recordId: recordIdOf(header), counter, notAfter, signature }
    return isRenewalAuthentic(renewal, header)
  }

  #isSigned(signed: SignedHeader): boolean {
    const id = toHex(recordIdOf(signed.header))
    const known = this.#verified.get(id)
    if (known && equalBytes(known, signed.signature)) return true
    if (!isHeaderAuthentic(signed)) return false
    this.#verified.set(id, signed.signature.slice())
    return true
  }

  #isProofRight(proof: Deposit['proof'], seed: Uint8Array, now: Instant): boolean {
    if (now - this.#checkedSince >= SECOND_MS) {
      this.#checkedSince = now
      this.#checkedPuzzles = 0
    }
    const isIdle = this.#checkedPuzzles + proof.solutions.length <= IDLE_PUZZLES_PER_SECOND
    this.#checkedPuzzles += isIdle ? proof.solutions.length : 2
    return this.#challenges.isProofRight(proof, seed, isIdle)
  }

  #fail(reason: 'bodyHashWrong' | 'signatureWrong' | 'proofWrong', { address }: Depositor, now: Instant): Refusal {
    this.#challenges.fail(address, now)
    return refuse(reason)
  }
}

function claimOf({ operation, signed, proof }: Deposit): ProofRequest {
  return depositClaim(operation, proof.algorithm, signed.header)
}

/** Who pays the place of a record: the depositor's prefix, but not on loopback and private networks. */
export function originOf({ address }: Depositor): Origin {
  return { kind: 'deposit', prefix: address.isLan ? undefined : address.prefix }
}

function claimTimeFault(claim: ProofRequest, now: Instant): Refusal['reason'] | undefined {
  const { header, operation, counter, notAfter } = claim
  if (operation !== PAID_OPERATION.renew) {
    const isOfHeader = notAfter === header.notAfter && counter === 0
    return isOfHeader ? depositTimeFault(header, now) : 'malformed'
  }
  if (notAfter - now > TTL_MS_MAX) return 'ttlTooLong'
  return copyTimeFault(header, notAfter, now)
}

function inTheWay(standing: Standing): InTheWay {
  return { kind: 'standing', standing }
}

function isSameRecord(header: RecordHeader, entry: VaultEntry): boolean {
  return entry.kind === 'record' && equalBytes(entry.recordId, recordIdOf(header))
}

function isOfMailbox({ reason }: Refusal): boolean {
  return reason === 'mailboxCount' || reason === 'mailboxBytes'
}

function isOfSlot({ reason }: Refusal): boolean {
  return reason === 'staleRevision' || reason === 'staleRenewal' || reason === 'deleted'
}
