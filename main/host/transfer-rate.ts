import type { Instant } from '../base/time.ts'

/** A rate is that of so long a time at least. */
const RATE_MS_MIN = 1_000
/** How much the newest rate counts against the ones before. */
const RATE_SMOOTHING = 0.5

/** How fast a transfer is lately. */
export class TransferRate {
  #fromAt: Instant
  #fromBytes = 0
  #bytesPerSecond = 0

  constructor(now: Instant) {
    this.#fromAt = now
  }

  get bytesPerSecond(): number {
    return this.#bytesPerSecond
  }

  /** So many bytes have gone over in all. */
  measure(bytes: number, now: Instant): void {
    const elapsedMs = now - this.#fromAt
    if (elapsedMs < RATE_MS_MIN) return
    const rate = ((bytes - this.#fromBytes) * 1_000) / elapsedMs
    const former = this.#bytesPerSecond
    this.#bytesPerSecond = Math.round(former === 0 ? rate : former + RATE_SMOOTHING * (rate - former))
    this.#fromAt = now
    this.#fromBytes = bytes
  }

  /** Nothing goes over now. */
  halt(): void {
    this.#bytesPerSecond = 0
  }
}
