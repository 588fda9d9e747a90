import type { ByteBudget } from './byte-budget.ts'
import { PacketRing, WINDOW_PACKETS } from './packet-ring.ts'

/** What out-of-order packets of one peer may occupy. */
const HELD_BYTES_MAX = 16 * 2 ** 20

type Inserted = 'new' | 'duplicate' | 'refused'

/** Lossless packets that came, in any order, until they are taken in order. */
export class ReceiveWindow {
  readonly #packets = new PacketRing<Uint8Array>()
  readonly #budget: ByteBudget
  #start = 0
  #end = 0
  #heldCount = 0
  #heldBytes = 0

  constructor(budget: ByteBudget) {
    this.#budget = budget
  }

  /** The next number to be taken: everything below was. */
  get start(): number {
    return this.#start
  }

  /** One above the highest number known to exist. */
  get end(): number {
    return this.#end
  }

  /** Whether a packet is known to exist and has not come. */
  get hasGaps(): boolean {
    return this.#end - this.#start > this.#heldCount
  }

  has(number: number): boolean {
    return number < this.#start || (number < this.#end && this.#packets.get(number) !== undefined)
  }

  /** `refused` is beyond the window, or there is no room for packets out of order: it will be sent again. */
  insert(number: number, data: Uint8Array): Inserted {
    if (this.has(number)) return 'duplicate'
    if (number - this.#start >= WINDOW_PACKETS) return 'refused'
    const isNext = number === this.#start
    if (!isNext && !this.#hasRoomFor(data.length)) return 'refused'
    this.#packets.put(number, data, this.#start)
    this.#end = Math.max(this.#end, number + 1)
    this.#count(1, data.length)
    return 'new'
  }

  /** The peer will use `next` for its next packet, so all below exist. False if that tells nothing new. */
  noteNext(next: number): boolean {
    if (next <= this.#end || next - this.#start > WINDOW_PACKETS) return false
    this.#end = next
    return true
  }

  /** The next packet in order. */
  take(): Uint8Array | undefined {
    if (this.#start === this.#end) return undefined
    const data = this.#packets.get(this.#start)
    if (!data) return undefined
    this.#packets.delete(this.#start)
    this.#start += 1
    this.#count(-1, -data.length)
    return data
  }

  clear(): void {
    this.#packets.clear()
    this.#count(-this.#heldCount, -this.#heldBytes)
    this.#end = this.#start
  }

  #hasRoomFor(bytes: number): boolean {
    return this.#heldBytes + bytes <= HELD_BYTES_MAX && this.#budget.has(bytes)
  }

  #count(packets: number, bytes: number): void {
    this.#heldCount += packets
    this.#heldBytes += bytes
    this.#budget.take(bytes)
  }
}
