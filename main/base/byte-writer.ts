import { assert } from './assert.ts'

/** Appends big-endian fields to a buffer that grows. `finish` hands out a copy and starts anew. */
export class ByteWriter {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  constructor(capacityBytes = 2_048) {
    this.#bytes = new Uint8Array(capacityBytes)
    this.#view = new DataView(this.#bytes.buffer)
  }

  get length(): number {
    return this.#length
  }

  u8(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xff, 'u8 out of range')
    const at = this.#reserve(1)
    this.#view.setUint8(at, value)
  }

  u16(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffff, 'u16 out of range')
    const at = this.#reserve(2)
    this.#view.setUint16(at, value)
  }

  u32(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value <= 0xffffffff, 'u32 out of range')
    const at = this.#reserve(4)
    this.#view.setUint32(at, value)
  }

  u48(value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value < 2 ** 48, 'u48 out of range')
    const at = this.#reserve(6)
    this.#view.setUint16(at, Math.floor(value / 2 ** 32))
    this.#view.setUint32(at + 2, value % 2 ** 32)
  }

  u53(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'u53 out of range')
    const at = this.#reserve(8)
    this.#view.setUint32(at, Math.floor(value / 2 ** 32))
    this.#view.setUint32(at + 4, value % 2 ** 32)
  }

  u64(value: bigint): void {
    assert(value >= 0n && value < 2n ** 64n, 'u64 out of range')
    const at = this.#reserve(8)
    this.#view.setBigUint64(at, value)
  }

  bytes(value: Uint8Array): void {
    const at = this.#reserve(value.length)
    this.#bytes.set(value, at)
  }

  zeros(length: number): void {
    const at = this.#reserve(length)
    this.#bytes.fill(0, at, at + length)
  }

  /** A copy of what was written; the writer is empty again. */
  finish(): Uint8Array {
    return this.finishView().slice()
  }

  /** The same without copying: it stands until something is written next. */
  finishView(): Uint8Array {
    const length = this.#length
    this.#length = 0
    return this.#bytes.subarray(0, length)
  }

  /** Forgets what was written, after an encoder threw half way. */
  reset(): void {
    this.#length = 0
  }

  /** Makes room first: growing replaces `#bytes` and `#view`. */
  #reserve(length: number): number {
    const at = this.#length
    const needed = at + length
    if (needed > this.#bytes.length) this.#grow(needed)
    this.#length = needed
    return at
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
