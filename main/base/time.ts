/**
 * A moment in milliseconds: Unix time at start plus what a monotonic clock counted since.
 * It never runs backwards, so the one number serves time-outs and times of expiry.
 */
export type Instant = number

export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

/** When a machine wants `handleTimeout`, and why (for traces). */
export interface Wake {
  readonly at: Instant
  readonly why: string
}

/** The soonest of several wakes, or undefined if nobody waits for anything. */
export function earliest(...wakes: readonly (Wake | undefined)[]): Wake | undefined {
  let soonest: Wake | undefined
  for (const wake of wakes) {
    if (wake && (!soonest || wake.at < soonest.at)) soonest = wake
  }
  return soonest
}
