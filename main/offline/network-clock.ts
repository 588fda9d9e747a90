import { type Instant, MINUTE_MS } from '../base/time.ts'

/** A clock that is off by less does no harm. */
const TOLERANCE_MS = 5 * MINUTE_MS

/** The storage nodes' time, as far as they told it: by it records are created and end. */
export class NetworkClock {
  #offsetMs = 0

  /** offsetMs   median of the nodes' clocks minus ours. Returns whether ours turned out to be off. */
  note(offsetMs: number | undefined): boolean {
    if (offsetMs === undefined || Math.abs(offsetMs - this.#offsetMs) < TOLERANCE_MS) return false
    this.#offsetMs = Math.abs(offsetMs) < TOLERANCE_MS ? 0 : offsetMs
    return true
  }

  networkTime(now: Instant): Instant {
    return now + this.#offsetMs
  }

  localTime(networkTime: Instant): Instant {
    return networkTime - this.#offsetMs
  }
}
