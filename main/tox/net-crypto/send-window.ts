import type { Instant } from '../../base/time.ts'
import type { ByteBudget } from './byte-budget.ts'
import { PacketRing, WINDOW_PACKETS } from './packet-ring.ts'
import { decodePacketRequest } from './packet-request.ts'

/** How far `resentBefore` looks: what holds up the peer lies at the start. */
const SCAN_PACKETS = 256

/** A packet sent and not known to have come. */
export interface HeldPacket {
  readonly data: Uint8Array
  sentAt: Instant
  wasResent: boolean
  isRequested: boolean
}

/** What one packet from the peer told about ours. */
export interface Delivery {
  /** Packets now known to have come. */
  readonly count: number
  /** When the latest of them left, if it left only once: then the answer measures the round trip. */
  readonly cleanSentAt: Instant | undefined
}

/** Our lossless packets by number, until the peer has them. */
export class SendWindow {
  readonly #packets = new PacketRing<HeldPacket>()
  readonly #budget: ByteBudget
  #start = 0
  #end = 0
  #heldCount = 0
  #heldBytes = 0
  #deliveredCount = 0
  #cleanSentAt: Instant | undefined

  constructor(budget: ByteBudget) {
    this.#budget = budget
  }

  /** All numbers below were taken in order by the peer. */
  get start(): number {
    return this.#start
  }

  /** The number that the next packet gets. */
  get end(): number {
    return this.#end
  }

  get heldCount(): number {
    return this.#heldCount
  }

  get freeCount(): number {
    return WINDOW_PACKETS - (this.#end - this.#start)
  }

  /** Keeps `data` (not a copy) and returns its number; undefined if the window or the memory for all is full. */
  push(data: Uint8Array, now: Instant): number | undefined {
    if (this.freeCount === 0 || !this.#budget.has(data.length)) return undefined
    const number = this.#end
    this.#packets.put(number, { data, sentAt: now, wasResent: false, isRequested: false }, this.#start)
    this.#end += 1
    this.#count(1, data.length)
    return number
  }

  get(number: number): HeldPacket | undefined {
    return number >= this.#start && number < this.#end ? this.#packets.get(number) : undefined
  }

  /** The peer took all below `recvStart` in order. False if that cannot be: it lies beyond what was sent. */
  acknowledge(recvStart: number): boolean {
    if (recvStart > this.#end) return false
    for (let number = this.#start; number < recvStart; number += 1) this.#release(number)
    this.#start = Math.max(this.#start, recvStart)
    return true
  }

  /**
   * Reads a packet request that counts from `start`: lets go what came.
   *
   * returns  the numbers to send again: missing, not yet requested, and sent longer than one round trip ago
   */
  handleRequest(request: Uint8Array, rttMs: number, now: Instant): number[] {
    const { missing, until } = decodePacketRequest(request, this.#start, this.#end)
    let number = this.#start
    for (const gap of missing) {
      for (; number < gap; number += 1) this.#release(number)
      number = gap + 1
    }
    for (; number < until; number += 1) this.#release(number)
    return missing.filter((gap) => this.#markRequested(gap, now - rttMs))
  }

  /** Up to `countMax` packets near the start that were sent more than once, the last time before `sentBefore`. */
  resentBefore(sentBefore: Instant, countMax: number): number[] {
    const numbers: number[] = []
    const end = Math.min(this.#end, this.#start + SCAN_PACKETS)
    for (let number = this.#start; number < end && numbers.length < countMax; number += 1) {
      const held = this.#packets.get(number)
      if (held?.wasResent && !held.isRequested && held.sentAt <= sentBefore) numbers.push(number)
    }
    return numbers
  }

  /** What was delivered since the last call. */
  takeDelivery(): Delivery {
    const delivery = { count: this.#deliveredCount, cleanSentAt: this.#cleanSentAt }
    this.#deliveredCount = 0
    this.#cleanSentAt = undefined
    return delivery
  }

  clear(): void {
    this.#packets.clear()
    this.#count(-this.#heldCount, -this.#heldBytes)
    this.#start = this.#end
  }

  #markRequested(number: number, sentBefore: Instant): boolean {
    const held = this.get(number)
    if (!held || held.isRequested || held.sentAt > sentBefore) return false
    held.isRequested = true
    return true
  }

  #release(number: number): void {
    const held = this.#packets.get(number)
    if (!held) return
    this.#packets.delete(number)
    this.#count(-1, -held.data.length)
    this.#deliveredCount += 1
    if (!held.wasResent) this.#cleanSentAt = Math.max(held.sentAt, this.#cleanSentAt ?? held.sentAt)
  }

  #count(packets: number, bytes: number): void {
    this.#heldCount += packets
    this.#heldBytes += bytes
    this.#budget.take(bytes)
  }
}
