import { assert } from '../../base/assert.ts'

/** net_crypto numbers packets modulo 2^32 and has at most this many on their way. */
const IN_FLIGHT_MAX = 32_768

interface Waiting {
  readonly packetNumber: number
  readonly receiptId: number
}

/**
 * Which packet number stands for which message of one connection. A receipt is no packet of its own: it is the peer's
 * net_crypto saying that it took everything before a number (docs: Tox, read receipts). Bounded by net_crypto's window.
 */
export class Receipts {
  #waiting: Waiting[] = []

  get isFull(): boolean {
    return this.#waiting.length >= IN_FLIGHT_MAX
  }

  /** Packet numbers come in the order in which they were given out. */
  add(packetNumber: number, receiptId: number): void {
    assert(!this.isFull, 'more receipts than net_crypto has packets on their way')
    this.#waiting.push({ packetNumber, receiptId })
  }

  /** Removes and returns the ids of all messages with a packet number before `before`. */
  takeBefore(before: number): number[] {
    let count = 0
    for (const { packetNumber } of this.#waiting) {
      if (!isNumberBefore(packetNumber, before)) break
      count += 1
    }
    return this.#waiting.splice(0, count).map(({ receiptId }) => receiptId)
  }

  /** Removes and returns all that were never acknowledged. */
  takeAll(): number[] {
    const ids = this.#waiting.map(({ receiptId }) => receiptId)
    this.#waiting = []
    return ids
  }
}

/** Order of packet numbers modulo 2^32: `before` lies at most half the circle ahead. */
export function isNumberBefore(packetNumber: number, before: number): boolean {
  const ahead = (before - packetNumber) >>> 0
  return ahead !== 0 && ahead < 2 ** 31
}
