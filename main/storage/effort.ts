import { assert } from '../base/assert.ts'
import { DAY_MS } from '../base/time.ts'
import { PAID_OPERATION, type PaidOperation } from '../wire/storage-proof.ts'

/** Bytes that every record costs beside its body: header, proof, index. */
const OVERHEAD_BYTES = 1_024
/** What update and renew pay on top of the bytes x time that they add: this part of an insert. */
const HANDLING_SHARE = 1 / 16
const LOAD_MAX = 16
const EFFORT_MAX = 0xffffffff

/** The constants of the price, under a version that challenges and proofs carry. */
export interface EffortFormula {
  readonly version: number
  /** Effort of 1,024 bytes (overhead included) for a moment; the time is paid on top. */
  readonly base: number
  readonly floor: number
}

/**
 * One unit of effort is one expected trial of double SHA-512, about 0.55 µs of one desktop thread (1.83 million a
 * second). A text of class P for 14 days costs 29 x base = 900,000 units, 0.49 s, at each of its six holders: about
 * 3 s over all rings. The floor, 5 ms, is what keeps tiny and short records from being free.
 */
export const EFFORT_FORMULA: EffortFormula = { version: 1, base: 31_000, floor: 8_192 }

/** Desktop speed that estimates start from, until the machine was measured. */
export const EFFORT_PER_SECOND_DESKTOP = 1_830_000

/** What a proof pays for: whole inserts, and what updates and renewals add to what was paid before. */
export interface Price {
  readonly operation: PaidOperation
  readonly lengthBytes: number
  readonly ttlMs: number
  /** For update and renew: bytes (overhead included) x milliseconds beyond what earlier payments cover. */
  readonly addedByteMs: number
}

/**
 * The effort that a node asks for.
 *
 * load     1 up to half full, 16 when full: `loadMultiplier`; third parties check copies at 1
 * returns  a whole number from `floor` to 2^32 - 1
 * source   offline-messaging.md section 6: base x (length + 1024)/1024 x (1 + TTL/1 day) x load x operation
 */
export function effortFor(price: Price, load: number, formula: EffortFormula = EFFORT_FORMULA): number {
  assert(load >= 1 && load <= LOAD_MAX, 'load out of range')
  const whole = (paidBytes(price.lengthBytes) / 1_024) * (1 + Math.max(0, price.ttlMs) / DAY_MS)
  const added = Math.max(0, price.addedByteMs) / (1_024 * DAY_MS)
  const units = price.operation === PAID_OPERATION.insert ? whole : added + whole * HANDLING_SHARE
  return Math.min(EFFORT_MAX, Math.max(formula.floor, Math.ceil(formula.base * units * load), 1))
}

/** The price of an insert. */
export function insertPrice(lengthBytes: number, ttlMs: number): Price {
  return { operation: PAID_OPERATION.insert, lengthBytes, ttlMs, addedByteMs: 0 }
}

/** Bytes that a body of this length is charged as. */
export function paidBytes(lengthBytes: number): number {
  return lengthBytes + OVERHEAD_BYTES
}

/** How full a node is, each from 0 to 1. */
export interface Fullness {
  readonly disk: number
  readonly prefixQuota: number
  readonly writeQueue: number
}

/** 1 up to half full, then 2^(8(u - 0.5)), u being the fullest part. */
export function loadMultiplier({ disk, prefixQuota, writeQueue }: Fullness): number {
  const fullest = Math.min(1, Math.max(0, disk, prefixQuota, writeQueue))
  return fullest <= 0.5 ? 1 : 2 ** (8 * (fullest - 0.5))
}

/**
 * How long one thread is expected to take.
 *
 * effortPerSecond  as measured on this machine (proof.measure), or the desktop's
 */
export function secondsFor(effort: number, effortPerSecond: number = EFFORT_PER_SECOND_DESKTOP): number {
  return effort / effortPerSecond
}

/** What sending costs before a node was asked: `copies` inserts at load 1. */
export function estimatedSeconds(
  lengthBytes: number,
  ttlMs: number,
  copies = 6,
  effortPerSecond: number = EFFORT_PER_SECOND_DESKTOP,
): number {
  return copies * secondsFor(effortFor(insertPrice(lengthBytes, ttlMs), 1), effortPerSecond)
}
