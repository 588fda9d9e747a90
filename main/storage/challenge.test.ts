import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { propertySeed } from '../base/test-seed.ts'
import { MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { isSolution, type ProofTask } from '../pow/proof.ts'
import type { Challenge, DepositProof, ProofRequest } from '../wire/storage-proof.ts'
import {
  ChallengeDesk,
  CHALLENGE_LIFE_MS,
  type Depositor,
  FAILURES_MAX,
  SPENT_COUNT_MAX,
  SPENT_PER_PREFIX_MAX,
} from './challenge.ts'
import { depositClaim } from './claim.ts'
import { isRefusal } from './refusal.ts'
import { TEST_FORMULA, TEST_NOW, TestDeposits } from './test-deposits.ts'

const NOW = TEST_NOW
const EFFORT = 32

beforeAll(() => sodiumReady)

/** A desk, a depositor on the internet, and a claim with its solved challenge. */
function setUp(seed = 1, host = '198.51.100.7') {
  const deposits = new TestDeposits(seed)
  const desk = new ChallengeDesk({
    issuer: deposits.issuer.verifyKey,
    random: new SeededRandom(1_000 + seed),
    formula: TEST_FORMULA,
  })
  const depositor = deposits.depositor(host)
  const claim = depositClaim(1, 1, deposits.header({}, NOW))
  const challenge = issued(desk, claim, depositor)
  return { deposits, desk, depositor, claim, challenge, proof: deposits.solve(claim, challenge) }
}

function issued(desk: ChallengeDesk, claim: ProofRequest, depositor: Depositor, now = NOW): Challenge {
  const challenge = desk.issue(claim, EFFORT, depositor, now)
  if (isRefusal(challenge)) throw new Error(challenge.reason)
  return challenge
}

function outcome(
  desk: ChallengeDesk,
  claim: ProofRequest,
  proof: DepositProof,
  depositor: Depositor,
  now = NOW,
  effortMin = EFFORT,
): string {
  const opened = desk.open(claim, proof, effortMin, depositor, now)
  return isRefusal(opened) ? opened.reason : opened.kind
}

test('a challenge comes back good, for ten minutes', () => {
  const { desk, depositor, claim, challenge, proof } = setUp()
  expect(challenge.expiresAt).toBe(NOW + CHALLENGE_LIFE_MS)
  const opened = desk.open(claim, proof, EFFORT, depositor, NOW + 10 * MINUTE_MS - 1)
  expect(opened.kind).toBe('fresh')
  expect(opened.kind === 'fresh' && desk.isProofRight(proof, opened.seed, true)).toBe(true)
  expect(outcome(desk, claim, proof, depositor, NOW + 10 * MINUTE_MS)).toBe('challengeExpired')
})

test('is refused from another prefix or key, and taken from another address of the prefix', () => {
  const { deposits, desk, depositor, claim, proof } = setUp()
  const elsewhere = { key: depositor.key, address: deposits.depositor('198.51.101.7').address }
  const nearby = { key: depositor.key, address: deposits.depositor('198.51.100.200').address }
  expect(outcome(desk, claim, proof, elsewhere)).toBe('challengeOfAnotherSender')
  expect(outcome(desk, claim, proof, deposits.depositor('198.51.100.7'))).toBe('challengeOfAnotherSender')
  expect(outcome(desk, claim, proof, nearby)).toBe('fresh')
})

test('is refused for another record in any field that it is bound to', () => {
  const { desk, depositor, claim, proof } = setUp()
  const { header } = claim
  const others: Partial<ProofRequest['header']>[] = [
    { mailbox: new TestDeposits(99).mailbox.verifyKey },
    { slot: 9 },
    { revision: 9 },
    { nonce: new Uint8Array(24) },
    { bodyHash: new Uint8Array(32) },
    { length: 4_096 },
    { notAfter: header.notAfter + SECOND_MS },
  ]
  for (const other of others) {
    expect(outcome(desk, { ...claim, header: { ...header, ...other } }, proof, depositor)).toBe(
      'challengeForAnotherRecord',
    )
  }
  expect(outcome(desk, { ...claim, operation: 2 }, proof, depositor)).toBe('challengeForAnotherRecord')
  expect(outcome(desk, { ...claim, notAfter: claim.notAfter + SECOND_MS }, proof, depositor)).toBe(
    'challengeForAnotherRecord',
  )
})

test('too little effort, another formula or algorithm, and invented challenges are refused, each with its reason', () => {
  const { desk, depositor, claim, proof } = setUp()
  expect(outcome(desk, claim, { ...proof, effort: 16 }, depositor)).toBe('effortTooLow')
  expect(outcome(desk, claim, { ...proof, effort: 33 }, depositor)).toBe('challengeUnknown')
  expect(outcome(desk, claim, { ...proof, expiresAt: proof.expiresAt + SECOND_MS }, depositor)).toBe('challengeUnknown')
  expect(outcome(desk, claim, { ...proof, formulaVersion: 1 }, depositor)).toBe('formulaUnknown')
  expect(outcome(desk, claim, { ...proof, algorithm: 2 }, depositor)).toBe('algorithmNotOffered')
  expect(outcome(desk, claim, { ...proof, solutions: proof.solutions.slice(1) }, depositor)).toBe('malformed')
  expect(outcome(desk, claim, { ...proof, tag: new Uint8Array(32) }, depositor)).toBe('challengeUnknown')
  expect(outcome(desk, claim, { ...proof, id: new Uint8Array(16) }, depositor)).toBe('challengeUnknown')
  const refused = desk.issue({ ...claim, algorithm: 3 }, EFFORT, depositor, NOW)
  expect(refused).toMatchObject({ kind: 'refused', reason: 'algorithmNotOffered' })
})

test('serves once; the same proof for the same record is known again, anything else is refused', () => {
  const { deposits, desk, depositor, claim, proof } = setUp()
  desk.spend(claim, proof, depositor, NOW + 1_500)
  const again = desk.open(claim, proof, EFFORT, depositor, NOW + 5 * MINUTE_MS)
  expect(again).toEqual({ kind: 'repeated', acceptedAt: NOW + 1_500 })
  const otherProof = { ...proof, solutions: proof.solutions.map((nonce) => nonce + 1) }
  expect(outcome(desk, claim, otherProof, depositor)).toBe('challengeSpent')
  const other = depositClaim(1, 1, deposits.header({ slot: 1 }, NOW))
  expect(outcome(desk, other, proof, depositor)).toBe('challengeForAnotherRecord')
  expect(outcome(desk, claim, proof, depositor, NOW + 20 * MINUTE_MS)).toBe('challengeExpired')
})

test('two puzzles are checked, always the same of one challenge, and all when idle', () => {
  const { desk, depositor, claim, proof } = setUp()
  const opened = desk.open(claim, proof, EFFORT, depositor, NOW)
  if (opened.kind !== 'fresh') throw new Error(opened.kind)
  const { seed } = opened
  const isRightWithout = (index: number, isIdle: boolean) => {
    const solutions = proof.solutions.with(index, wrongNonce({ ...proof, seed }, index))
    return desk.isProofRight({ ...proof, solutions }, seed, isIdle)
  }
  const unchecked = proof.solutions.filter((_, index) => isRightWithout(index, false))
  expect(unchecked).toHaveLength(14)
  expect(proof.solutions.every((_, index) => !isRightWithout(index, true))).toBe(true)
})

function wrongNonce(task: ProofTask, index: number): number {
  let nonce = 0
  while (isSolution(task, index, nonce)) nonce += 1
  return nonce
}

test('eight failures shut a prefix out for ten minutes, at home an address', () => {
  const { deposits, desk, depositor, claim, proof } = setUp()
  const nearby = deposits.depositor('198.51.100.99').address
  for (let count = 0; count < FAILURES_MAX; count += 1) {
    expect(outcome(desk, claim, proof, depositor)).toBe('fresh')
    desk.fail(nearby, NOW)
  }
  expect(outcome(desk, claim, proof, depositor)).toBe('tooManyFailures')
  expect(desk.issue(claim, EFFORT, depositor, NOW)).toMatchObject({ reason: 'tooManyFailures' })
  const later = NOW + 10 * MINUTE_MS
  expect(issued(desk, claim, depositor, later).effort).toBe(EFFORT)
  const home = setUp(2, '192.168.1.10')
  for (let count = 0; count < FAILURES_MAX; count += 1)
    home.desk.fail(home.deposits.depositor('192.168.1.11').address, NOW)
  expect(outcome(home.desk, home.claim, home.proof, home.depositor)).toBe('fresh')
})

test('only failures within the same ten minutes shut out, however many came before', () => {
  const { desk, depositor } = setUp(3)
  let now = NOW
  for (let count = 0; count < 2 * FAILURES_MAX; count += 1) {
    desk.fail(depositor.address, now)
    now += 2 * MINUTE_MS
  }
  const claim = depositClaim(1, 1, new TestDeposits(3).header({}, now))
  expect(issued(desk, claim, depositor, now).effort).toBe(EFFORT)
  for (let count = 0; count < FAILURES_MAX - 4; count += 1) desk.fail(depositor.address, now)
  expect(desk.issue(claim, EFFORT, depositor, now)).toMatchObject({ reason: 'tooManyFailures' })
  const later = now + 2 * MINUTE_MS
  expect(issued(desk, claim, depositor, later).effort).toBe(EFFORT)
})

test('one prefix can fill a sixteenth of the spent set, and its room comes back', () => {
  const { deposits, desk, depositor, claim, proof } = setUp()
  for (let count = 0; count < SPENT_PER_PREFIX_MAX; count += 1) {
    desk.spend(claim, { ...proof, id: idOf(count) }, depositor, NOW)
  }
  expect(outcome(desk, claim, proof, depositor)).toBe('prefixBusy')
  expect(desk.issue(claim, EFFORT, depositor, NOW)).toMatchObject({ reason: 'prefixBusy' })
  expect(issued(desk, claim, deposits.depositor('203.0.113.1')).effort).toBe(EFFORT)
  expect(issued(desk, claim, depositor, NOW + 12 * MINUTE_MS).effort).toBe(EFFORT)
})

test('a full spent set ends all challenges that are out, so that it never grows further', () => {
  const { deposits, desk, depositor, claim, proof } = setUp()
  const home = deposits.depositor('127.0.0.1')
  for (let count = 0; count < SPENT_COUNT_MAX; count += 1) desk.spend(claim, { ...proof, id: idOf(count) }, home, NOW)
  expect(desk.spentCount).toBe(SPENT_COUNT_MAX)
  expect(outcome(desk, claim, proof, depositor)).toBe('fresh')
  desk.spend(claim, { ...proof, id: idOf(SPENT_COUNT_MAX) }, home, NOW)
  expect(desk.spentCount).toBe(1)
  expect(outcome(desk, claim, proof, depositor)).toBe('challengeUnknown')
})

function idOf(count: number): Uint8Array {
  const id = new Uint8Array(16)
  new DataView(id.buffer).setUint32(0, count)
  return id
}

test('hostile proofs get a reason and nothing else', () => {
  const { desk, depositor, claim, proof } = setUp()
  const hostile = fc.record({
    id: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    tag: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    expiresAt: fc.nat(0xffffffff).map((seconds) => seconds * 1_000),
    effort: fc.nat(0xffffffff),
    algorithm: fc.constantFrom(1 as const, 2 as const),
    formulaVersion: fc.constantFrom(200, 1),
    solutions: fc.array(fc.nat(2 ** 31), { minLength: 1, maxLength: 16 }),
  })
  fc.assert(
    fc.property(hostile, fc.nat(7), (value, mask) => {
      // Parts of the true proof make it as far as they can.
      const mixed = {
        ...value,
        ...(mask & 1 ? { id: proof.id } : {}),
        ...(mask & 2 ? { tag: proof.tag } : {}),
        ...(mask & 4 ? { effort: proof.effort, solutions: proof.solutions } : {}),
      }
      expect(desk.open(claim, mixed, EFFORT, depositor, NOW).kind).toBe('refused')
    }),
    { seed: propertySeed(), numRuns: 500 },
  )
})

test('a challenge that is spent twice, whole and in segments, counts once against its prefix', () => {
  const { desk, depositor, claim, proof } = setUp(31)
  for (let turn = 0; turn < SPENT_PER_PREFIX_MAX; turn += 1) desk.spend(claim, proof, depositor, NOW)
  expect(desk.issue(claim, EFFORT, depositor, NOW)).not.toMatchObject({ reason: 'prefixBusy' })
  expect(desk.spentCount).toBe(1)
})
