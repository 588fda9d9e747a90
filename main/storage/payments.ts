import type { Instant } from '../base/time.ts'
import { PAID_OPERATION, PAYMENTS_MAX, type Payment, type ProofRequest } from '../wire/storage-proof.ts'
import type { RecordHeader, Renewal, SignedHeader } from '../wire/storage-record.ts'
import { depositClaim, renewClaim } from './claim.ts'
import { EFFORT_FORMULA, type EffortFormula, effortFor, insertPrice, type Price, paidBytes } from './effort.ts'

/** What a chain of payments has paid for: this many bytes until then. */
interface Cover {
  readonly lengthBytes: number
  readonly until: Instant
}

/** Compares prices exactly: a floor would hide small differences. */
const FLOORLESS: EffortFormula = { ...EFFORT_FORMULA, floor: 1 }

type HeaderPayment = Extract<Payment, { readonly signed: SignedHeader }>

/** The state of a record that its payments end in. */
export interface PaidState {
  readonly signed: SignedHeader
  readonly renewal: Renewal | undefined
  /** The end that counts: the newest renewal's, or the header's. */
  readonly notAfter: Instant
}

/** The last header of a chain, with its newest renewal. A chain from storedRecord begins with a header. */
export function paidState(payments: readonly Payment[]): PaidState | undefined {
  const at = payments.findLastIndex(isHeaderPayment)
  const last = payments[at]
  if (!last || !isHeaderPayment(last)) return undefined
  const renewal = payments
    .slice(at + 1)
    .map((payment) => (isHeaderPayment(payment) ? undefined : payment.renewal))
    .reduce((newest, next) => ((next?.counter ?? 0) > (newest?.counter ?? 0) ? next : newest), undefined)
  return { signed: last.signed, renewal, notAfter: renewal?.notAfter ?? last.signed.header.notAfter }
}

/** Every payment with the claim that its proof must be for. */
export function claimsOf(payments: readonly Payment[]): { readonly payment: Payment; readonly claim: ProofRequest }[] {
  const claims: { payment: Payment; claim: ProofRequest }[] = []
  let header: RecordHeader | undefined
  for (const payment of payments) {
    if (isHeaderPayment(payment)) header = payment.signed.header
    if (!header) return []
    const claim = isHeaderPayment(payment)
      ? depositClaim(payment.operation, payment.proof.algorithm, header)
      : renewClaim(payment.proof.algorithm, header, payment.renewal)
    claims.push({ payment, claim })
  }
  return claims
}

/**
 * What `claim` costs a sender whose record, paid by `held`, lies here. An update pays for the bytes x time that it
 * adds; without an earlier record, or when the chain is full, it pays what an insert does. Undefined: a renewal of
 * what is not held, or one too many.
 */
export function quote(held: readonly Payment[] | undefined, claim: ProofRequest): Price | undefined {
  const hasRoom = held !== undefined && held.length < PAYMENTS_MAX
  if (claim.operation === PAID_OPERATION.renew && !hasRoom) return undefined
  return priceOf(claim, hasRoom ? coverOf(held) : undefined)
}

/** The chain with one more payment. What no longer bears on the price of what is kept is left out. */
export function extendPayments(held: readonly Payment[] | undefined, payment: Payment): readonly Payment[] {
  const isNewChain = held === undefined || held.length >= PAYMENTS_MAX || payment.operation === PAID_OPERATION.insert
  if (isNewChain) return [payment]
  return pruned([...held, payment])
}

/** Whether every payment's effort is at least what it had to be at load 1, each resting on those before it. */
export function isPaidInFull(payments: readonly Payment[], formula: EffortFormula = EFFORT_FORMULA): boolean {
  let cover: Cover | undefined
  const claims = claimsOf(payments)
  for (const { payment, claim } of claims) {
    if (payment.proof.formulaVersion !== formula.version) return false
    if (payment.proof.effort < effortFor(priceOf(claim, cover), 1, formula)) return false
    cover = coverAfter(claim, cover)
  }
  return claims.length > 0
}

/** Effort paid in all: what a record's place is worth when room is short. */
export function effortPaid(payments: readonly Payment[]): number {
  return payments.reduce((sum, { proof }) => sum + proof.effort, 0)
}

function isHeaderPayment(payment: Payment): payment is HeaderPayment {
  return payment.operation !== PAID_OPERATION.renew
}

function priceOf({ operation, header, notAfter }: ProofRequest, cover: Cover | undefined): Price {
  const lengthBytes = header.length
  const ttlMs = header.notAfter - header.createdAt
  if (operation === PAID_OPERATION.insert || !cover) return insertPrice(lengthBytes, notAfter - header.createdAt)
  if (operation === PAID_OPERATION.renew) {
    const addedByteMs = paidBytes(lengthBytes) * Math.max(0, notAfter - cover.until)
    return { operation, lengthBytes, ttlMs, addedByteMs }
  }
  const sharedMs = Math.max(0, Math.min(header.notAfter, cover.until) - header.createdAt)
  const sharedBytes = paidBytes(Math.min(lengthBytes, cover.lengthBytes))
  return { operation, lengthBytes, ttlMs, addedByteMs: paidBytes(lengthBytes) * ttlMs - sharedBytes * sharedMs }
}

function coverOf(payments: readonly Payment[]): Cover | undefined {
  return claimsOf(payments).reduce<Cover | undefined>((cover, { claim }) => coverAfter(claim, cover), undefined)
}

function coverAfter({ operation, header, notAfter }: ProofRequest, cover: Cover | undefined): Cover {
  const own = { lengthBytes: header.length, until: notAfter }
  if (operation === PAID_OPERATION.insert || !cover) return own
  if (operation === PAID_OPERATION.renew) return { ...cover, until: Math.max(cover.until, notAfter) }
  const isInside = own.lengthBytes <= cover.lengthBytes && own.until <= cover.until
  return isInside ? cover : own
}

/** Leaves out, oldest first, each payment without which the rest stands as well. */
function pruned(payments: readonly Payment[]): readonly Payment[] {
  let kept = payments
  for (const payment of payments.slice(0, -1)) {
    const without = kept.filter((other) => other !== payment)
    if (isSameEnd(kept, without) && stillPays(kept, without)) kept = without
  }
  return kept
}

function isSameEnd(before: readonly Payment[], after: readonly Payment[]): boolean {
  const [left, right] = [paidState(before), paidState(after)]
  return left?.signed === right?.signed && left?.renewal === right?.renewal
}

/** A renewal must stay behind its own header, and no payment may come to owe more than before. */
function stillPays(before: readonly Payment[], after: readonly Payment[]): boolean {
  const prices = new Map(pricesOf(before))
  const isCheap = pricesOf(after).every(([payment, effort]) => effort <= (prices.get(payment) ?? 0))
  const headers = new Map(claimsOf(before).map(({ payment, claim }) => [payment, claim.header]))
  const isInOrder = claimsOf(after).every(({ payment, claim }) => headers.get(payment) === claim.header)
  const [left, right] = [coverOf(before), coverOf(after)]
  const isCovered = left?.lengthBytes === right?.lengthBytes && left?.until === right?.until
  return after.length > 0 && claimsOf(after).length === after.length && isCheap && isInOrder && isCovered
}

function pricesOf(payments: readonly Payment[]): [Payment, number][] {
  let cover: Cover | undefined
  return claimsOf(payments).map(({ payment, claim }) => {
    const effort = effortFor(priceOf(claim, cover), 1, FLOORLESS)
    cover = coverAfter(claim, cover)
    return [payment, effort]
  })
}
