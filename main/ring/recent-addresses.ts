import type { Address } from '../base/address.ts'
import type { Instant } from '../base/time.ts'

const NEVER = Number.NEGATIVE_INFINITY

/**
 * When something last happened with an address, for as long as anybody asks for: exact, and of those that had to be
 * forgotten it is known when at the latest it was. Times are kept in two generations: the older one goes as a whole, once
 * all in it are older than that, or when the younger one is full.
 */
export class RecentAddresses {
  readonly #horizonMs: number
  readonly #countMax: number
  #young = new Map<string, Instant>()
  #old: ReadonlyMap<string, Instant> = new Map()
  #youngSince: Instant = NEVER
  /** Nothing later is known of those that are not kept. */
  #forgottenAt: Instant = NEVER

  /**
   * horizonMs   up to which `isQuiet` is exact
   * countMax    of addresses in a generation
   */
  constructor(horizonMs: number, countMax: number) {
    this.#horizonMs = horizonMs
    this.#countMax = countMax
  }

  get count(): number {
    return this.#young.size + this.#old.size
  }

  note({ text }: Address, now: Instant): void {
    if (now - this.#youngSince >= this.#horizonMs) this.#turnOver(now)
    else if (this.#young.size >= this.#countMax && !this.#young.has(text)) this.#turnOver(now)
    this.#young.set(text, now)
  }

  /** Whether nothing happened within `quietMs`; false where that is not known any more. */
  isQuiet({ text }: Address, quietMs: number, now: Instant): boolean {
    return now - (this.#young.get(text) ?? this.#old.get(text) ?? this.#forgottenAt) >= quietMs
  }

  #turnOver(now: Instant): void {
    if (this.#old.size > 0) this.#forgottenAt = this.#youngSince
    this.#old = this.#young
    this.#young = new Map()
    this.#youngSince = now
  }
}
