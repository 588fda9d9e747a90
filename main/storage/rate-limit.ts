import type { Address } from '../base/address.ts'
import { LruMap } from '../base/lru-map.ts'
import { type Instant, SECOND_MS } from '../base/time.ts'

const SOURCES_MAX = 4_096

interface Bucket {
  left: number
  filledAt: Instant
}

/**
 * How often one source may ask for what costs it nothing: a token bucket a prefix (at home and on one machine, where
 * all share a prefix, an address). Sources not seen for longest are forgotten first.
 */
export class RateLimit {
  readonly #buckets = new LruMap<string, Bucket>(SOURCES_MAX)
  readonly #burst: number
  readonly #perSecond: number

  constructor(burst: number, perSecond: number) {
    this.#burst = burst
    this.#perSecond = perSecond
  }

  /** Counts one request; false if it is one too many. */
  take(address: Address, now: Instant): boolean {
    return this.takeFor(address.isLan ? address.text : address.prefix, now)
  }

  /** The same for a source by another name. */
  takeFor(source: string, now: Instant): boolean {
    const known = this.#buckets.get(source)
    const bucket = known ?? { left: this.#burst, filledAt: now }
    if (!known) this.#buckets.set(source, bucket)
    const gained = (Math.max(0, now - bucket.filledAt) / SECOND_MS) * this.#perSecond
    bucket.left = Math.min(this.#burst, bucket.left + gained)
    bucket.filledAt = now
    if (bucket.left < 1) return false
    bucket.left -= 1
    return true
  }
}
