import { assert } from './assert.ts'

/** First in, first out, with a bound: `push` says whether there was room. */
export class Queue<T> {
  readonly #countMax: number
  #items: T[] = []
  #head = 0

  constructor(countMax: number) {
    assert(countMax > 0, 'a queue needs room')
    this.#countMax = countMax
  }

  get count(): number {
    return this.#items.length - this.#head
  }

  /** Appends `item` and returns true, or returns false and drops it when the queue is full. */
  push(item: T): boolean {
    if (this.count >= this.#countMax) return false
    this.#items.push(item)
    return true
  }

  poll(): T | undefined {
    if (this.#head >= this.#items.length) return undefined
    const item = this.#items[this.#head] as T
    this.#head += 1
    if (this.#head === this.#items.length) {
      this.#items = []
      this.#head = 0
    } else if (this.#head >= 1_024 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
