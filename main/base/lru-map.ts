import { assert } from './assert.ts'

/** A bounded map; when full, the entry that was not used for longest goes. */
export class LruMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #countMax: number

  constructor(countMax: number) {
    assert(countMax > 0, 'a map needs room')
    this.#countMax = countMax
  }

  get count(): number {
    return this.#entries.size
  }

  /** The value, marked as just used. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, value)
    return value
  }

  /** Sets the value; returns what was thrown out to make room. */
  set(key: K, value: V): V | undefined {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#countMax) return undefined
    for (const [oldest, evicted] of this.#entries) {
      this.#entries.delete(oldest)
      return evicted
    }
    return undefined
  }

  delete(key: K): boolean {
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  values(): IterableIterator<V> {
    return this.#entries.values()
  }
}
