/** Bytes from outside that do not have the form they should. Caught in one place, Engine.handlePacket. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
  readonly offset: number

  constructor(reason: string, offset = 0) {
    super(reason)
    this.offset = offset
  }
}

/** Reads big-endian fields from a byte array. Every read checks what is left and throws DecodeError past the end. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get offset(): number {
    return this.#offset
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2))
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4))
  }

  /** 6 bytes, exact in a number. */
  u48(): number {
    const at = this.#take(6)
    return this.#view.getUint16(at) * 2 ** 32 + this.#view.getUint32(at + 2)
  }

  /** 8 bytes of which the value must be below 2^53. */
  u53(): number {
    const at = this.#take(8)
    const high = this.#view.getUint32(at)
    if (high >= 2 ** 21) throw new DecodeError('number above 2^53', at)
    return high * 2 ** 32 + this.#view.getUint32(at + 4)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8))
  }

  /** A view into the input, not a copy: whoever keeps it past the packet copies it (`slice`). */
  bytes(length: number): Uint8Array {
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  rest(): Uint8Array {
    return this.bytes(this.remaining)
  }

  end(): void {
    if (this.remaining !== 0) throw new DecodeError('trailing bytes', this.#offset)
  }

  #take(length: number): number {
    const at = this.#offset
    if (length < 0 || length > this.#bytes.length - at) throw new DecodeError('packet too short', at)
    this.#offset = at + length
    return at
  }
}
