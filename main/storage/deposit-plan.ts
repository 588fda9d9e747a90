import { assert } from '../base/assert.ts'
import { decode, encode, encodeForNow } from '../wire/codec.ts'
import { signedProofRequest, STORAGE_KIND, type StorageKind } from '../wire/storage-packets.ts'
import {
  deposit,
  type DepositProof,
  ONE_DATAGRAM_BODY_BYTES,
  PAID_OPERATION,
  type ProofAlgorithm,
  type ProofRequest,
  renewDeposit,
  wholeDeposit,
  type WholeDeposit,
} from '../wire/storage-proof.ts'
import { type RecordHeader, type Renewal, SIGNED_HEADER_BYTES, signedHeader } from '../wire/storage-record.ts'
import { depositClaim, renewClaim } from './claim.ts'
import { type EffortFormula, effortFor, insertPrice } from './effort.ts'

/** A node may ask for what a full one asks, and for nothing more. */
const LOAD_MAX = 16

/** What is to be deposited, and in which packets: all that differs between insert, update and renew. */
export interface DepositPlan {
  readonly operation: 'insert' | 'renew'
  readonly header: RecordHeader
  readonly claim: ProofRequest
  /** Body of the PROOF_REQUEST, the same for every node. */
  readonly request: Uint8Array
  /** A challenge that asks for more is not answered. */
  readonly effortMax: number
  /** The packet that carries the proof; with a `body`, that is sent in segments after it. */
  readonly packet: (proof: DepositProof) => { readonly kind: StorageKind; readonly body: Uint8Array }
  readonly body: Uint8Array | undefined
  /** The whole deposit for our own node; undefined for a renewal, which fits a datagram anyhow. */
  readonly whole: ((proof: DepositProof) => WholeDeposit) | undefined
}

/** record: signed header and body, as they were sealed; an update is a record of a revision above 0. */
export function insertPlan(record: Uint8Array, algorithm: ProofAlgorithm, formula: EffortFormula): DepositPlan {
  const signed = decode(signedHeader, record.subarray(0, SIGNED_HEADER_BYTES))
  const body = record.subarray(SIGNED_HEADER_BYTES)
  const { header } = signed
  assert(body.length === header.length, 'a record of ours is as long as its header says')
  const operation = header.revision === 0 ? PAID_OPERATION.insert : PAID_OPERATION.update
  const claim = depositClaim(operation, algorithm, header)
  const isWhole = body.length <= ONE_DATAGRAM_BODY_BYTES
  return {
    operation: 'insert',
    header,
    claim,
    request: encode(signedProofRequest, { claim, signature: signed.signature }),
    effortMax: effortMaxOf(claim, formula),
    packet: (proof) =>
      isWhole
        ? { kind: STORAGE_KIND.offlineData, body: encodeForNow(wholeDeposit, { operation, signed, proof, body }) }
        : { kind: STORAGE_KIND.depositOpen, body: encode(deposit, { operation, signed, proof }) },
    body: isWhole ? undefined : body,
    whole: (proof) => ({ operation, signed, proof, body }),
  }
}

export function renewPlan(
  header: RecordHeader,
  renewal: Renewal,
  algorithm: ProofAlgorithm,
  formula: EffortFormula,
): DepositPlan {
  const { mailbox, slot } = header
  const claim = renewClaim(algorithm, header, renewal)
  return {
    operation: 'renew',
    header,
    claim,
    request: encode(signedProofRequest, { claim, signature: renewal.signature }),
    effortMax: effortMaxOf(claim, formula),
    packet: (proof) => ({
      kind: STORAGE_KIND.renew,
      body: encode(renewDeposit, { mailbox, slot, renewal, proof }),
    }),
    body: undefined,
    whole: undefined,
  }
}

function effortMaxOf({ header, notAfter }: ProofRequest, formula: EffortFormula): number {
  return effortFor(insertPrice(header.length, notAfter - header.createdAt), LOAD_MAX, formula)
}
