import { assert } from '../base/assert.ts'
import { type Instant, SECOND_MS } from '../base/time.ts'
import { SEGMENT_BITMAP_BYTES, SEGMENT_BYTES_MAX, TRANSFER_BYTES_MAX } from '../wire/storage-packets.ts'

const WINDOW_FIRST = 8
const WINDOW_MAX = 48
const WINDOW_MIN = 2
const WAIT_MS_MIN = 100
const WAIT_MS_MAX = 4 * SECOND_MS
/** So many later segments acknowledged mean that one is lost, not late. */
const OVERTAKEN_MAX = 3
/** Waits in vain, one after another, after which the peer counts as gone. */
const SILENCES_MAX = 7

export function segmentCount(length: number): number {
  return Math.ceil(length / SEGMENT_BYTES_MAX)
}

interface Sent {
  at: Instant
  overtaken: number
  isRepeated: boolean
}

/**
 * The sending side of one transfer: which segment to send next, and when to send one again. A window that grows with
 * what is acknowledged and halves on loss keeps it from flooding a narrow path.
 */
export class OutgoingSegments {
  readonly #bytes: Uint8Array
  readonly #count: number
  readonly #acked: boolean[]
  readonly #sent = new Map<number, Sent>()
  readonly #again: number[] = []
  #next = 0
  #ackedCount = 0
  #window = WINDOW_FIRST
  #waitMs: number
  #silences = 0
  #lastNewsAt: Instant

  /** bytes: 1 to 73,728. rttMs: the peer's round trip, if it was measured. */
  constructor(bytes: Uint8Array, rttMs: number | undefined, now: Instant) {
    assert(bytes.length > 0 && bytes.length <= TRANSFER_BYTES_MAX, 'a transfer has a bounded length')
    this.#bytes = bytes
    this.#count = segmentCount(bytes.length)
    this.#acked = Array.from({ length: this.#count }, () => false)
    this.#waitMs = Math.max(WAIT_MS_MIN, 2 * (rttMs ?? 250))
    this.#lastNewsAt = now
  }

  get isDone(): boolean {
    return this.#ackedCount === this.#count
  }

  get hasFailed(): boolean {
    return this.#silences > SILENCES_MAX
  }

  /** The next segment that may leave now, or undefined. */
  poll(now: Instant): { readonly index: number; readonly bytes: Uint8Array } | undefined {
    if (this.isDone || this.hasFailed) return undefined
    const index = this.#takeIndex()
    if (index === undefined) return undefined
    this.#sent.set(index, { at: now, overtaken: 0, isRepeated: this.#sent.has(index) })
    return { index, bytes: this.#bytes.subarray(index * SEGMENT_BYTES_MAX, (index + 1) * SEGMENT_BYTES_MAX) }
  }

  /** received: 9 bytes, one bit a segment, lowest first. */
  handleAck(received: Uint8Array, now: Instant): void {
    let newest = -1
    let newlyAcked = 0
    for (let index = 0; index < this.#count; index += 1) {
      const isNew = this.#acked[index] === false && this.#sent.has(index) && hasBit(received, index)
      if (!isNew) continue
      this.#acked[index] = true
      newlyAcked += 1
      newest = index
      this.#measure(index, now)
      this.#sent.delete(index)
    }
    if (newlyAcked === 0) return
    this.#ackedCount += newlyAcked
    this.#silences = 0
    this.#lastNewsAt = now
    this.#window = Math.min(WINDOW_MAX, this.#window + newlyAcked)
    this.#noteOvertaken(newest)
  }

  nextTimeout(): Instant | undefined {
    return this.isDone || this.hasFailed || this.#sent.size === 0 ? undefined : this.#lastNewsAt + this.#waitMs
  }

  /** Nothing was heard for too long: all that is under way is sent again, slower. */
  handleTimeout(now: Instant): void {
    const at = this.nextTimeout()
    if (at === undefined || now < at) return
    this.#silences += 1
    this.#lastNewsAt = now
    this.#waitMs = Math.min(WAIT_MS_MAX, 2 * this.#waitMs)
    this.#window = WINDOW_MIN
    this.#again.length = 0
    this.#again.push(...[...this.#sent.keys()].sort((left, right) => left - right))
  }

  #takeIndex(): number | undefined {
    const again = this.#again.findIndex((index) => this.#acked[index] === false)
    if (again >= 0 && this.#underWay() < this.#window) return this.#again.splice(0, again + 1).at(-1)
    if (again >= 0 || this.#next >= this.#count || this.#underWay() >= this.#window) return undefined
    this.#next += 1
    return this.#next - 1
  }

  #underWay(): number {
    return this.#sent.size - this.#again.length
  }

  #measure(index: number, now: Instant): void {
    const sent = this.#sent.get(index)
    if (sent && !sent.isRepeated) this.#waitMs = Math.min(WAIT_MS_MAX, Math.max(WAIT_MS_MIN, 2 * (now - sent.at) + 50))
  }

  #noteOvertaken(newest: number): void {
    for (const [index, sent] of this.#sent) {
      if (index > newest || this.#again.includes(index)) continue
      sent.overtaken += 1
      if (sent.overtaken < OVERTAKEN_MAX) continue
      sent.overtaken = 0
      this.#again.push(index)
      this.#window = Math.max(WINDOW_MIN, this.#window >> 1)
    }
  }
}

/** The receiving side of one transfer: puts segments in their place, whatever their order. */
export class IncomingSegments {
  readonly #bytes: Uint8Array
  readonly #count: number
  readonly #received = new Uint8Array(SEGMENT_BITMAP_BYTES)
  #receivedCount = 0
  #unacknowledged = 0

  /** length: 1 to 73,728. */
  constructor(length: number) {
    assert(length > 0 && length <= TRANSFER_BYTES_MAX, 'a transfer has a bounded length')
    this.#bytes = new Uint8Array(length)
    this.#count = segmentCount(length)
  }

  get isDone(): boolean {
    return this.#receivedCount === this.#count
  }

  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** 9 bytes, one bit a segment, lowest first. */
  get received(): Uint8Array {
    return this.#received.slice()
  }

  /** Takes a segment. Returns whether to acknowledge now: at every second one, out of order, and at the end. */
  take(index: number, bytes: Uint8Array): boolean {
    const lengthWanted = Math.min(SEGMENT_BYTES_MAX, this.#bytes.length - index * SEGMENT_BYTES_MAX)
    if (index >= this.#count || bytes.length !== lengthWanted) return false
    const isKnown = hasBit(this.#received, index)
    const isInOrder = index === 0 || hasBit(this.#received, index - 1)
    if (!isKnown) {
      this.#bytes.set(bytes, index * SEGMENT_BYTES_MAX)
      this.#received[index >> 3] = (this.#received[index >> 3] ?? 0) | (1 << (index & 7))
      this.#receivedCount += 1
      this.#unacknowledged += 1
    }
    if (!isKnown && isInOrder && !this.isDone && this.#unacknowledged < 2) return false
    this.#unacknowledged = 0
    return true
  }
}

function hasBit(bitmap: Uint8Array, index: number): boolean {
  return ((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
}
