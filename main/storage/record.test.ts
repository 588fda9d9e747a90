import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { BODY_CLASSES } from '../wire/storage-proof.ts'
import {
  bodyClassFor,
  cancelledEntry,
  collectedEntry,
  collectHashOf,
  compareSlotStates,
  copyTimeFault,
  depositTimeFault,
  headerFault,
  isBodyOf,
  isEntryAuthentic,
  isHeaderAuthentic,
  isRenewalAuthentic,
  recordIdOf,
  recordTimes,
  signHeader,
  type SlotState,
} from './record.ts'
import { TEST_NOW, TestDeposits } from './test-deposits.ts'

const NOW = TEST_NOW + 123_456

beforeAll(() => sodiumReady)

test('only what the mailbox signed is authentic: no field can be changed', () => {
  const deposits = new TestDeposits(1)
  const body = deposits.body()
  const signed = signHeader(deposits.mailbox, deposits.header({ body }, NOW))
  const { header } = signed
  expect(isHeaderAuthentic(signed)).toBe(true)
  expect(isBodyOf(header, body)).toBe(true)
  expect(isBodyOf(header, deposits.body())).toBe(false)
  const changes = [
    { mailbox: new TestDeposits(2).mailbox.verifyKey },
    { slot: 1 },
    { revision: 1 },
    { nonce: new Uint8Array(24) },
    { createdAt: header.createdAt + 10 * MINUTE_MS },
    { notAfter: header.notAfter + SECOND_MS },
    { length: 4_096 },
    { copiesPerRing: 3 as const },
    { bodyHash: new Uint8Array(32) },
    { collectHash: new Uint8Array(32) },
  ]
  for (const change of changes) {
    const changed = { ...header, ...change }
    expect(isHeaderAuthentic({ ...signed, header: changed })).toBe(false)
    expect(recordIdOf(changed)).not.toEqual(recordIdOf(header))
  }
})

test('times are rounded: created down to 10 minutes, the end up, from 10 seconds to 30 days', () => {
  const { createdAt, notAfter } = recordTimes(14 * DAY_MS, NOW)
  expect(createdAt % (10 * MINUTE_MS)).toBe(0)
  expect(NOW - createdAt).toBeLessThan(10 * MINUTE_MS)
  expect(notAfter % (10 * MINUTE_MS)).toBe(0)
  expect(notAfter).toBeGreaterThanOrEqual(NOW + 14 * DAY_MS)
  const longest = recordTimes(30 * DAY_MS, NOW)
  expect(longest.notAfter - longest.createdAt).toBe(30 * DAY_MS)
  const shortest = recordTimes(SECOND_MS, NOW)
  expect(shortest.notAfter).toBeGreaterThanOrEqual(NOW + 10 * SECOND_MS)
  expect(shortest.notAfter).toBeLessThan(NOW + 11 * SECOND_MS)
})

test('a header is refused for its length, its end and its life', () => {
  const deposits = new TestDeposits(3)
  const header = deposits.header({}, NOW)
  expect(headerFault(header)).toBeUndefined()
  expect(headerFault({ ...header, length: 257 })).toBe('malformed')
  expect(headerFault({ ...header, notAfter: header.createdAt })).toBe('malformed')
  expect(headerFault({ ...header, notAfter: header.createdAt + 30 * DAY_MS + SECOND_MS })).toBe('ttlTooLong')
})

test('a deposit must be of now; a copy may be old but not from the future; neither may be over', () => {
  const header = new TestDeposits(4).header({ ttlMs: 2 * DAY_MS }, NOW)
  expect(depositTimeFault(header, NOW)).toBeUndefined()
  expect(depositTimeFault(header, NOW + HOUR_MS)).toBeUndefined()
  expect(depositTimeFault(header, NOW + HOUR_MS + 11 * MINUTE_MS)).toBe('clockDiffers')
  expect(depositTimeFault(header, NOW - HOUR_MS - 11 * MINUTE_MS)).toBe('clockDiffers')
  expect(copyTimeFault(header, header.notAfter, NOW + DAY_MS)).toBeUndefined()
  expect(copyTimeFault(header, header.notAfter, NOW - HOUR_MS - 11 * MINUTE_MS)).toBe('clockDiffers')
  expect(copyTimeFault(header, header.notAfter, header.notAfter)).toBe('expired')
  const short = new TestDeposits(4).header({ ttlMs: 30 * SECOND_MS }, NOW)
  expect(depositTimeFault(short, NOW + 31 * SECOND_MS)).toBe('expired')
})

test('bodies are padded to the smallest class that holds them', () => {
  expect([1, 256, 257, 956, 957, 65_536].map(bodyClassFor)).toEqual([256, 256, 956, 956, 4_096, 65_536])
  expect(bodyClassFor(65_537)).toBeUndefined()
  expect(BODY_CLASSES).toEqual([256, 956, 4_096, 16_384, 65_536])
})

test('a renewal counts for its own record and mailbox only', () => {
  const deposits = new TestDeposits(5)
  const header = deposits.header({}, NOW)
  const renewal = deposits.renewal(recordIdOf(header), 1, TEST_NOW + 9 * DAY_MS)
  expect(isRenewalAuthentic(renewal, header)).toBe(true)
  expect(isRenewalAuthentic({ ...renewal, counter: 2 }, header)).toBe(false)
  expect(isRenewalAuthentic({ ...renewal, notAfter: TEST_NOW }, header)).toBe(false)
  expect(isRenewalAuthentic(renewal, { ...header, revision: 1 })).toBe(false)
  const foreign = new TestDeposits(6).renewal(recordIdOf(header), 1, TEST_NOW + 9 * DAY_MS)
  expect(isRenewalAuthentic(foreign, header)).toBe(false)
  expect(isRenewalAuthentic(deposits.renewal(recordIdOf(header), 0, TEST_NOW), header)).toBe(false)
})

test('collected needs the secret behind the hash, cancelled the signature; neither serves another record', () => {
  const deposits = new TestDeposits(7)
  const collectSecret = new Uint8Array(32).fill(3)
  const header = deposits.header({ slot: 4, collectSecret }, NOW)
  expect(header.collectHash).toEqual(collectHashOf(collectSecret))
  const collected = collectedEntry(4, header.bodyHash, collectSecret)
  const cancelled = cancelledEntry(deposits.mailbox, 4, header.bodyHash)
  expect(isEntryAuthentic(collected, header)).toBe(true)
  expect(isEntryAuthentic(cancelled, header)).toBe(true)
  expect(isEntryAuthentic(collectedEntry(4, header.bodyHash, new Uint8Array(32)), header)).toBe(false)
  expect(isEntryAuthentic(cancelledEntry(new TestDeposits(8).mailbox, 4, header.bodyHash), header)).toBe(false)
  for (const entry of [collected, cancelled]) {
    expect(isEntryAuthentic(entry, { ...header, slot: 5 })).toBe(false)
    expect(isEntryAuthentic(entry, { ...header, bodyHash: new Uint8Array(32) })).toBe(false)
  }
})

const states: fc.Arbitrary<SlotState> = fc.record({
  recordId: fc.constantFrom(Uint8Array.of(1), Uint8Array.of(2)),
  revision: fc.nat(2),
  kind: fc.constantFrom('record' as const, 'cancelled' as const, 'collected' as const),
  counter: fc.nat(2),
})

test('states of a slot have one order: no two holders end differently', () => {
  fc.assert(
    fc.property(states, states, states, (a, b, c) => {
      const [ab, ba, bc, ac] = [
        compareSlotStates(a, b),
        compareSlotStates(b, a),
        compareSlotStates(b, c),
        compareSlotStates(a, c),
      ]
      expect(Math.sign(ab)).toBe(-Math.sign(ba) + 0)
      if (ab >= 0 && bc >= 0) expect(ac).toBeGreaterThanOrEqual(0)
      if (ab === 0) expect(a).toEqual(b)
    }),
    { seed: propertySeed(), numRuns: 500 },
  )
})

test('revision beats tombstone, tombstone beats record, collected beats cancelled, then the renewal decides', () => {
  const state = (revision: number, kind: SlotState['kind'], counter = 0): SlotState => {
    return { recordId: Uint8Array.of(revision), revision, kind, counter }
  }
  const ascending = [
    state(1, 'record'),
    state(1, 'record', 1),
    state(1, 'cancelled'),
    state(1, 'collected'),
    state(2, 'record'),
  ]
  const sorted = ascending.toReversed().toSorted(compareSlotStates)
  expect(sorted).toEqual(ascending)
})
