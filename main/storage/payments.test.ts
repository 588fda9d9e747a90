import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { DAY_MS, type Instant } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { PAID_OPERATION, PAYMENTS_MAX, type StoredRecord } from '../wire/storage-proof.ts'
import type { RecordHeader } from '../wire/storage-record.ts'
import { depositClaim, renewClaim } from './claim.ts'
import { type EffortFormula, effortFor } from './effort.ts'
import { claimsOf, effortPaid, extendPayments, isPaidInFull, paidState, quote } from './payments.ts'
import { recordIdOf } from './record.ts'
import { TEST_NOW, TestDeposits } from './test-deposits.ts'

const NOW = TEST_NOW
/** The real shape of prices at a ten-thousandth of their height, so that tests can pay them. */
const CHEAP: EffortFormula = { version: 201, base: 3.1, floor: 1 }

beforeAll(() => sodiumReady)

function headerOf(record: StoredRecord): RecordHeader {
  const state = paidState(record.payments)
  if (!state) throw new Error('a test record has a header')
  return state.signed.header
}

function renewed(deposits: TestDeposits, record: StoredRecord, notAfter: Instant): StoredRecord {
  const header = headerOf(record)
  const counter = (paidState(record.payments)?.renewal?.counter ?? 0) + 1
  return deposits.renewed(record, header, deposits.renewal(recordIdOf(header), counter, notAfter), NOW, CHEAP)
}

test('an insert is its own chain', () => {
  const deposits = new TestDeposits(1)
  const record = deposits.record({ ttlMs: 7 * DAY_MS }, NOW, CHEAP)
  expect(paidState(record.payments)).toMatchObject({ renewal: undefined, notAfter: headerOf(record).notAfter })
  expect(isPaidInFull(record.payments, CHEAP)).toBe(true)
  expect(isPaidInFull(record.payments, { ...CHEAP, base: CHEAP.base * 2 })).toBe(false)
  expect(isPaidInFull(record.payments, { ...CHEAP, version: 1 })).toBe(false)
  expect(isPaidInFull([], CHEAP)).toBe(false)
})

test('an update of the same size and end pays a sixteenth, a larger one what it adds', () => {
  const deposits = new TestDeposits(2)
  const record = deposits.record({ ttlMs: 14 * DAY_MS }, NOW)
  const header = headerOf(record)
  const price = (length: number, ttlMs: number) => {
    const next = { ...deposits.header({ ttlMs, revision: 1 }, NOW), length }
    const asked = quote(record.payments, depositClaim(PAID_OPERATION.update, 1, next))
    return asked ? effortFor(asked, 1) : 0
  }
  const insert = effortFor(
    { operation: 1, lengthBytes: 256, ttlMs: header.notAfter - header.createdAt, addedByteMs: 0 },
    1,
  )
  expect(price(256, 14 * DAY_MS)).toBe(Math.ceil(insert / 16))
  expect(price(256, 7 * DAY_MS)).toBeLessThan(insert / 16)
  expect(price(4_096, 14 * DAY_MS)).toBeGreaterThan(insert)
  const withoutOld = quote(undefined, depositClaim(PAID_OPERATION.update, 1, header))
  expect(withoutOld && effortFor(withoutOld, 1)).toBe(insert)
})

test('a renewal pays for the time beyond what was paid, also when it was shortened in between', () => {
  const deposits = new TestDeposits(3)
  const record = deposits.record({ ttlMs: 4 * DAY_MS }, NOW, CHEAP)
  const end = headerOf(record).notAfter
  const shortened = renewed(deposits, record, end - 2 * DAY_MS)
  const restored = renewed(deposits, shortened, end)
  const extended = renewed(deposits, restored, end + 8 * DAY_MS)
  const efforts = extended.payments.map(({ proof }) => proof.effort)
  expect(extended.payments).toHaveLength(2)
  expect(efforts[1]).toBeGreaterThan(efforts[0] ?? 0)
  expect(effortPaid(extended.payments)).toBe(efforts.reduce((sum, effort) => sum + effort, 0))
  expect(isPaidInFull(extended.payments, CHEAP)).toBe(true)
  expect(paidState(extended.payments)?.notAfter).toBe(end + 8 * DAY_MS)
  expect(quote(undefined, renewClaim(1, headerOf(record), { counter: 1, notAfter: end }))).toBeUndefined()
})

test('a cheap update does not stand without the payment it rests on', () => {
  const deposits = new TestDeposits(4)
  const record = deposits.record({ ttlMs: 14 * DAY_MS }, NOW, CHEAP)
  const updated = deposits.updated(record, { revision: 1, ttlMs: 14 * DAY_MS }, NOW, CHEAP)
  expect(updated.payments).toHaveLength(2)
  expect(isPaidInFull(updated.payments, CHEAP)).toBe(true)
  expect(isPaidInFull(updated.payments.slice(1), CHEAP)).toBe(false)
  expect(claimsOf(updated.payments).map(({ claim }) => claim.header.revision)).toEqual([0, 1])
})

test('updates of one size do not lengthen the chain: only what is rested on stays', () => {
  const deposits = new TestDeposits(5)
  let record = deposits.record({ ttlMs: 14 * DAY_MS }, NOW, CHEAP)
  for (let revision = 1; revision < 30; revision += 1) {
    record = deposits.updated(record, { revision, ttlMs: 14 * DAY_MS }, NOW, CHEAP)
    expect(isPaidInFull(record.payments, CHEAP)).toBe(true)
    expect(record.payments).toHaveLength(2)
  }
})

test('a full chain starts anew with the next update, which pays as an insert does', () => {
  const deposits = new TestDeposits(6)
  let record = deposits.record({ ttlMs: DAY_MS }, NOW, CHEAP)
  for (let day = 2; record.payments.length < PAYMENTS_MAX; day += 1)
    record = renewed(deposits, record, NOW + day * DAY_MS)
  const header = deposits.header({ revision: 1, ttlMs: DAY_MS }, NOW)
  expect(quote(record.payments, renewClaim(1, headerOf(record), { counter: 99, notAfter: NOW }))).toBeUndefined()
  expect(quote(record.payments, depositClaim(PAID_OPERATION.update, 1, header))?.operation).toBe(PAID_OPERATION.insert)
  const updated = deposits.updated(record, { revision: 1, ttlMs: DAY_MS }, NOW, CHEAP)
  expect(updated.payments).toHaveLength(1)
  expect(isPaidInFull(updated.payments, CHEAP)).toBe(true)
})

test('whatever is updated and renewed, a chain that paid the quotes is paid in full and ends in the newest state', () => {
  const steps = fc.array(
    fc.record({
      verb: fc.constantFrom('update', 'renew'),
      length: fc.constantFrom(256, 956, 4_096),
      days: fc.integer({ min: 1, max: 29 }),
    }),
    { maxLength: 14 },
  )
  fc.assert(
    fc.property(steps, (list) => {
      const deposits = new TestDeposits(7)
      let record = deposits.record({ ttlMs: 3 * DAY_MS }, NOW, CHEAP)
      for (const [at, { verb, length, days }] of list.entries()) {
        const isUpdate = verb === 'update' || record.payments.length >= PAYMENTS_MAX
        const options = { revision: at + 1, ttlMs: days * DAY_MS, body: deposits.body(length) }
        const notAfter = NOW + days * DAY_MS
        record = isUpdate ? deposits.updated(record, options, NOW, CHEAP) : renewed(deposits, record, notAfter)
        expect(isPaidInFull(record.payments, CHEAP)).toBe(true)
        expect(record.payments.length).toBeLessThanOrEqual(PAYMENTS_MAX)
        if (isUpdate) expect(headerOf(record).revision).toBe(at + 1)
        else expect(paidState(record.payments)?.notAfter).toBe(notAfter)
      }
    }),
    { seed: propertySeed(), numRuns: 60 },
  )
})

test('an insert over an old chain begins a new one', () => {
  const deposits = new TestDeposits(8)
  const old = deposits.record({}, NOW, CHEAP)
  const [fresh] = deposits.record({ revision: 1 }, NOW, CHEAP).payments
  expect(fresh && extendPayments(old.payments, fresh)).toEqual([fresh])
})
