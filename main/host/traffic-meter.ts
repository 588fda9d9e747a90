import type { Instant } from '../base/time.ts'

/** A rate is that of this long a time: steady enough to read, quick enough to see. */
const WINDOW_MS = 10_000

interface Totals {
  readonly sentBytes: number
  readonly receivedBytes: number
}

export interface TrafficRates {
  readonly sentBytesPerSecond: number
  readonly receivedBytesPerSecond: number
}

/** Makes rates of counts that are looked at now and then. */
export class TrafficMeter {
  readonly #samples: (Totals & { readonly at: Instant })[] = []

  /** Returns whether anything was sent or received since the last look. */
  sample({ sentBytes, receivedBytes }: Totals, now: Instant): boolean {
    const last = this.#samples.at(-1)
    this.#samples.push({ sentBytes, receivedBytes, at: now })
    // The oldest is where the window begins: it may lie before it.
    while ((this.#samples[1]?.at ?? now) <= now - WINDOW_MS) this.#samples.shift()
    return last?.sentBytes !== sentBytes || last.receivedBytes !== receivedBytes
  }

  get rates(): TrafficRates {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)]
    const seconds = first && last ? (last.at - first.at) / 1_000 : 0
    if (!first || !last || seconds <= 0) return { sentBytesPerSecond: 0, receivedBytesPerSecond: 0 }
    return {
      sentBytesPerSecond: Math.round((last.sentBytes - first.sentBytes) / seconds),
      receivedBytesPerSecond: Math.round((last.receivedBytes - first.receivedBytes) / seconds),
    }
  }
}
