import { concat, concatForNow, equalBytes, utf8Encode } from '../base/bytes.ts'
import { type Instant, SECOND_MS } from '../base/time.ts'
import { isSignatureOf, type SigningKey, type VerifyKey } from '../crypto/sign.ts'
import { encodeView } from '../wire/codec.ts'
import {
  type CopyProof,
  type DepositProof,
  ISSUER_SIGNATURE_BYTES,
  type ProofRequest,
  type Receipt,
  receipt,
} from '../wire/storage-proof.ts'
import { claimSeed } from './claim.ts'
import { recordIdOf } from './record.ts'

const LABEL = concat(utf8Encode('ampoule receipt 1'), Uint8Array.of(0))
const UNSIGNED = new Uint8Array(ISSUER_SIGNATURE_BYTES)

/** All of a receipt but its signature. */
export type ReceiptFields = Omit<Receipt, 'signature'>

/** What a node says when it took a deposit: the claim that was paid for, and the proof that paid. */
export function receiptFieldsOf(
  issuer: VerifyKey,
  claim: ProofRequest,
  proof: DepositProof | CopyProof,
  acceptedAt: Instant,
): ReceiptFields {
  return {
    issuer,
    recordId: recordIdOf(claim.header),
    seed: claimSeed(issuer, claim, proof),
    effort: proof.effort,
    algorithm: proof.algorithm,
    formulaVersion: proof.formulaVersion,
    operation: claim.operation,
    counter: claim.counter,
    notAfter: claim.notAfter,
    acceptedAt: Math.floor(acceptedAt / SECOND_MS) * SECOND_MS,
  }
}

/** Signing the same fields again gives the same bytes: a lost receipt is simply made anew. */
export function signReceipt(key: SigningKey, fields: ReceiptFields): Receipt {
  return { ...fields, signature: key.sign(signedBytes(fields)) }
}

export function isReceiptAuthentic(value: Receipt): boolean {
  return isSignatureOf(value.issuer, signedBytes(value), value.signature)
}

/** Whether a receipt is the issuer's word for just this deposit. */
export function isReceiptFor(value: Receipt, issuer: VerifyKey, claim: ProofRequest, proof: DepositProof): boolean {
  const expected = signedBytes(receiptFieldsOf(issuer, claim, proof, value.acceptedAt))
  return equalBytes(expected, signedBytes(value)) && isSignatureOf(value.issuer, expected, value.signature)
}

/** The proof as it goes with copies: the receipt's signature takes the place of the challenge's expiry. */
export function copyProofOf(proof: DepositProof, value: Receipt): CopyProof {
  return {
    issuer: value.issuer,
    tag: proof.tag,
    effort: proof.effort,
    algorithm: proof.algorithm,
    formulaVersion: proof.formulaVersion,
    acceptedAt: value.acceptedAt,
    signature: value.signature,
    solutions: proof.solutions,
  }
}

function signedBytes(fields: ReceiptFields): Uint8Array {
  const unsigned = encodeView(receipt, { ...fields, signature: UNSIGNED })
  return concatForNow(LABEL, unsigned.subarray(0, unsigned.length - ISSUER_SIGNATURE_BYTES))
}
