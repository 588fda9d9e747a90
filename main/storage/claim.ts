import { concat, concatForNow, utf8Encode } from '../base/bytes.ts'
import { blake2b } from '../crypto/hash.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import { encodeForNow, encodeView, struct, u32, u8 } from '../wire/codec.ts'
import { PAID_OPERATION, type ProofAlgorithm, type ProofRequest, proofRequest } from '../wire/storage-proof.ts'
import type { RecordHeader, Renewal } from '../wire/storage-record.ts'

const CLAIM_LABEL = concat(utf8Encode('ampoule claim 1'), Uint8Array.of(0))
const SEED_LABEL = concat(utf8Encode('ampoule puzzle seed 1'), Uint8Array.of(0))
const seedTerms = struct({ effort: u32, formulaVersion: u8 })

/** What an insert or update pays for. */
export function depositClaim(
  operation: typeof PAID_OPERATION.insert | typeof PAID_OPERATION.update,
  algorithm: ProofAlgorithm,
  header: RecordHeader,
): ProofRequest {
  return { operation, algorithm, header, counter: 0, notAfter: header.notAfter }
}

/** What a renewal of the record of `header` pays for. */
export function renewClaim(
  algorithm: ProofAlgorithm,
  header: RecordHeader,
  renewal: Pick<Renewal, 'counter' | 'notAfter'>,
): ProofRequest {
  const { counter, notAfter } = renewal
  return { operation: PAID_OPERATION.renew, algorithm, header, counter, notAfter }
}

/** 32 bytes over everything that a challenge is bound to and that is the sender's choice. */
export function claimDigest(claim: ProofRequest): Uint8Array {
  const known = digests.get(claim)
  if (known) return known
  const digest = blake2b(concatForNow(CLAIM_LABEL, encodeView(proofRequest, claim)))
  digests.set(claim, digest)
  return digest
}

/** Challenge, seed, proof and receipt each hash the one claim. Claims are never changed. */
const digests = new WeakMap<ProofRequest, Uint8Array>()

/**
 * The seed of a proof's puzzles (32 bytes): over the issuer's key, its tag as opaque bytes, the claim, and the price.
 * A third party makes the same seed from a copy; no address is in it.
 */
export function claimSeed(
  issuer: VerifyKey,
  claim: ProofRequest,
  price: { readonly tag: Uint8Array; readonly effort: number; readonly formulaVersion: number },
): Uint8Array {
  return blake2b(concatForNow(SEED_LABEL, issuer.bytes, price.tag, claimDigest(claim), encodeForNow(seedTerms, price)))
}
