import { Address } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import { type Random, randomBytes, SeededRandom } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { SigningKey, type VerifyKey } from '../crypto/sign.ts'
import { type ProofTask, puzzleCount, searchRange } from '../pow/proof.ts'
import { mailboxPlace } from '../ring/places.ts'
import {
  type Challenge,
  type CopyProof,
  type DepositProof,
  PAID_OPERATION,
  type Payment,
  PROOF_ALGORITHM,
  type ProofRequest,
  type StoredRecord,
} from '../wire/storage-proof.ts'
import type { RecordHeader, Renewal } from '../wire/storage-record.ts'
import type { Depositor } from './challenge.ts'
import { claimSeed, depositClaim, renewClaim } from './claim.ts'
import { type EffortFormula, effortFor } from './effort.ts'
import { extendPayments, quote } from './payments.ts'
import { copyProofOf, receiptFieldsOf, signReceipt } from './receipt.ts'
import { bodyHashOf, collectHashOf, recordTimes, signHeader, signRenewal } from './record.ts'

/** A price that costs a test one trial. */
export const TEST_FORMULA: EffortFormula = { version: 200, base: 0, floor: 1 }
/** Any moment will do: 2026-01-01T00:00:00Z. */
export const TEST_NOW: Instant = 1_767_225_600_000
const { sha512d } = PROOF_ALGORITHM

export interface TestHeaderOptions {
  readonly slot?: number
  readonly revision?: number
  readonly ttlMs?: number
  readonly body?: Uint8Array
  readonly collectSecret?: Uint8Array
}

/** A mailbox, a node and a depositor, with what tests need to make real records quickly. */
export class TestDeposits {
  readonly random: Random
  readonly mailbox: SigningKey
  readonly issuer: SigningKey

  constructor(seed: number) {
    this.random = new SeededRandom(seed)
    this.mailbox = SigningKey.create(this.random)
    this.issuer = SigningKey.create(this.random)
  }

  depositor(host: string, port = 33_445): Depositor {
    const address = Address.parse(host, port)
    assert(address !== undefined, 'a test has a good address')
    return { key: createKeyPair(this.random).publicKey, address }
  }

  body(length = 256): Uint8Array {
    return randomBytes(this.random, length)
  }

  header(options: TestHeaderOptions, now: Instant): RecordHeader {
    const body = options.body ?? this.body()
    return {
      version: 1,
      mailbox: this.mailbox.verifyKey,
      slot: options.slot ?? 0,
      revision: options.revision ?? 0,
      nonce: randomBytes(this.random, 24),
      ...recordTimes(options.ttlMs ?? 86_400_000, now),
      length: body.length,
      copiesPerRing: 2,
      bodyHash: bodyHashOf(body),
      collectHash: collectHashOf(options.collectSecret ?? new Uint8Array(32)),
    }
  }

  /** A record with an honest proof of one insert. */
  record(options: TestHeaderOptions, now: Instant, formula = TEST_FORMULA): StoredRecord {
    const body = options.body ?? this.body()
    const header = this.header({ ...options, body }, now)
    return { payments: [this.#payment(undefined, PAID_OPERATION.insert, header, now, formula)], body }
  }

  /** The record at a higher revision, paid as an update of `held`. */
  updated(held: StoredRecord, options: TestHeaderOptions, now: Instant, formula = TEST_FORMULA): StoredRecord {
    const body = options.body ?? this.body()
    const header = this.header({ ...options, body }, now)
    const payment = this.#payment(held.payments, PAID_OPERATION.update, header, now, formula)
    return { payments: extendPayments(held.payments, payment), body }
  }

  /** The record with its end set anew. */
  renewed(
    held: StoredRecord,
    header: RecordHeader,
    renewal: Renewal,
    now: Instant,
    formula = TEST_FORMULA,
  ): StoredRecord {
    const claim = renewClaim(sha512d, header, renewal)
    const proof = this.#copyProof(held.payments, claim, now, formula)
    return { ...held, payments: extendPayments(held.payments, { operation: PAID_OPERATION.renew, renewal, proof }) }
  }

  renewal(recordId: Uint8Array, counter: number, notAfter: Instant): Renewal {
    return signRenewal(this.mailbox, recordId, counter, notAfter)
  }

  /** All puzzles of a challenge, solved. */
  solve(claim: ProofRequest, challenge: Challenge): DepositProof {
    const { issuer, ...price } = challenge
    const seed = claimSeed(issuer, claim, price)
    return { ...price, solutions: solve({ algorithm: challenge.algorithm, seed, effort: challenge.effort }) }
  }

  #payment(
    held: readonly Payment[] | undefined,
    operation: typeof PAID_OPERATION.insert | typeof PAID_OPERATION.update,
    header: RecordHeader,
    now: Instant,
    formula: EffortFormula,
  ): Payment {
    const proof = this.#copyProof(held, depositClaim(operation, sha512d, header), now, formula)
    return { operation, signed: signHeader(this.mailbox, header), proof }
  }

  #copyProof(
    held: readonly Payment[] | undefined,
    claim: ProofRequest,
    now: Instant,
    formula: EffortFormula,
  ): CopyProof {
    const price = quote(held, claim)
    assert(price !== undefined, 'a test renews what is held')
    const proof = this.solve(claim, {
      issuer: this.issuer.verifyKey,
      id: randomBytes(this.random, 16),
      tag: randomBytes(this.random, 32),
      expiresAt: now,
      effort: effortFor(price, 1, formula),
      algorithm: sha512d,
      formulaVersion: formula.version,
    })
    const fields = receiptFieldsOf(this.issuer.verifyKey, claim, proof, now)
    return copyProofOf(proof, signReceipt(this.issuer, fields))
  }
}

export function solve(task: ProofTask): number[] {
  return Array.from({ length: puzzleCount(task.effort) }, (_, index) => {
    const nonce = searchRange(task, index, 0, 2 ** 32)
    assert(nonce !== undefined, 'every puzzle has a solution')
    return nonce
  })
}

/** A mailbox's places, one a ring. */
export function mailboxPlaces(mailbox: VerifyKey, ringCount: number): readonly number[] {
  return Array.from({ length: ringCount }, (_, ring) => mailboxPlace(mailbox, ring))
}
