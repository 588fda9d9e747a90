const KIB = 1_024
const MIB = 2 ** 20
const MINUTE_S = 60
const HOUR_S = 3_600
/** From a kilobyte to a petabyte. */
const SIZE_STEP_COUNT = 41

/** How far apart labels may be, in bytes: what is written as a short number. */
export const SIZE_STEPS: readonly number[] = Array.from({ length: SIZE_STEP_COUNT }, (_, at) => KIB * 2 ** at)

/** The same in seconds: a time is written to the minute, so less would be written twice. */
export const TIME_STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_S),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_S),
]

/** From nothing to somewhat more than the most; a chart of nothing is that of a megabyte. */
export function sizeRange(mostBytes: number): [least: number, most: number] {
  return [0, Math.max(MIB, mostBytes * 1.1)]
}

/** What was measured, in seconds since 1970, and at least the last hour: less has no room for its times. */
export function timeRange(first: number, last: number): [first: number, last: number] {
  return [Math.min(first, last - HOUR_S), last]
}
