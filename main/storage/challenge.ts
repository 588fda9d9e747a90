import type { Address } from '../base/address.ts'
import { concat, concatForNow, equalBytes, equalInConstantTime, toHex, utf8Encode, wipe } from '../base/bytes.ts'
import { ExpiringMap } from '../base/expiring-map.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { type Instant, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { blake2b, hmac, isHmac } from '../crypto/hash.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import { isSolution, puzzleCount } from '../pow/proof.ts'
import { encodeForNow, struct, u32, u8 } from '../wire/codec.ts'
import {
  CHALLENGE_ID_BYTES,
  type Challenge,
  type DepositProof,
  depositProof,
  PROOF_ALGORITHM,
  type ProofAlgorithm,
  type ProofRequest,
} from '../wire/storage-proof.ts'
import { instantSeconds } from '../wire/storage-record.ts'
import { claimDigest, claimSeed } from './claim.ts'
import { EFFORT_FORMULA, type EffortFormula } from './effort.ts'
import { type Refusal, refuse } from './refusal.ts'

export const CHALLENGE_LIFE_MS = 10 * MINUTE_MS
export const SPENT_COUNT_MAX = 65_536
export const SPENT_PER_PREFIX_MAX = SPENT_COUNT_MAX / 16
/** Counted before puzzles: whoever fails so often in 10 minutes costs no more hashing. */
export const FAILURES_MAX = 8
const FAILURE_LIFE_MS = 10 * MINUTE_MS
/** Prefixes whose failures are remembered; the oldest is forgotten first. */
const FAILING_PREFIXES_MAX = 4_096
/** A receipt lost in the last second before expiry can still be had again. */
const REPEAT_GRACE_MS = MINUTE_MS
const PUZZLES_CHECKED = 2
const RANDOM_ID_BYTES = 8
const HINT_BYTES = 4

const TAG_LABEL = utf8Encode('ampoule challenge 1')
const SENDER_LABEL = utf8Encode('ampoule challenge sender 1')
const CLAIM_LABEL = utf8Encode('ampoule challenge claim 1')
const CHOICE_LABEL = utf8Encode('ampoule puzzle choice 1')

/** Who deposits: the DHT key of the envelope and the address it came from. */
export interface Depositor {
  readonly key: PublicKey
  readonly address: Address
}

/** A challenge that came back: good for `seed`, or known with the same proof from before. */
export type OpenedChallenge =
  | { readonly kind: 'fresh'; readonly seed: Uint8Array }
  | { readonly kind: 'repeated'; readonly acceptedAt: Instant }

interface Spent {
  readonly digest: Uint8Array
  readonly prefix: string | undefined
  readonly acceptedAt: Instant
}

export interface ChallengeDeskOptions {
  readonly issuer: VerifyKey
  readonly random: Random
  readonly formula?: EffortFormula
  readonly algorithms?: readonly ProofAlgorithm[]
}

/**
 * Issues challenges and recognises them again without remembering them: what one was issued for lies in an HMAC.
 * Only spent ones are remembered, as long as they would still be valid. A deposit goes through `open`, then the
 * caller's quota, hash and signature, then `isProofRight`, then `spend`; `fail` whenever a step after `open` failed.
 *
 * source  offline-messaging.md section 6
 */
export class ChallengeDesk {
  readonly #issuer: VerifyKey
  readonly #random: Random
  readonly #formula: EffortFormula
  readonly #algorithms: readonly ProofAlgorithm[]
  /** When the last ones happened, oldest first. */
  readonly #failures = new ExpiringMap<string, readonly Instant[]>(
    FAILURE_LIFE_MS,
    FAILING_PREFIXES_MAX,
    'storage: forget failures',
  )
  readonly #spentPerPrefix = new Map<string, number>()
  #spent = createSpentMap()
  #secret: Uint8Array

  constructor({ issuer, random, formula, algorithms }: ChallengeDeskOptions) {
    this.#issuer = issuer
    this.#random = random
    this.#formula = formula ?? EFFORT_FORMULA
    this.#algorithms = algorithms ?? [PROOF_ALGORITHM.sha512d, PROOF_ALGORITHM.argon2id]
    this.#secret = randomBytes(random, 32)
  }

  get spentCount(): number {
    return this.#spent.count
  }

  /** A challenge for `claim` at this price, or why there is none. Costs three HMACs and no memory. */
  issue(claim: ProofRequest, effort: number, depositor: Depositor, now: Instant): Challenge | Refusal {
    const algorithm = this.#algorithms.find((offered) => offered === claim.algorithm)
    if (algorithm === undefined) return refuse('algorithmNotOffered')
    const busy = this.#busyFault(depositor.address, now)
    if (busy) return busy
    const price = {
      effort,
      algorithm,
      formulaVersion: this.#formula.version,
      expiresAt: Math.floor((now + CHALLENGE_LIFE_MS) / SECOND_MS) * SECOND_MS,
    }
    const id = this.#idFor(randomBytes(this.#random, RANDOM_ID_BYTES), claimDigest(claim), depositor)
    return { ...price, issuer: this.#issuer, id, tag: hmac(this.#secret, tagInput(id, claim, price, depositor)) }
  }

  /**
   * Whether a deposit's proof echoes a challenge of ours for just this claim and depositor, still valid and not spent.
   *
   * effortMin  the least that this claim costs at load 1
   */
  open(
    claim: ProofRequest,
    proof: DepositProof,
    effortMin: number,
    depositor: Depositor,
    now: Instant,
  ): OpenedChallenge | Refusal {
    if (proof.formulaVersion !== this.#formula.version) return refuse('formulaUnknown')
    if (proof.algorithm !== claim.algorithm || !this.#algorithms.includes(proof.algorithm)) {
      return refuse('algorithmNotOffered')
    }
    if (proof.effort < effortMin) return refuse('effortTooLow')
    if (proof.solutions.length !== puzzleCount(proof.effort)) return refuse('malformed')
    if (!isHmac(this.#secret, tagInput(proof.id, claim, proof, depositor), proof.tag)) {
      return refuse(this.#whyForeign(claim, proof, depositor))
    }
    return this.#openOwn(claim, proof, depositor, now)
  }

  /** Whether a challenge of this id went to this sender, so that its address is its own. Costs one short MAC. */
  isIssuedTo(id: Uint8Array, depositor: Depositor): boolean {
    const hint = id.subarray(RANDOM_ID_BYTES, RANDOM_ID_BYTES + HINT_BYTES)
    return equalInConstantTime(hint, this.#senderHint(id.subarray(0, RANDOM_ID_BYTES), depositor))
  }

  /** Checks two puzzles that only this node can foretell, or all of them when it has the time. */
  isProofRight(proof: DepositProof, seed: Uint8Array, isIdle: boolean): boolean {
    const task = { algorithm: proof.algorithm, seed, effort: proof.effort }
    const all = proof.solutions.map((_, index) => index)
    const chosen = isIdle ? all : this.#choose(proof.id, all.length)
    return chosen.every((index) => isSolution(task, index, proof.solutions[index] ?? -1))
  }

  /** Remembers that a challenge has served. When the table is full all challenges end: the secret is replaced. */
  spend(claim: ProofRequest, proof: DepositProof, depositor: Depositor, now: Instant): void {
    this.#forgetEnded(now)
    // A deposit may come in segments and, meanwhile, whole.
    const key = toHex(proof.id)
    if (this.#spent.has(key, now)) return
    if (this.#spent.count >= SPENT_COUNT_MAX) this.replaceSecret()
    const prefix = shareOf(depositor.address)
    this.#spent.set(key, { digest: proofDigest(claim, proof), prefix, acceptedAt: now }, now)
    if (prefix !== undefined) this.#spentPerPrefix.set(prefix, (this.#spentPerPrefix.get(prefix) ?? 0) + 1)
  }

  /** Counts a deposit of this prefix whose challenge was good and whose record or proof was not. */
  fail(address: Address, now: Instant): void {
    this.#failures.expire(now)
    const key = failureKey(address)
    const newest = [...(this.#failures.get(key, now) ?? []), now].slice(-FAILURES_MAX)
    this.#failures.set(key, newest, now)
  }

  /** Ends all challenges that are out. */
  replaceSecret(): void {
    wipe(this.#secret)
    this.#secret = randomBytes(this.#random, 32)
    this.#spent = createSpentMap()
    this.#spentPerPrefix.clear()
  }

  #openOwn(claim: ProofRequest, proof: DepositProof, depositor: Depositor, now: Instant): OpenedChallenge | Refusal {
    this.#forgetEnded(now)
    const spent = this.#spent.get(toHex(proof.id), now)
    if (spent) {
      const isSame = equalBytes(spent.digest, proofDigest(claim, proof))
      return isSame ? { kind: 'repeated', acceptedAt: spent.acceptedAt } : refuse('challengeSpent')
    }
    if (proof.expiresAt <= now) return refuse('challengeExpired')
    const busy = this.#busyFault(depositor.address, now)
    return busy ?? { kind: 'fresh', seed: claimSeed(this.#issuer, claim, proof) }
  }

  #busyFault(address: Address, now: Instant): Refusal | undefined {
    const failures = this.#failures.get(failureKey(address), now) ?? []
    const recent = failures.filter((failedAt) => failedAt > now - FAILURE_LIFE_MS)
    if (recent.length >= FAILURES_MAX) return refuse('tooManyFailures')
    const prefix = shareOf(address)
    if (prefix === undefined) return undefined
    this.#forgetEnded(now)
    return (this.#spentPerPrefix.get(prefix) ?? 0) >= SPENT_PER_PREFIX_MAX ? refuse('prefixBusy') : undefined
  }

  /** 8 random bytes and two short MACs, which say later whether the sender or the record is another one. */
  #idFor(start: Uint8Array, digest: Uint8Array, depositor: Depositor): Uint8Array {
    return concat(start, this.#senderHint(start, depositor), this.#claimHint(start, digest))
  }

  #whyForeign(claim: ProofRequest, proof: DepositProof, depositor: Depositor) {
    const start = proof.id.subarray(0, RANDOM_ID_BYTES)
    const claimHint = proof.id.subarray(RANDOM_ID_BYTES + HINT_BYTES, CHALLENGE_ID_BYTES)
    const isSender = this.isIssuedTo(proof.id, depositor)
    const isClaim = equalInConstantTime(claimHint, this.#claimHint(start, claimDigest(claim)))
    if (isSender === isClaim) return 'challengeUnknown'
    return isClaim ? 'challengeOfAnotherSender' : 'challengeForAnotherRecord'
  }

  #senderHint(start: Uint8Array, depositor: Depositor): Uint8Array {
    return hmac(this.#secret, concatForNow(SENDER_LABEL, start, ...depositorBytes(depositor))).subarray(0, HINT_BYTES)
  }

  #claimHint(start: Uint8Array, digest: Uint8Array): Uint8Array {
    return hmac(this.#secret, concatForNow(CLAIM_LABEL, start, digest)).subarray(0, HINT_BYTES)
  }

  #choose(id: Uint8Array, count: number): number[] {
    const bits = hmac(this.#secret, concat(CHOICE_LABEL, id))
    const left = Array.from({ length: count }, (_, index) => index)
    const chosen: number[] = []
    while (chosen.length < PUZZLES_CHECKED && left.length > 0) {
      chosen.push(...left.splice((bits[chosen.length] ?? 0) % left.length, 1))
    }
    return chosen
  }

  #forgetEnded(now: Instant): void {
    for (const [, { prefix }] of this.#spent.expire(now)) {
      if (prefix === undefined) continue
      const count = (this.#spentPerPrefix.get(prefix) ?? 1) - 1
      if (count === 0) this.#spentPerPrefix.delete(prefix)
      else this.#spentPerPrefix.set(prefix, count)
    }
  }
}

function createSpentMap(): ExpiringMap<string, Spent> {
  return new ExpiringMap(CHALLENGE_LIFE_MS + REPEAT_GRACE_MS, SPENT_COUNT_MAX, 'storage: forget spent challenges')
}

const challengeTerms = struct({ effort: u32, formulaVersion: u8, expiresAt: instantSeconds })
type Price = Pick<DepositProof, 'effort' | 'formulaVersion' | 'expiresAt'>

/** Everything that a challenge is bound to: its claim (record, operation, algorithm), price, expiry and depositor. */
function tagInput(id: Uint8Array, claim: ProofRequest, price: Price, depositor: Depositor): Uint8Array {
  const terms = encodeForNow(challengeTerms, price)
  return concatForNow(TAG_LABEL, id, claimDigest(claim), terms, ...depositorBytes(depositor))
}

function depositorBytes({ key, address }: Depositor): readonly Uint8Array[] {
  return [key.bytes, utf8Encode(address.prefix)]
}

function proofDigest(claim: ProofRequest, proof: DepositProof): Uint8Array {
  return blake2b(concatForNow(claimDigest(claim), encodeForNow(depositProof, proof)), 16)
}

/** Shares by prefix hold on the internet only: on one machine or at home all share one. */
function shareOf(address: Address): string | undefined {
  return address.isLan ? undefined : address.prefix
}

/** At home a failing neighbour must not shut out the others: there failures count by address. */
function failureKey(address: Address): string {
  return address.isLan ? address.text : address.prefix
}
