/** Named counts of what was dropped or done, for traces, tests and the network page. */
export class Counters {
  readonly #counts = new Map<string, number>()

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count)
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  all(): ReadonlyMap<string, number> {
    return this.#counts
  }
}
