import { type Random, randomBelow } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import { isSolution, type ProofTask, puzzleCount } from '../pow/proof.ts'
import type { CopyProof, Payment, ProofRequest, StoredRecord } from '../wire/storage-proof.ts'
import { PAID_OPERATION } from '../wire/storage-proof.ts'
import type { Tombstone } from '../wire/storage-record.ts'
import { EFFORT_FORMULA, type EffortFormula } from './effort.ts'
import { claimsOf, isPaidInFull, paidState } from './payments.ts'
import { isReceiptAuthentic, receiptFieldsOf } from './receipt.ts'
import {
  copyTimeFault,
  CREATED_SKEW_MS_MAX,
  headerFault,
  isBodyOf,
  isEntryAuthentic,
  isHeaderAuthentic,
  isRenewalAuthentic,
  TOMBSTONE_LIFE_MS,
  TTL_MS_MAX,
} from './record.ts'
import type { RefusalReason } from './refusal.ts'

const PUZZLES_CHECKED = 2
/** An issuer takes what is an hour ahead of its own clock, which may itself be ahead of ours. */
const CHAIN_SKEW_MS_MAX = 2 * CREATED_SKEW_MS_MAX

/**
 * What is wrong with a record that another node offers, or undefined: the cheapest checks first. Everything is
 * checked that an issuer would check, since an issuer may be the attacker's own: signatures of mailbox and issuer,
 * the price at load 1, and two puzzles of each proof that `random` chooses.
 */
export function copyFault(
  record: StoredRecord,
  random: Random,
  now: Instant,
  formula: EffortFormula = EFFORT_FORMULA,
): RefusalReason | undefined {
  const state = paidState(record.payments)
  if (!state) return 'malformed'
  const { header } = state.signed
  const plain = headerFault(header) ?? copyTimeFault(header, state.notAfter, now)
  if (plain) return plain
  if (state.notAfter - now > TTL_MS_MAX) return 'ttlTooLong'
  if (!isPaidInFull(record.payments, formula)) return 'effortTooLow'
  if (!isBodyOf(header, record.body)) return 'bodyHashWrong'
  return chainFault(record.payments, random, now)
}

/** What is wrong with the payments of a record whose body nobody has sent yet. */
export function paymentsFault(
  payments: readonly Payment[],
  random: Random,
  now: Instant,
  formula: EffortFormula = EFFORT_FORMULA,
): RefusalReason | undefined {
  if (!paidState(payments)) return 'malformed'
  return isPaidInFull(payments, formula) ? chainFault(payments, random, now) : 'effortTooLow'
}

/** The same for a tombstone: a header of the mailbox, and an entry that its evidence bears out. */
export function tombstoneFault({ signed, entry }: Tombstone, now: Instant): RefusalReason | undefined {
  const fault = headerFault(signed.header)
  if (fault) return fault
  if (signed.header.createdAt - now > CREATED_SKEW_MS_MAX) return 'clockDiffers'
  if (signed.header.notAfter + TTL_MS_MAX + TOMBSTONE_LIFE_MS <= now) return 'expired'
  return isHeaderAuthentic(signed) && isEntryAuthentic(entry, signed.header) ? undefined : 'signatureWrong'
}

function chainFault(payments: readonly Payment[], random: Random, now: Instant): RefusalReason | undefined {
  const last = paidState(payments)?.signed.header
  for (const { payment, claim } of claimsOf(payments)) {
    if (!last) return 'malformed'
    // Paid for as a short life far ahead, the whole time until then would pass for paid.
    if (claim.header.createdAt - now > CHAIN_SKEW_MS_MAX) return 'clockDiffers'
    const isOfSlot = last.mailbox.equals(claim.header.mailbox) && last.slot === claim.header.slot
    if (!isOfSlot || claim.header.revision > last.revision) return 'malformed'
    const isSigned =
      payment.operation === PAID_OPERATION.renew
        ? isRenewalAuthentic(payment.renewal, claim.header)
        : isHeaderAuthentic(payment.signed)
    if (!isSigned || !isIssuerRight(claim, payment.proof)) return 'signatureWrong'
    if (!isWorkRight(claim, payment.proof, random)) return 'proofWrong'
  }
  return undefined
}

function isIssuerRight(claim: ProofRequest, proof: CopyProof): boolean {
  const fields = receiptFieldsOf(proof.issuer, claim, proof, proof.acceptedAt)
  return isReceiptAuthentic({ ...fields, signature: proof.signature })
}

function isWorkRight(claim: ProofRequest, proof: CopyProof, random: Random): boolean {
  const { seed } = receiptFieldsOf(proof.issuer, claim, proof, proof.acceptedAt)
  const count = puzzleCount(proof.effort)
  if (proof.solutions.length !== count) return false
  const task: ProofTask = { algorithm: proof.algorithm, seed, effort: proof.effort }
  const first = randomBelow(random, count)
  const second = (first + 1 + randomBelow(random, Math.max(1, count - 1))) % count
  const chosen = [...new Set([first, second])].slice(0, PUZZLES_CHECKED)
  return chosen.every((index) => isSolution(task, index, proof.solutions[index] ?? -1))
}
