import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { DAY_MS, HOUR_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import type { Payment, StoredRecord } from '../wire/storage-proof.ts'
import { copyFault, paymentsFault, tombstoneFault } from './copy-check.ts'
import type { EffortFormula } from './effort.ts'
import { effortPaid, paidState } from './payments.ts'
import { cancelledEntry, collectedEntry, recordIdOf, signHeader } from './record.ts'
import { TEST_NOW, TestDeposits } from './test-deposits.ts'

const NOW = TEST_NOW
const CHEAP: EffortFormula = { version: 201, base: 31, floor: 1 }

beforeAll(() => sodiumReady)

function fault(record: StoredRecord, now = NOW, formula = CHEAP): string | undefined {
  return copyFault(record, new SeededRandom(1), now, formula)
}

function signedOf(record: StoredRecord) {
  const state = paidState(record.payments)
  if (!state) throw new Error('a test record has a header')
  return state.signed
}

function withFirst(record: StoredRecord, change: (payment: Payment) => Payment): StoredRecord {
  const [first, ...rest] = record.payments
  if (!first) throw new Error('a test record was paid for')
  return { ...record, payments: [change(first), ...rest] }
}

test('an honest copy passes, however it was updated and renewed', () => {
  const deposits = new TestDeposits(1)
  const record = deposits.record({ ttlMs: 9 * DAY_MS }, NOW, CHEAP)
  const updated = deposits.updated(record, { revision: 3, ttlMs: 12 * DAY_MS, body: deposits.body(956) }, NOW, CHEAP)
  const { header } = signedOf(updated)
  const renewal = deposits.renewal(recordIdOf(header), 1, NOW + 20 * DAY_MS)
  const renewed = deposits.renewed(updated, header, renewal, NOW, CHEAP)
  for (const copy of [record, updated, renewed]) expect(fault(copy)).toBeUndefined()
  expect(fault(renewed, NOW + 19 * DAY_MS)).toBeUndefined()
  expect(fault(renewed, NOW + 20 * DAY_MS)).toBe('expired')
})

test('junk with proofs that its own issuer made up is refused, each with its reason', () => {
  const deposits = new TestDeposits(2)
  const record = deposits.record({ ttlMs: 9 * DAY_MS }, NOW, CHEAP)
  const other = new TestDeposits(3)
  const signed = signedOf(record)
  const cases: readonly [string, StoredRecord][] = [
    ['bodyHashWrong', { ...record, body: deposits.body() }],
    ['effortTooLow', deposits.record({ ttlMs: 9 * DAY_MS }, NOW, { ...CHEAP, base: 1 })],
    ['effortTooLow', withFirst(record, (payment) => ({ ...payment, proof: { ...payment.proof, formulaVersion: 1 } }))],
    [
      'signatureWrong',
      withFirst(record, (payment) => ({ ...payment, proof: { ...payment.proof, effort: 4_000_000_000 } })),
    ],
    [
      'signatureWrong',
      withFirst(record, (payment) => ({ ...payment, proof: { ...payment.proof, issuer: other.issuer.verifyKey } })),
    ],
    [
      'signatureWrong',
      withFirst(record, (payment) => ({ ...payment, signed: { ...signed, signature: new Uint8Array(64) } })),
    ],
    ['malformed', { ...record, payments: [] }],
  ]
  for (const [reason, copy] of cases) expect(fault(copy)).toBe(reason)
})

test('wrong solutions are found by two puzzles that the checker chooses', () => {
  const deposits = new TestDeposits(4)
  const formula = { ...CHEAP, base: 3_100 }
  const record = deposits.record({ ttlMs: 9 * DAY_MS }, NOW, formula)
  const forged = withFirst(record, (payment) => {
    return { ...payment, proof: { ...payment.proof, solutions: payment.proof.solutions.map(() => 0) } }
  })
  expect(fault(record, NOW, formula)).toBeUndefined()
  expect(fault(forged, NOW, formula)).toBe('proofWrong')
  const short = withFirst(record, (payment) => ({ ...payment, proof: { ...payment.proof, solutions: [0] } }))
  expect(fault(short, NOW, formula)).toBe('proofWrong')
})

test('a chain may not mix mailboxes or slots, nor end below a revision that it paid for', () => {
  const deposits = new TestDeposits(5)
  const record = deposits.record({ slot: 1, revision: 5 }, NOW, CHEAP)
  const strangers = [
    new TestDeposits(6).record({ slot: 1 }, NOW, CHEAP),
    deposits.record({ slot: 2 }, NOW, CHEAP),
    deposits.record({ slot: 1, revision: 6 }, NOW, CHEAP),
  ]
  for (const stranger of strangers) {
    expect(fault({ ...record, payments: [...stranger.payments, ...record.payments] })).toBe('malformed')
  }
})

test('a first payment for a moment weeks ahead does not make the life before it cheap', () => {
  const deposits = new TestDeposits(10)
  const body = deposits.body(956)
  const honest = deposits.record({ revision: 1, ttlMs: 30 * DAY_MS, body }, NOW, CHEAP)
  const ahead = deposits.record({ ttlMs: HOUR_MS, body: deposits.body(956) }, NOW + 30 * DAY_MS - 2 * HOUR_MS, CHEAP)
  const cheap = deposits.updated(ahead, { revision: 1, ttlMs: 29 * DAY_MS, body }, NOW, CHEAP)
  expect(effortPaid(cheap.payments)).toBeLessThan(effortPaid(honest.payments) / 5)
  expect(fault(honest)).toBeUndefined()
  expect(fault(cheap)).toBe('clockDiffers')
  expect(paymentsFault(cheap.payments, new SeededRandom(1), NOW, CHEAP)).toBe('clockDiffers')
})

test('records from the future, past their end or with impossible lives are refused', () => {
  const deposits = new TestDeposits(7)
  const record = deposits.record({ ttlMs: DAY_MS }, NOW, CHEAP)
  expect(fault(record, NOW - 2 * HOUR_MS)).toBe('clockDiffers')
  expect(fault(record, NOW + DAY_MS + HOUR_MS)).toBe('expired')
  const { header } = signedOf(record)
  const eternal = signHeader(deposits.mailbox, { ...header, notAfter: NOW + 40 * DAY_MS })
  expect(fault(withFirst(record, (payment) => ({ ...payment, operation: 1, signed: eternal })))).toBe('ttlTooLong')
  const renewal = deposits.renewal(recordIdOf(header), 1, NOW + 40 * DAY_MS)
  expect(fault(deposits.renewed(record, header, renewal, NOW, CHEAP))).toBe('ttlTooLong')
})

test('a tombstone is taken if header and evidence fit', () => {
  const deposits = new TestDeposits(8)
  const collectSecret = new Uint8Array(32).fill(5)
  const signed = signedOf(deposits.record({ collectSecret }, NOW, CHEAP))
  const { slot, bodyHash } = signed.header
  const good = [collectedEntry(slot, bodyHash, collectSecret), cancelledEntry(deposits.mailbox, slot, bodyHash)]
  for (const entry of good) expect(tombstoneFault({ signed, entry }, NOW)).toBeUndefined()
  const bad = [
    collectedEntry(slot, bodyHash, new Uint8Array(32)),
    cancelledEntry(new TestDeposits(9).mailbox, slot, bodyHash),
    collectedEntry(slot + 1, bodyHash, collectSecret),
  ]
  for (const entry of bad) expect(tombstoneFault({ signed, entry }, NOW)).toBe('signatureWrong')
  const [entry] = good
  expect(entry && tombstoneFault({ signed, entry }, NOW + 70 * DAY_MS)).toBe('expired')
  expect(entry && tombstoneFault({ signed, entry }, NOW - 2 * HOUR_MS)).toBe('clockDiffers')
  const unsigned = { ...signed, signature: new Uint8Array(64) }
  expect(entry && tombstoneFault({ signed: unsigned, entry }, NOW)).toBe('signatureWrong')
})
