/** How far packets may be late. At 10,000 packets a second that is 0.8 s; what comes later is asked for again. */
export const REPLAY_PACKETS = 8_192

/** Remembers which of the latest packet counts were seen, so that no packet is taken twice. */
export class ReplayWindow {
  readonly #bits = new Uint32Array(REPLAY_PACKETS / 32)
  /** One above the highest count seen. */
  #end = 0

  isFresh(count: number): boolean {
    if (count >= this.#end) return true
    if (count < 0 || count < this.#end - REPLAY_PACKETS) return false
    return ((this.#bits[wordOf(count)] ?? 0) & bitOf(count)) === 0
  }

  /** Marks a fresh count as seen. */
  mark(count: number): void {
    if (count >= this.#end) this.#advance(count + 1)
    this.#bits[wordOf(count)] = (this.#bits[wordOf(count)] ?? 0) | bitOf(count)
  }

  #advance(end: number): void {
    if (end - this.#end >= REPLAY_PACKETS) {
      this.#bits.fill(0)
    } else {
      for (let count = this.#end; count < end; count += 1) {
        this.#bits[wordOf(count)] = (this.#bits[wordOf(count)] ?? 0) & ~bitOf(count)
      }
    }
    this.#end = end
  }
}

function wordOf(count: number): number {
  return Math.floor((count % REPLAY_PACKETS) / 32)
}

function bitOf(count: number): number {
  return 1 << (count % 32)
}
