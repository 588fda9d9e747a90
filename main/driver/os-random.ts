import { randomFillSync } from 'node:crypto'
import type { Random } from '../base/random.ts'

/** Every packet wants a nonce of 24 bytes, and a call to the generator costs as much for 4 KiB as for one of them. */
const POOL_BYTES = 4_096

/** The operating system's generator. What has been given out is wiped from the pool. */
class OsRandom implements Random {
  readonly #pool = new Uint8Array(POOL_BYTES)
  #used = POOL_BYTES

  fill(target: Uint8Array): void {
    if (target.length > POOL_BYTES / 4) {
      randomFillSync(target)
      return
    }
    if (this.#used + target.length > POOL_BYTES) {
      randomFillSync(this.#pool)
      this.#used = 0
    }
    const taken = this.#pool.subarray(this.#used, this.#used + target.length)
    target.set(taken)
    taken.fill(0)
    this.#used += target.length
  }
}

export const osRandom: Random = new OsRandom()
