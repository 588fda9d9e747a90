/** What nodes said of their clocks, in milliseconds ahead of ours. One liar does not move the median of five. */
export class ClockSamples {
  readonly #offsets: number[] = []

  add(offsetMs: number): void {
    this.#offsets.push(offsetMs)
  }

  /** Undefined without any sample; of an even number the lower middle one. */
  median(): number | undefined {
    const sorted = [...this.#offsets].sort((left, right) => left - right)
    return sorted[Math.floor((sorted.length - 1) / 2)]
  }
}
