import { DAY_MS } from '../base/time.ts'
import { type Refusal, refuse } from './refusal.ts'

/** One prefix gets at most this part of the allocation, so that one network cannot fill a node. */
export const PREFIX_SHARE = 1 / 16
/** Copies taken over from other nodes get at most this part, and one offerer's prefix that part of it. */
export const REPAIR_SHARE = 1 / 2
export const REPAIR_PREFIX_SHARE = 1 / 8

/** What the owner of a node lets others have. */
export interface VaultLimits {
  /** 0 turns storing off. */
  readonly allocationBytes: number
  readonly recordBytesMax: number
  readonly ttlMsMax: number
  readonly mailboxRecordsMax: number
  readonly mailboxBytesMax: number
}

export const VAULT_LIMITS_DEFAULT: VaultLimits = {
  allocationBytes: 256 * 2 ** 20,
  recordBytesMax: 65_536,
  ttlMsMax: 30 * DAY_MS,
  mailboxRecordsMax: 1_024,
  mailboxBytesMax: 8 * 2 ** 20,
}

/** How a record came: who pays its place. Without a prefix (loopback, private network) no share is counted. */
export interface Origin {
  readonly kind: 'deposit' | 'repair'
  /** IPv4 /24 or IPv6 /48 of the depositor or offerer. */
  readonly prefix: string | undefined
}

/** What is held already, as far as it concerns one more record. */
export interface Usage {
  readonly usedBytes: number
  readonly repairBytes: number
  readonly prefixBytes: number
  readonly repairPrefixBytes: number
  readonly mailboxRecords: number
  readonly mailboxBytes: number
}

/** What the newcomer asks: `sizeBytes` as stored, in place of the record that it replaces. */
export interface Demand {
  readonly lengthBytes: number
  readonly sizeBytes: number
  readonly ttlMs: number
  /** Undefined: its slot is new. */
  readonly replaced: { readonly sizeBytes: number; readonly origin: Origin } | undefined
  readonly origin: Origin
}

/** Why the limits forbid a record whatever could be evicted for it, or undefined. */
export function quotaFault(demand: Demand, usage: Usage, limits: VaultLimits): Refusal | undefined {
  const { allocationBytes } = limits
  if (allocationBytes === 0) return refuse('notStoring')
  if (demand.lengthBytes > limits.recordBytesMax) return refuse('tooLarge')
  if (demand.ttlMs > limits.ttlMsMax) return refuse('ttlTooLong')
  if (demand.sizeBytes > allocationBytes) return refuse('full')
  if (!demand.replaced && usage.mailboxRecords >= limits.mailboxRecordsMax) return refuse('mailboxCount')
  if (usage.mailboxBytes + addedBytes(demand, () => true) > limits.mailboxBytesMax) return refuse('mailboxBytes')
  if (demand.origin.kind === 'repair') return repairFault(demand, usage, allocationBytes)
  const isOverPrefix = usage.prefixBytes + addedBytes(demand, isOfShare(demand.origin)) > allocationBytes * PREFIX_SHARE
  return demand.origin.prefix !== undefined && isOverPrefix ? refuse('prefixQuota') : undefined
}

function repairFault(demand: Demand, usage: Usage, allocationBytes: number): Refusal | undefined {
  const shareBytes = allocationBytes * REPAIR_SHARE
  const isOverShare = usage.repairBytes + addedBytes(demand, ({ kind }) => kind === 'repair') > shareBytes
  const addedToPrefix = addedBytes(demand, isOfShare(demand.origin))
  const isOverPrefix = usage.repairPrefixBytes + addedToPrefix > shareBytes * REPAIR_PREFIX_SHARE
  return isOverShare || (demand.origin.prefix !== undefined && isOverPrefix) ? refuse('repairShare') : undefined
}

/** What a share grows by: what is replaced frees room only in a share that paid for it. */
function addedBytes({ sizeBytes, replaced }: Demand, hasPaid: (origin: Origin) => boolean): number {
  return replaced && hasPaid(replaced.origin) ? sizeBytes - replaced.sizeBytes : sizeBytes
}

function isOfShare({ kind, prefix }: Origin): (other: Origin) => boolean {
  return (other) => other.kind === kind && other.prefix === prefix
}

/**
 * What traffic leaves of an allocation: a record costs its size in traffic once a session at least, so a node that
 * runs only for short sessions must not hold more than it can hand over.
 */
export function effectiveAllocationBytes(setBytes: number, trafficBytesPerDay: number, meanSessionMs: number): number {
  return Math.min(setBytes, Math.floor((trafficBytesPerDay * meanSessionMs) / DAY_MS))
}
