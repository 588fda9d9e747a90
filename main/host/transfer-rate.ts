import type { Instant } from '../base/time.ts'

/** A rate is that of so long a time at least. */
const RATE_MS_MIN = 1_000
/** How much the newest rate counts against the ones before. */
const RATE_SMOOTHING = 0.5

/** How fast a transfer is lately. */
export class TransferRate {
  /** What had gone over when the newest measurement began; undefined until bytes come. */
  #from: { readonly at: Instant; readonly bytes: number } | undefined
  #bytesPerSecond = 0

  get bytesPerSecond(): number {
    return this.#bytesPerSecond
  }

  /** So many bytes have gone over in all. */
  measure(bytes: number, now: Instant): void {
    this.#from ??= { at: now, bytes }
    const elapsedMs = now - this.#from.at
    if (elapsedMs < RATE_MS_MIN) return
    const rate = ((bytes - this.#from.bytes) * 1_000) / elapsedMs
    const former = this.#bytesPerSecond
    this.#bytesPerSecond = Math.round(former === 0 ? rate : former + RATE_SMOOTHING * (rate - former))
    this.#from = { at: now, bytes }
  }

  /** Nothing goes over now, or what does begins anew: the time until then does not count. */
  restart(): void {
    this.#from = undefined
    this.#bytesPerSecond = 0
  }
}
