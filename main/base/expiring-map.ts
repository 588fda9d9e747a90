import { assert } from './assert.ts'
import type { Instant, Wake } from './time.ts'

interface Entry<V> {
  readonly value: V
  readonly expiresAt: Instant
}

/**
 * A bounded map whose entries end. All entries live equally long, so insertion order is order of expiry.
 * When full, the oldest entry goes.
 */
export class ExpiringMap<K, V> {
  readonly #entries = new Map<K, Entry<V>>()
  readonly #lifeMs: number
  readonly #countMax: number
  readonly #why: string

  constructor(lifeMs: number, countMax: number, why: string) {
    assert(lifeMs > 0 && countMax > 0, 'an expiring map needs room and time')
    this.#lifeMs = lifeMs
    this.#countMax = countMax
    this.#why = why
  }

  get count(): number {
    return this.#entries.size
  }

  get(key: K, now: Instant): V | undefined {
    const entry = this.#entries.get(key)
    return entry && entry.expiresAt > now ? entry.value : undefined
  }

  has(key: K, now: Instant): boolean {
    return this.get(key, now) !== undefined
  }

  /** Sets the value and starts its life anew. */
  set(key: K, value: V, now: Instant): void {
    this.#entries.delete(key)
    if (this.#entries.size >= this.#countMax) this.#dropOldest()
    this.#entries.set(key, { value, expiresAt: now + this.#lifeMs })
  }

  /** Removes the entry and returns its value if it had not ended. */
  take(key: K, now: Instant): V | undefined {
    const value = this.get(key, now)
    this.#entries.delete(key)
    return value
  }

  delete(key: K): void {
    this.#entries.delete(key)
  }

  /** The values that have not ended, oldest first. */
  values(now: Instant): V[] {
    return [...this.#entries.values()].filter(({ expiresAt }) => expiresAt > now).map(({ value }) => value)
  }

  /** Removes and returns the entries that have ended. */
  expire(now: Instant): [K, V][] {
    const ended: [K, V][] = []
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAt > now) break
      this.#entries.delete(key)
      ended.push([key, entry.value])
    }
    return ended
  }

  nextTimeout(): Wake | undefined {
    for (const entry of this.#entries.values()) return { at: entry.expiresAt, why: this.#why }
    return undefined
  }

  #dropOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key)
      return
    }
  }
}
