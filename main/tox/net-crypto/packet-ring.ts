import { assert } from '../../base/assert.ts'

/** Packet numbers in flight at most: the size of c-toxcore's send and receive arrays. */
export const WINDOW_PACKETS = 32_768
const CAPACITY_MIN = 16

/** Items by packet number, for a run of numbers that moves upwards. Grows in powers of two up to the window. */
export class PacketRing<T> {
  #items: (T | undefined)[] = []
  #mask = -1

  get(number: number): T | undefined {
    return this.#items[number & this.#mask]
  }

  /** Puts an item at `number`, where all items held lie from `start` on and `number - start` is below the window. */
  put(number: number, item: T, start: number): void {
    const span = number - start + 1
    assert(span >= 1 && span <= WINDOW_PACKETS, 'packet number outside the window')
    if (span > this.#items.length) this.#grow(span, start)
    this.#items[number & this.#mask] = item
  }

  delete(number: number): void {
    if (this.#items.length > 0) this.#items[number & this.#mask] = undefined
  }

  clear(): void {
    this.#items = []
    this.#mask = -1
  }

  #grow(span: number, start: number): void {
    let capacity = Math.max(CAPACITY_MIN, this.#items.length)
    while (capacity < span) capacity *= 2
    const grown = Array.from<T | undefined>({ length: capacity })
    for (let number = start; number < start + this.#items.length; number += 1) {
      grown[number & (capacity - 1)] = this.get(number)
    }
    this.#items = grown
    this.#mask = capacity - 1
  }
}
