import type { Address } from '../base/address.ts'
import { LruMap } from '../base/lru-map.ts'
import { type Instant, SECOND_MS } from '../base/time.ts'
import { TokenBucket } from '../base/token-bucket.ts'

const SOURCES_MAX = 4_096

/**
 * How often one source may ask for what costs it nothing: a token bucket a prefix (at home and on one machine, where
 * all share a prefix, an address). Sources not seen for longest are forgotten first.
 */
export class RateLimit {
  readonly #buckets = new LruMap<string, TokenBucket>(SOURCES_MAX)
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
    const bucket = known ?? new TokenBucket(this.#burst, SECOND_MS / this.#perSecond)
    if (!known) this.#buckets.set(source, bucket)
    return bucket.take(now)
  }
}
