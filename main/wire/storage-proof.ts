import { DecodeError } from '../base/byte-reader.ts'
import type { Instant } from '../base/time.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import { bytes, type Codec, list, oneOf, restBytes, struct, u8, u32, u48, verifyKey } from './codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from './extension-packet.ts'
import {
  instantSeconds,
  RECORD_HASH_BYTES,
  type RecordHeader,
  type Renewal,
  recordHeader,
  renewal,
  SIGNED_HEADER_BYTES,
  type SignedHeader,
  signedHeader,
} from './storage-record.ts'

export const CHALLENGE_ID_BYTES = 16
export const CHALLENGE_TAG_BYTES = 32
export const ISSUER_SIGNATURE_BYTES = 64
/** A proof is at most so many equal puzzles. */
export const PUZZLES_MAX = 16

/** What a proof pays for. Delete, fetch and status cost nothing. */
export const PAID_OPERATION = { insert: 1, update: 2, renew: 3 } as const
export type PaidOperation = (typeof PAID_OPERATION)[keyof typeof PAID_OPERATION]

/** By number, so that later ones (3 tour, 4 equix) need no new packet. */
export const PROOF_ALGORITHM = { sha512d: 1, argon2id: 2 } as const
export type ProofAlgorithm = (typeof PROOF_ALGORITHM)[keyof typeof PROOF_ALGORITHM]

/** What SENDER wants to pay for: a header as it will be inserted, or a held record's header and its new end. */
export interface ProofRequest {
  readonly operation: PaidOperation
  readonly algorithm: number
  readonly header: RecordHeader
  readonly counter: number
  readonly notAfter: Instant
}

/**
 * What a challenge is asked for (152 bytes); with a signature (storage-packets.ts) it is the body of PROOF_REQUEST.
 *
 * | bytes | field     |                                                             |
 * |-------|-----------|-------------------------------------------------------------|
 * | 1     | operation | 1 insert, 2 update, 3 renew                                 |
 * | 1     | algorithm | 1 sha512d, 2 argon2id (3 tour, 4 equix: reserved)           |
 * | 142   | header    | of the record                                               |
 * | 4     | counter   | of the renewal; 0 for insert and update                     |
 * | 4     | notAfter  | the end asked for: the header's own for insert and update   |
 */
export const proofRequest: Codec<ProofRequest> = struct({
  operation: oneOf(PAID_OPERATION.insert, PAID_OPERATION.update, PAID_OPERATION.renew),
  algorithm: u8,
  header: recordHeader,
  counter: u32,
  notAfter: instantSeconds,
})

/** A challenge as the node issues it. */
export interface Challenge {
  readonly issuer: VerifyKey
  readonly id: Uint8Array
  readonly tag: Uint8Array
  readonly expiresAt: Instant
  readonly effort: number
  readonly algorithm: ProofAlgorithm
  readonly formulaVersion: number
}

const algorithm = oneOf(PROOF_ALGORITHM.sha512d, PROOF_ALGORITHM.argon2id)
const challengeFields = {
  id: bytes(CHALLENGE_ID_BYTES),
  tag: bytes(CHALLENGE_TAG_BYTES),
  expiresAt: instantSeconds,
  effort: u32,
  algorithm,
  formulaVersion: u8,
}

/**
 * Challenge body (90 bytes), the answer to PROOF_REQUEST: shorter than the request.
 *
 * | bytes | field          |                                                                       |
 * |-------|----------------|-----------------------------------------------------------------------|
 * | 32    | issuer         | the node's Ed25519 key; its Curve25519 form is the answering DHT key  |
 * | 16    | id             | ChallengeID: 8 random bytes, then 4 + 4 that name what it was for     |
 * | 32    | tag            | HMAC under the node's secret; opaque to everybody else                |
 * | 4     | expiresAt      | Unix seconds by the node's clock, 10 minutes ahead                    |
 * | 4     | effort         | expected trials of sha512d, see effort.ts                             |
 * | 1     | algorithm      |                                                                       |
 * | 1     | formulaVersion | of the effort's constants                                             |
 */
export const challenge: Codec<Challenge> = struct({ issuer: verifyKey, ...challengeFields })

/** The challenge echoed, with one solution a puzzle. */
export interface DepositProof extends Omit<Challenge, 'issuer'> {
  readonly solutions: readonly number[]
}

/** | 58 | the challenge without its issuer | 1 | count n | 6n | solutions, n = min(16, effort) | */
export const depositProof: Codec<DepositProof> = struct({ ...challengeFields, solutions: list(u48, PUZZLES_MAX, 1) })
export const DEPOSIT_PROOF_BYTES_MAX = 58 + 1 + 6 * PUZZLES_MAX

/** Body class P: the largest for which a whole insert is one datagram of at most 1,400 bytes. */
export const ONE_DATAGRAM_BODY_BYTES = EXTENSION_BODY_BYTES_MAX - (1 + SIGNED_HEADER_BYTES + DEPOSIT_PROOF_BYTES_MAX)

/** Lengths a body may have. */
export const BODY_CLASSES: readonly number[] = [256, ONE_DATAGRAM_BODY_BYTES, 4_096, 16_384, 65_536]
export const BODY_BYTES_MAX = 65_536

/** An insert or update, before its body. */
export interface Deposit {
  readonly operation: typeof PAID_OPERATION.insert | typeof PAID_OPERATION.update
  readonly signed: SignedHeader
  readonly proof: DepositProof
}

const depositFields = {
  operation: oneOf(PAID_OPERATION.insert, PAID_OPERATION.update),
  signed: signedHeader,
  proof: depositProof,
}

/** | 1 | operation | 206 | signed header | 65-155 | proof |: what opens the transfer of a body that goes in segments. */
export const deposit: Codec<Deposit> = struct(depositFields)

/** A whole insert or update in one datagram. */
export interface WholeDeposit extends Deposit {
  readonly body: Uint8Array
}

/**
 * DHT_OFFLINE_DATA body: insert or update of a record whose body is 256 bytes or of class P.
 *
 * | bytes     | field     |                                                     |
 * |-----------|-----------|-----------------------------------------------------|
 * | 1         | operation | 1 insert, 2 update                                  |
 * | 206       | signed    | header and the mailbox key's signature              |
 * | 65-155    | proof     | the challenge echoed, and its solutions             |
 * | 256 / 956 | body      | sealed for RECEIVER                                 |
 */
export const wholeDeposit: Codec<WholeDeposit> = struct({
  ...depositFields,
  body: restBytes(ONE_DATAGRAM_BODY_BYTES, 1),
})

/** A renewal and what pays for it. */
export interface RenewDeposit {
  readonly mailbox: VerifyKey
  readonly slot: number
  readonly renewal: Renewal
  readonly proof: DepositProof
}

/** Renew body: | 32 | mailbox | 4 | slot | 104 | renewal | 65-155 | proof | */
export const renewDeposit: Codec<RenewDeposit> = struct({
  mailbox: verifyKey,
  slot: u32,
  renewal,
  proof: depositProof,
})

/** A node's word that it keeps a record, and of the proof it took for it. */
export interface Receipt {
  readonly issuer: VerifyKey
  readonly recordId: Uint8Array
  readonly seed: Uint8Array
  readonly effort: number
  readonly algorithm: ProofAlgorithm
  readonly formulaVersion: number
  readonly operation: PaidOperation
  readonly counter: number
  readonly notAfter: Instant
  readonly acceptedAt: Instant
  readonly signature: Uint8Array
}

const paidOperation = oneOf(PAID_OPERATION.insert, PAID_OPERATION.update, PAID_OPERATION.renew)

/**
 * Receipt (179 bytes), the answer to a deposit that was taken.
 *
 * | bytes | field          |                                                                                |
 * |-------|----------------|--------------------------------------------------------------------------------|
 * | 32    | issuer         | the node's Ed25519 key                                                         |
 * | 32    | recordId       | hash of the header                                                             |
 * | 32    | seed           | of the puzzles                                                                 |
 * | 4     | effort         |                                                                                |
 * | 1     | algorithm      |                                                                                |
 * | 1     | formulaVersion |                                                                                |
 * | 1     | operation      |                                                                                |
 * | 4     | counter        | of the renewal, or 0                                                           |
 * | 4     | notAfter       | Unix seconds: until when the record is kept                                    |
 * | 4     | acceptedAt     | Unix seconds by the node's clock                                               |
 * | 64    | signature      | by the issuer over `ampoule receipt 1`, a zero byte and the rows above         |
 */
export const receipt: Codec<Receipt> = struct({
  issuer: verifyKey,
  recordId: bytes(RECORD_HASH_BYTES),
  seed: bytes(RECORD_HASH_BYTES),
  effort: u32,
  algorithm,
  formulaVersion: u8,
  operation: paidOperation,
  counter: u32,
  notAfter: instantSeconds,
  acceptedAt: instantSeconds,
  signature: bytes(ISSUER_SIGNATURE_BYTES),
})
export const RECEIPT_BYTES = 179

/** A proof as it travels with copies: with the issuer's signature, so that third parties can check it. */
export interface CopyProof {
  readonly issuer: VerifyKey
  readonly tag: Uint8Array
  readonly effort: number
  readonly algorithm: ProofAlgorithm
  readonly formulaVersion: number
  readonly acceptedAt: Instant
  readonly signature: Uint8Array
  readonly solutions: readonly number[]
}

/**
 * Proof of a copy.
 *
 * | bytes  | field          |                                                                         |
 * |--------|----------------|-------------------------------------------------------------------------|
 * | 32     | issuer         | Ed25519 key of the node that took the deposit                           |
 * | 32     | tag            | opaque; the puzzles' seed is a hash over it and what it paid for        |
 * | 4      | effort         |                                                                         |
 * | 1      | algorithm      |                                                                         |
 * | 1      | formulaVersion |                                                                         |
 * | 4      | acceptedAt     | Unix seconds                                                            |
 * | 64     | signature      | that of the receipt, whose other rows follow from the record            |
 * | 1 + 6n | solutions      | n = min(16, effort)                                                     |
 */
export const copyProof: Codec<CopyProof> = struct({
  issuer: verifyKey,
  tag: bytes(CHALLENGE_TAG_BYTES),
  effort: u32,
  algorithm,
  formulaVersion: u8,
  acceptedAt: instantSeconds,
  signature: bytes(ISSUER_SIGNATURE_BYTES),
  solutions: list(u48, PUZZLES_MAX, 1),
})

/** One thing that was paid for: a header, or a renewal of the header before it. */
export type Payment =
  | {
      readonly operation: typeof PAID_OPERATION.insert | typeof PAID_OPERATION.update
      readonly signed: SignedHeader
      readonly proof: CopyProof
    }
  | { readonly operation: typeof PAID_OPERATION.renew; readonly renewal: Renewal; readonly proof: CopyProof }

/** | 1 | operation | 206 | signed header (1, 2), or 104 | renewal (3) | rest | proof of the copy | */
export const payment: Codec<Payment> = {
  write: (writer, value) => {
    writer.u8(value.operation)
    if (value.operation === PAID_OPERATION.renew) renewal.write(writer, value.renewal)
    else signedHeader.write(writer, value.signed)
    copyProof.write(writer, value.proof)
  },
  read: (reader) => {
    const operation = paidOperation.read(reader)
    if (operation === PAID_OPERATION.renew) {
      return { operation, renewal: renewal.read(reader), proof: copyProof.read(reader) }
    }
    return { operation, signed: signedHeader.read(reader), proof: copyProof.read(reader) }
  },
}

/** Longer chains of payments are not kept: the next update pays as an insert does, the next renewal is refused. */
export const PAYMENTS_MAX = 8

/** A record as a holder keeps it and hands it to others. */
export interface StoredRecord {
  /** Oldest first; the last header among them is the record's own. */
  readonly payments: readonly Payment[]
  readonly body: Uint8Array
}

const payments = list(payment, PAYMENTS_MAX, 1)

/** | 1 | count | … | payments, oldest first | rest | body |, the body's length being that of the last header. */
export const storedRecord: Codec<StoredRecord> = {
  write: (writer, value) => {
    payments.write(writer, value.payments)
    writer.bytes(value.body)
  },
  read: (reader) => {
    const at = reader.offset
    const chain = payments.read(reader)
    const header = chain.findLast((entry) => entry.operation !== PAID_OPERATION.renew)?.signed.header
    if (!header || chain[0]?.operation === PAID_OPERATION.renew) throw new DecodeError('payments without header', at)
    if (reader.remaining !== header.length) throw new DecodeError('body is not as long as its header says', at)
    return { payments: chain, body: reader.rest() }
  },
}

/** A no, with its reason (storage/refusal.ts has the codes) and when to try again. */
export interface RefusalBody {
  readonly code: number
  readonly retryAfterSeconds: number
  readonly nodeTime: Instant
}

/**
 * Refusal body (9 bytes).
 *
 * | bytes | field             |                                                      |
 * |-------|-------------------|------------------------------------------------------|
 * | 1     | code              | storage/refusal.ts                                   |
 * | 4     | retryAfterSeconds | 0: never with the same request                       |
 * | 4     | nodeTime          | Unix seconds by the node's clock                     |
 */
export const refusalBody: Codec<RefusalBody> = struct({
  code: u8,
  retryAfterSeconds: u32,
  nodeTime: instantSeconds,
})
