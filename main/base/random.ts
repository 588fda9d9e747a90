import { assert } from './assert.ts'

/** A source of chance. In production it is the operating system's generator, in simulations a seed. */
export interface Random {
  /** Fills all of `target`. */
  fill(target: Uint8Array): void
}

export function randomBytes(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  random.fill(bytes)
  return bytes
}

const scratch = new Uint8Array(8)
const scratchView = new DataView(scratch.buffer)

/** A whole number in [0, bound), without modulo bias. `bound` ≤ 2^48. */
export function randomBelow(random: Random, bound: number): number {
  assert(Number.isSafeInteger(bound) && bound > 0 && bound <= 2 ** 48, 'bound out of range')
  const limit = 2 ** 48 - (2 ** 48 % bound)
  for (;;) {
    random.fill(scratch)
    const value = scratchView.getUint16(0) * 2 ** 32 + scratchView.getUint32(2)
    if (value < limit) return value % bound
  }
}

/** A number in [0, 1) with 32 random bits. */
export function randomFraction(random: Random): number {
  random.fill(scratch)
  return scratchView.getUint32(0) / 2 ** 32
}

/** One item of a non-empty list. */
export function randomItem<T>(random: Random, items: readonly T[]): T {
  const item = items[randomBelow(random, items.length)]
  assert(item !== undefined, 'no item to choose')
  return item
}

/** A new array with the same items in random order (Fisher-Yates). */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const result = [...items]
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = randomBelow(random, last + 1)
    const moved = result[last] as T
    result[last] = result[other] as T
    result[other] = moved
  }
  return result
}

/**
 * A repeatable stream for tests and simulations; never for keys of real people.
 *
 * source   sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32
 */
export class SeededRandom implements Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number) {
    let state = seed | 0
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0
      let mixed = state ^ (state >>> 16)
      mixed = Math.imul(mixed, 0x21f0aaad)
      mixed ^= mixed >>> 15
      mixed = Math.imul(mixed, 0x735a2d97)
      return mixed ^ (mixed >>> 15)
    }
    this.#a = next() ^ Math.floor(seed / 2 ** 32)
    this.#b = next()
    this.#c = next()
    for (let round = 0; round < 12; round += 1) this.#next()
  }

  fill(target: Uint8Array): void {
    for (let offset = 0; offset < target.length; offset += 4) {
      const word = this.#next()
      for (let byte = 0; byte < 4 && offset + byte < target.length; byte += 1) {
        target[offset + byte] = (word >>> (8 * byte)) & 0xff
      }
    }
  }

  #next(): number {
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0
    return result >>> 0
  }
}
