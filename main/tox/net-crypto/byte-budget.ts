/** Bytes that all connections together may hold. */
export class ByteBudget {
  readonly #bytesMax: number
  #used = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get usedBytes(): number {
    return this.#used
  }

  has(bytes: number): boolean {
    return this.#used + bytes <= this.#bytesMax
  }

  take(bytes: number): void {
    this.#used += bytes
  }

  release(bytes: number): void {
    this.#used -= bytes
  }
}
