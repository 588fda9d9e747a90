import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import type { StoredRecord } from '../wire/storage-proof.ts'
import type { RecordHeader, Tombstone } from '../wire/storage-record.ts'
import { paidState } from './payments.ts'
import { type Origin, VAULT_LIMITS_DEFAULT, type VaultLimits } from './quota.ts'
import { cancelledEntry, collectedEntry, recordIdOf } from './record.ts'
import { mailboxPlaces, TEST_NOW, TestDeposits } from './test-deposits.ts'
import type { Vault, VaultEvent } from './vault.ts'

const NOW = TEST_NOW
const RINGS = 3
const HOME: Origin = { kind: 'deposit', prefix: undefined }

export interface VaultUnderTest {
  readonly vault: Vault
  readonly close: () => void
}

/** What every vault does, wherever it keeps its bytes. */
export function describeVault(name: string, create: (limits: VaultLimits, ringCount: number) => VaultUnderTest): void {
  function withVault(limits: Partial<VaultLimits>, use: (vault: Vault) => void): void {
    const { vault, close } = create({ ...VAULT_LIMITS_DEFAULT, ...limits }, RINGS)
    try {
      use(vault)
    } finally {
      close()
    }
  }

  beforeAll(() => sodiumReady)

  describe(`${name}`, () => {
    test('gives back what was put, byte for byte, and lists it by mailbox', () => {
      withVault({}, (vault) => {
        const deposits = new TestDeposits(1)
        const record = deposits.record({ slot: 7 }, NOW)
        expect(put(vault, record)).toBe('stored')
        expect(vault.get(deposits.mailbox.verifyKey, 7, NOW)).toEqual({ kind: 'record', record })
        expect(vault.list(deposits.mailbox.verifyKey, NOW).map(({ slot }) => slot)).toEqual([7])
        expect(vault.get(deposits.mailbox.verifyKey, 8, NOW)).toBeUndefined()
        expect(vault.list(new TestDeposits(2).mailbox.verifyKey, NOW)).toEqual([])
      })
    })

    test('keeps a record through its shelf writing and sweeping', () => {
      withVault({}, (vault) => {
        const all = Array.from({ length: 200 }, (_, seed) => new TestDeposits(100 + seed))
        const records = all.map((deposits) => deposits.record({ body: deposits.body(956) }, NOW))
        for (const record of records) expect(put(vault, record)).toBe('stored')
        runUntil(vault, NOW + SECOND_MS)
        for (const [index, deposits] of all.entries()) {
          expect(vault.get(deposits.mailbox.verifyKey, 0, NOW)).toEqual({ kind: 'record', record: records[index] })
        }
      })
    })

    test('replaces a slot by a higher revision only, and knows a record that it holds already', () => {
      withVault({}, (vault) => {
        const deposits = new TestDeposits(3)
        const first = deposits.record({ revision: 4 }, NOW)
        const second = deposits.updated(first, { revision: 5 }, NOW)
        expect(put(vault, first)).toBe('stored')
        expect(put(vault, first)).toBe('held')
        expect(put(vault, deposits.record({ revision: 3 }, NOW))).toBe('staleRevision')
        expect(put(vault, second)).toBe('stored')
        expect(put(vault, first)).toBe('staleRevision')
        expect(vault.get(deposits.mailbox.verifyKey, 0, NOW)).toEqual({ kind: 'record', record: second })
        expect(vault.usage().records).toBe(1)
      })
    })

    test('takes the renewal with the highest counter, longer or shorter', () => {
      withVault({}, (vault) => {
        const deposits = new TestDeposits(4)
        const record = deposits.record({}, NOW)
        const header = headerOf(record)
        const renewed = (counter: number, notAfter: Instant) =>
          deposits.renewed(record, header, deposits.renewal(recordIdOf(header), counter, notAfter), NOW)
        expect(put(vault, record)).toBe('stored')
        expect(put(vault, renewed(2, NOW + 5 * DAY_MS))).toBe('stored')
        expect(put(vault, renewed(1, NOW + 9 * DAY_MS))).toBe('staleRenewal')
        expect(vault.entry(header.mailbox, 0, NOW)?.notAfter).toBe(NOW + 5 * DAY_MS)
        expect(put(vault, renewed(3, NOW + HOUR_MS))).toBe('stored')
        expect(vault.get(header.mailbox, 0, NOW + HOUR_MS)).toBeUndefined()
      })
    })

    test('a tombstone stands only where a record stood, keeps it away, and yields to a higher revision', () => {
      withVault({}, (vault) => {
        const deposits = new TestDeposits(5)
        const record = deposits.record({ revision: 1 }, NOW)
        const header = headerOf(record)
        const cancelled = tombstoneOf(deposits, record, 'cancelled')
        expect(vault.bury(cancelled, NOW)).toMatchObject({ reason: 'unknownRecord' })
        put(vault, record)
        const usedBytes = vault.usage().usedBytes
        expect(vault.bury(cancelled, NOW).kind).toBe('stored')
        expect(vault.usage()).toMatchObject({ records: 0, tombstones: 1 })
        expect(vault.usage().usedBytes).toBeLessThan(usedBytes)
        expect(put(vault, record)).toBe('deleted')
        expect(vault.get(header.mailbox, 0, NOW)).toEqual({ kind: 'tombstone', tombstone: cancelled })
        expect(put(vault, deposits.record({ revision: 2 }, NOW))).toBe('stored')
      })
    })

    test('collected beats cancelled, whichever comes first', () => {
      withVault({}, (vault) => {
        const deposits = new TestDeposits(6)
        const record = deposits.record({}, NOW)
        put(vault, record)
        expect(vault.bury(tombstoneOf(deposits, record, 'cancelled'), NOW).kind).toBe('stored')
        expect(vault.bury(tombstoneOf(deposits, record, 'collected'), NOW).kind).toBe('stored')
        expect(vault.bury(tombstoneOf(deposits, record, 'cancelled'), NOW)).toMatchObject({ reason: 'deleted' })
        expect(vault.bury(tombstoneOf(deposits, record, 'collected'), NOW).kind).toBe('held')
        expect(vault.entry(deposits.mailbox.verifyKey, 0, NOW)?.kind).toBe('collected')
      })
    })

    test('a tombstone stays 30 days past the end of its record', () => {
      withVault({}, (vault) => {
        const deposits = new TestDeposits(7)
        const record = deposits.record({ ttlMs: DAY_MS }, NOW)
        put(vault, record)
        vault.bury(tombstoneOf(deposits, record, 'collected'), NOW)
        const endsAt = headerOf(record).notAfter + 30 * DAY_MS
        runUntil(vault, endsAt - 1)
        expect(vault.entry(deposits.mailbox.verifyKey, 0, endsAt - 1)?.kind).toBe('collected')
        expect(runUntil(vault, endsAt + MINUTE_MS).map(({ kind }) => kind)).toEqual(['expired'])
        expect(vault.usage()).toMatchObject({ usedBytes: 0, tombstones: 0 })
      })
    })

    test('never returns a record past its end, and gives back its room within a minute', () => {
      withVault({}, (vault) => {
        const mailboxes = Array.from({ length: 120 }, (_, seed) => new TestDeposits(300 + seed))
        for (const deposits of mailboxes) put(vault, deposits.record({ ttlMs: 30 * SECOND_MS }, NOW))
        const [first] = mailboxes
        const key = first?.mailbox.verifyKey
        expect(key && vault.get(key, 0, NOW + 30 * SECOND_MS - 1)).toBeDefined()
        expect(key && vault.get(key, 0, NOW + 30 * SECOND_MS)).toBeUndefined()
        const events = runUntil(vault, NOW + 90 * SECOND_MS)
        expect(events).toHaveLength(120)
        expect(vault.usage()).toMatchObject({ usedBytes: 0, records: 0 })
      })
    })

    test('of what was replaced or dropped nothing waits for its end', () => {
      withVault({}, (vault) => {
        const deposits = new TestDeposits(77)
        for (let revision = 0; revision < 50; revision += 1) {
          expect(put(vault, deposits.record({ revision, ttlMs: DAY_MS + revision * HOUR_MS }, NOW))).toBe('stored')
        }
        for (let at = NOW; vault.nextTimeout()?.why === 'vault: write'; at += SECOND_MS) vault.handleTimeout(at)
        // The longest lasts two days more than the first: no shorter one of the slot asks for a wake.
        expect(vault.nextTimeout()?.at).toBeGreaterThan(NOW + DAY_MS + 48 * HOUR_MS)
        vault.drop(deposits.mailbox.verifyKey, 0)
        expect(vault.nextTimeout()).toBeUndefined()
      })
    })

    test('refuses with its reason: nothing allocated, too large, too long, too many and too much in one mailbox', () => {
      withVault({ allocationBytes: 0 }, (vault) => {
        expect(put(vault, new TestDeposits(8).record({}, NOW))).toBe('notStoring')
      })
      const limits = { recordBytesMax: 4_096, ttlMsMax: DAY_MS, mailboxRecordsMax: 3, mailboxBytesMax: 7_000 }
      withVault(limits, (vault) => {
        const deposits = new TestDeposits(9)
        expect(put(vault, deposits.record({ body: deposits.body(16_384), ttlMs: HOUR_MS }, NOW))).toBe('tooLarge')
        expect(put(vault, deposits.record({ ttlMs: 2 * DAY_MS }, NOW))).toBe('ttlTooLong')
        for (const slot of [1, 2, 3]) expect(put(vault, deposits.record({ slot, ttlMs: HOUR_MS }, NOW))).toBe('stored')
        expect(put(vault, deposits.record({ slot: 4, ttlMs: HOUR_MS }, NOW))).toBe('mailboxCount')
        const large = deposits.updated(
          deposits.record({ slot: 1 }, NOW),
          { slot: 1, revision: 1, ttlMs: HOUR_MS, body: deposits.body(4_096) },
          NOW,
        )
        expect(put(vault, large)).toBe('stored')
        const larger = deposits.record({ slot: 2, revision: 1, ttlMs: HOUR_MS, body: deposits.body(4_096) }, NOW)
        expect(put(vault, larger)).toBe('mailboxBytes')
      })
    })

    test('a prefix gets a sixteenth; on loopback and private networks there is no such share', () => {
      withVault({ allocationBytes: 16 * 2_000 }, (vault) => {
        const origin: Origin = { kind: 'deposit', prefix: '203.0.113' }
        const outcomes = Array.from({ length: 4 }, (_, seed) =>
          put(vault, new TestDeposits(400 + seed).record({}, NOW), origin),
        )
        expect(outcomes).toEqual(['stored', 'stored', 'stored', 'prefixQuota'])
        const brought = new TestDeposits(404).record({}, NOW)
        expect(put(vault, brought, { kind: 'repair', prefix: undefined })).toBe('stored')
        expect(put(vault, brought, origin)).toBe('prefixQuota')
        expect(vault.fullness(origin).prefixQuota).toBeGreaterThan(0.7)
        expect(put(vault, new TestDeposits(410).record({}, NOW), { kind: 'deposit', prefix: '203.0.114' })).toBe(
          'stored',
        )
        for (let seed = 420; seed < 430; seed += 1)
          expect(put(vault, new TestDeposits(seed).record({}, NOW))).toBe('stored')
      })
    })

    test('copies taken over get half of the allocation, and one offerer an eighth of that', () => {
      withVault({ allocationBytes: 40_000 }, (vault) => {
        const from = (network: number): Origin => ({ kind: 'repair', prefix: `203.0.${network}` })
        const outcomes = (network: number, seed: number) =>
          Array.from({ length: 4 }, (_, at) => put(vault, new TestDeposits(seed + at).record({}, NOW), from(network)))
        expect(outcomes(1, 500)).toEqual(['stored', 'stored', 'stored', 'stored'])
        expect(put(vault, new TestDeposits(510).record({}, NOW), from(1))).toBe('repairShare')
        for (let network = 2; network < 9; network += 1) outcomes(network, 500 + 20 * network)
        expect(vault.usage().repairBytes).toBeLessThanOrEqual(20_000)
        expect(put(vault, new TestDeposits(800).record({}, NOW), from(9))).toBe('repairShare')
      })
    })

    test('when full, repair goes first, then the row with the least paid time left of the heaviest prefix', () => {
      withVault({ allocationBytes: 3_300 }, (vault) => {
        const prices = { version: 200, base: 16, floor: 1 }
        const one = new TestDeposits(901)
        const cheap = new TestDeposits(902)
        const repaired = new TestDeposits(903)
        const rich = new TestDeposits(904)
        put(vault, one.record({ ttlMs: 5 * DAY_MS }, NOW, prices))
        put(vault, cheap.record({ ttlMs: HOUR_MS }, NOW, prices))
        put(vault, repaired.record({ ttlMs: 9 * DAY_MS }, NOW, prices), { kind: 'repair', prefix: undefined })
        for (
          let seed = 910;
          put(vault, new TestDeposits(seed).record({ ttlMs: 4 * DAY_MS }, NOW, prices)) === 'stored';
          seed += 1
        ) {
          expect(seed).toBeLessThan(930)
          if (vault.entry(repaired.mailbox.verifyKey, 0, NOW) === undefined) break
        }
        const events = drain(vault)
        expect(events).toMatchObject([{ kind: 'evicted', why: 'room', entry: { mailbox: repaired.mailbox.verifyKey } }])
        expect(put(vault, rich.record({ ttlMs: 20 * DAY_MS }, NOW, prices))).toBe('stored')
        expect(drain(vault)).toMatchObject([{ kind: 'evicted', entry: { mailbox: cheap.mailbox.verifyKey } }])
        expect(put(vault, new TestDeposits(905).record({ ttlMs: MINUTE_MS }, NOW, prices))).toBe('full')
        expect(vault.usage().usedBytes).toBeLessThanOrEqual(3_300)
      })
    })

    test('a smaller allocation is reached within 5 seconds, by the rule, and every eviction is told', () => {
      withVault({}, (vault) => {
        const origins = [1, 2, 3].map((network): Origin => ({ kind: 'deposit', prefix: `203.0.${network}` }))
        const count = 1_200
        for (let seed = 0; seed < count; seed += 1) {
          const origin = origins[seed % 6 === 0 ? 1 : seed % 6 === 1 ? 2 : 0] as Origin
          put(vault, new TestDeposits(2_000 + seed).record({}, NOW), origin)
        }
        const allocationBytes = Math.floor(vault.usage().usedBytes / 2)
        vault.setLimits({ ...vault.limits, allocationBytes }, NOW)
        const events = runUntil(vault, NOW + 5 * SECOND_MS)
        expect(vault.usage().usedBytes).toBeLessThanOrEqual(allocationBytes)
        expect(events.every((event) => event.kind === 'evicted' && event.why === 'shrink')).toBe(true)
        expect(events.length + vault.usage().records).toBe(count)
        // The heaviest prefix had two thirds: it alone pays until it is no heavier than the others together deserve.
        expect(new Set(events.map(({ entry }) => entry.origin.prefix))).toEqual(new Set(['203.0.1']))
      })
    })

    test('a deposit of what repair brought moves it out of the repair share', () => {
      withVault({}, (vault) => {
        const record = new TestDeposits(11).record({}, NOW)
        put(vault, record, { kind: 'repair', prefix: '203.0.1' })
        expect(vault.usage().repairBytes).toBeGreaterThan(0)
        expect(put(vault, record)).toBe('stored')
        expect(vault.usage()).toMatchObject({ repairBytes: 0, records: 1 })
        expect(put(vault, record, { kind: 'repair', prefix: '203.0.1' })).toBe('held')
      })
    })

    test('clear forgets everything', () => {
      withVault({}, (vault) => {
        const deposits = new TestDeposits(12)
        put(vault, deposits.record({}, NOW))
        vault.clear()
        expect(vault.usage()).toMatchObject({ usedBytes: 0, records: 0 })
        expect(vault.get(deposits.mailbox.verifyKey, 0, NOW)).toBeUndefined()
        expect(put(vault, deposits.record({}, NOW))).toBe('stored')
      })
    })

    test('whatever is done to it, the books agree with what it holds and no limit is passed', () => {
      const step = fc.record({
        who: fc.nat(7),
        slot: fc.nat(2),
        revision: fc.nat(3),
        verb: fc.constantFrom('put', 'put', 'repair', 'bury', 'drop', 'wait', 'renew'),
        ttlMs: fc.integer({ min: 10_000, max: 5 * DAY_MS }),
        length: fc.constantFrom(256, 956, 4_096),
      })
      const people = Array.from({ length: 8 }, (_, seed) => new TestDeposits(700 + seed))
      fc.assert(
        fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
          withVault({ allocationBytes: 20_000, mailboxRecordsMax: 2 }, (vault) => {
            let now = NOW
            for (const { who, slot, revision, verb, ttlMs, length } of steps) {
              const deposits = people[who] as TestDeposits
              const record = deposits.record({ slot, revision, ttlMs, body: deposits.body(length) }, now)
              const held = vault.get(deposits.mailbox.verifyKey, slot, now)
              if (verb === 'put')
                put(vault, record, { kind: 'deposit', prefix: who < 4 ? `203.0.${who}` : undefined }, now)
              if (verb === 'repair') put(vault, record, { kind: 'repair', prefix: `203.0.${who}` }, now)
              if (verb === 'bury' && held?.kind === 'record')
                vault.bury(tombstoneOf(deposits, held.record, 'collected'), now)
              if (verb === 'drop') vault.drop(deposits.mailbox.verifyKey, slot)
              if (verb === 'wait') runUntil(vault, (now += Math.floor(ttlMs / 1_000) * 1_000))
              if (verb === 'renew' && held?.kind === 'record')
                put(vault, renewedOnce(deposits, held.record, now), HOME, now)
              checkBooks(vault, people, now)
            }
          })
        }),
        { seed: propertySeed(), numRuns: 40 },
      )
    })
  })
}

function put(vault: Vault, record: StoredRecord, origin: Origin = HOME, now: Instant = NOW): string {
  const outcome = vault.put({ record, places: mailboxPlaces(headerOf(record).mailbox, RINGS), origin }, now)
  return outcome.kind === 'refused' ? outcome.reason : outcome.kind
}

function headerOf(record: StoredRecord): RecordHeader {
  const state = paidState(record.payments)
  if (!state) throw new Error('a test record has a header')
  return state.signed.header
}

function tombstoneOf(deposits: TestDeposits, record: StoredRecord, kind: 'collected' | 'cancelled'): Tombstone {
  const signed = paidState(record.payments)?.signed
  if (!signed) throw new Error('a test record has a header')
  const { slot, bodyHash } = signed.header
  const isCollected = kind === 'collected'
  const entry = isCollected
    ? collectedEntry(slot, bodyHash, new Uint8Array(32))
    : cancelledEntry(deposits.mailbox, slot, bodyHash)
  return { signed, entry }
}

function renewedOnce(deposits: TestDeposits, record: StoredRecord, now: Instant): StoredRecord {
  const header = headerOf(record)
  const counter = (paidState(record.payments)?.renewal?.counter ?? 0) + 1
  const notAfter = Math.floor(now / 1_000) * 1_000 + 2 * DAY_MS
  return deposits.renewed(record, header, deposits.renewal(recordIdOf(header), counter, notAfter), now)
}

/** Lets the vault do what it wants to do until `until`. */
function runUntil(vault: Vault, until: Instant): VaultEvent[] {
  const events: VaultEvent[] = []
  for (let wake = vault.nextTimeout(); wake && wake.at <= until; wake = vault.nextTimeout()) {
    vault.handleTimeout(wake.at)
    events.push(...drain(vault))
  }
  return events
}

function drain(vault: Vault): VaultEvent[] {
  const events: VaultEvent[] = []
  for (let event = vault.pollEvent(); event; event = vault.pollEvent()) events.push(event)
  return events
}

function checkBooks(vault: Vault, people: readonly TestDeposits[], now: Instant): void {
  const { usedBytes, repairBytes, records, tombstones, allocationBytes } = vault.usage()
  const all = vault.entriesIn(0, 0, 0, 1_000, 0)
  expect(all).toHaveLength(records + tombstones)
  expect(all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)).toBe(usedBytes)
  expect(usedBytes).toBeLessThanOrEqual(allocationBytes)
  expect(repairBytes).toBeLessThanOrEqual(allocationBytes / 2)
  const listed = people.flatMap(({ mailbox }) => vault.list(mailbox.verifyKey, now))
  expect(listed.length).toBe(all.filter(({ endsAt }) => endsAt > now).length)
  for (const { mailbox, slot, kind } of listed) {
    expect(vault.get(mailbox, slot, now)?.kind).toBe(kind === 'record' ? 'record' : 'tombstone')
  }
}
