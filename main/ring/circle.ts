import { compareBytes } from '../base/bytes.ts'
import type { PublicKey } from '../crypto/keys.ts'

/** Places are whole numbers below 2^48: exact in a JavaScript number, and enough for 10^8 nodes. */
export const PLACE_COUNT = 2 ** 48

/**
 * A stretch of a circle: places after `from` up to and including `to`, clockwise. `from === to` is the whole circle.
 * A node owns the stretch from its predecessor's place to its own.
 */
export interface PlaceRange {
  readonly from: number
  readonly to: number
}

/** Something with a place and a key that breaks ties. */
export interface Placed {
  readonly place: number
  readonly key: PublicKey
}

/** Steps clockwise from one place to another: 0 to 2^48 - 1. */
export function clockwise(from: number, to: number): number {
  return to >= from ? to - from : to - from + PLACE_COUNT
}

/** The place `steps` (0 to 2^48) further clockwise. */
export function advance(place: number, steps: number): number {
  return (place + steps) % PLACE_COUNT
}

export function rangeLength({ from, to }: PlaceRange): number {
  return from === to ? PLACE_COUNT : clockwise(from, to)
}

export function isInRange({ from, to }: PlaceRange, place: number): boolean {
  const steps = clockwise(from, place)
  return from === to || (steps > 0 && steps <= clockwise(from, to))
}

/** Order of two nodes as one meets them going clockwise from `origin` (which is met first); total, ties by key. */
export function compareClockwise(origin: number, left: Placed, right: Placed): number {
  const difference = clockwise(origin, left.place) - clockwise(origin, right.place)
  return difference !== 0 ? difference : compareBytes(left.key.bytes, right.key.bytes)
}

/**
 * Steps from one node to another in the cyclic order of (place, key): nodes at one place are 0 apart in the order of
 * their keys, and a whole circle against it.
 */
export function stepsBetween(from: Placed, to: Placed): number {
  const steps = clockwise(from.place, to.place)
  return steps === 0 && compareBytes(to.key.bytes, from.key.bytes) < 0 ? PLACE_COUNT : steps
}

/** What the second range has and the first has not, and the reverse; both end at the same place. */
export function rangeChange(before: PlaceRange | undefined, after: PlaceRange | undefined): RangeChange {
  if (!before || !after) return { gained: after, lost: before }
  const difference = rangeLength(after) - rangeLength(before)
  if (difference === 0) return { gained: undefined, lost: undefined }
  return difference > 0
    ? { gained: { from: after.from, to: before.from }, lost: undefined }
    : { gained: undefined, lost: { from: before.from, to: after.from } }
}

export interface RangeChange {
  readonly gained: PlaceRange | undefined
  readonly lost: PlaceRange | undefined
}
