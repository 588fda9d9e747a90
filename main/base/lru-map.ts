import { assert } from './assert.ts'

interface Entry<V> {
  value: V
  /** Count of uses at its last one. */
  usedAt: number
}

/** Part of the entries that are put in order at once when one has to go: the next evictions find theirs ready. */
const ORDERED_SHARE = 1 / 4

/**
 * A bounded map; when full, the entry that was not used for longest goes.
 *
 * Use is noted in the entry; moving it to the end of the map with each use would make a look cost three. Order is made
 * when something has to go, for many evictions at once.
 */
export class LruMap<K, V> {
  readonly #entries = new Map<K, Entry<V>>()
  readonly #countMax: number
  #useCount = 0
  /** Keys of those not used for longest when order was made, the first to go last; each with its use then. */
  #leaving: [K, number][] = []

  constructor(countMax: number) {
    assert(countMax > 0, 'a map needs room')
    this.#countMax = countMax
  }

  get count(): number {
    return this.#entries.size
  }

  /** The value, marked as just used. */
  get(key: K): V | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#useCount += 1
    entry.usedAt = this.#useCount
    return entry.value
  }

  /** Sets the value; returns what was thrown out to make room. */
  set(key: K, value: V): V | undefined {
    this.#useCount += 1
    const known = this.#entries.get(key)
    if (known) {
      known.value = value
      known.usedAt = this.#useCount
      return undefined
    }
    const evicted = this.#entries.size >= this.#countMax ? this.#takeOldest() : undefined
    this.#entries.set(key, { value, usedAt: this.#useCount })
    return evicted
  }

  delete(key: K): boolean {
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
    this.#leaving = []
  }

  /** Those not used for longest first. */
  values(): V[] {
    return this.#inOrder().map(([, { value }]) => value)
  }

  #takeOldest(): V | undefined {
    for (;;) {
      const next = this.#leaving.pop()
      if (!next) {
        this.#makeOrder()
        continue
      }
      const [key, usedAt] = next
      const entry = this.#entries.get(key)
      // Whatever was used since, or is new, comes after all that were not.
      if (entry?.usedAt !== usedAt) continue
      this.#entries.delete(key)
      return entry.value
    }
  }

  #makeOrder(): void {
    const oldest = this.#inOrder().slice(0, Math.ceil(this.#entries.size * ORDERED_SHARE))
    this.#leaving = oldest.reverse().map(([key, { usedAt }]) => [key, usedAt])
  }

  #inOrder(): [K, Entry<V>][] {
    return [...this.#entries].sort(([, left], [, right]) => left.usedAt - right.usedAt)
  }
}
