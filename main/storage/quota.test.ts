import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../base/time.ts'
import {
  type Demand,
  effectiveAllocationBytes,
  type Origin,
  quotaFault,
  type Usage,
  VAULT_LIMITS_DEFAULT,
} from './quota.ts'

const MIB = 2 ** 20
const limits = { ...VAULT_LIMITS_DEFAULT, allocationBytes: 16 * MIB }
const nothing: Usage = {
  usedBytes: 0,
  repairBytes: 0,
  prefixBytes: 0,
  repairPrefixBytes: 0,
  mailboxRecords: 0,
  mailboxBytes: 0,
}
const one: Demand = {
  lengthBytes: 956,
  sizeBytes: 1_400,
  ttlMs: DAY_MS,
  replaced: undefined,
  origin: { kind: 'deposit', prefix: '203.0.113' },
}

function reason(demand: Partial<Demand>, usage: Partial<Usage> = {}): string | undefined {
  return quotaFault({ ...one, ...demand }, { ...nothing, ...usage }, limits)?.reason
}

test('an ordinary record fits an empty node', () => {
  expect(reason({})).toBeUndefined()
})

test('each limit has its reason', () => {
  expect(quotaFault(one, nothing, { ...limits, allocationBytes: 0 })?.reason).toBe('notStoring')
  expect(reason({ lengthBytes: 65_537 })).toBe('tooLarge')
  expect(reason({ ttlMs: 31 * DAY_MS })).toBe('ttlTooLong')
  expect(reason({ sizeBytes: 17 * MIB })).toBe('full')
  expect(reason({}, { mailboxRecords: 1_024 })).toBe('mailboxCount')
  expect(reason({}, { mailboxBytes: 8 * MIB })).toBe('mailboxBytes')
  expect(reason({}, { prefixBytes: MIB })).toBe('prefixQuota')
})

test('what a record replaces counts for it', () => {
  const replaced = { sizeBytes: 1_400, origin: one.origin }
  expect(reason({ replaced }, { mailboxRecords: 1_024 })).toBeUndefined()
  expect(reason({ replaced }, { prefixBytes: MIB, mailboxBytes: 8 * MIB })).toBeUndefined()
})

test('what a record replaces frees room only in the share that paid for it', () => {
  const [mine, repair] = [one.origin, { kind: 'repair', prefix: '203.0.113' }] as const
  const replacing = (origin: Origin) => ({ replaced: { sizeBytes: 1_400, origin } })
  for (const other of [repair, { kind: 'deposit', prefix: '198.51.100' } as const]) {
    expect(reason(replacing(other), { prefixBytes: MIB })).toBe('prefixQuota')
    expect(reason(replacing(other), { mailboxBytes: 8 * MIB })).toBeUndefined()
  }
  const neighbour = { kind: 'repair', prefix: '198.51.100' } as const
  expect(reason({ origin: repair, ...replacing(mine) }, { repairBytes: 8 * MIB })).toBe('repairShare')
  expect(reason({ origin: repair, ...replacing(neighbour) }, { repairBytes: 8 * MIB })).toBeUndefined()
  expect(reason({ origin: repair, ...replacing(neighbour) }, { repairPrefixBytes: MIB })).toBe('repairShare')
  expect(reason({ origin: repair, ...replacing(repair) }, { repairPrefixBytes: MIB })).toBeUndefined()
})

test('without a prefix, at home, there is no share to keep to', () => {
  expect(reason({ origin: { kind: 'deposit', prefix: undefined } }, { prefixBytes: 9 * MIB })).toBeUndefined()
  expect(reason({ origin: { kind: 'repair', prefix: undefined } }, { repairPrefixBytes: 7 * MIB })).toBeUndefined()
})

test('repair has half, one offerer an eighth of it, and no part in the share of deposits', () => {
  const origin = { kind: 'repair', prefix: '203.0.113' } as const
  expect(reason({ origin }, { repairBytes: 8 * MIB })).toBe('repairShare')
  expect(reason({ origin }, { repairPrefixBytes: MIB })).toBe('repairShare')
  expect(reason({ origin }, { prefixBytes: 9 * MIB })).toBeUndefined()
})

test('a node holds no more than its traffic lets it take over in a session', () => {
  expect(effectiveAllocationBytes(256 * MIB, 200e6, 8 * HOUR_MS)).toBe(66_666_666)
  expect(effectiveAllocationBytes(10 * MIB, 200e6, 8 * HOUR_MS)).toBe(10 * MIB)
})
