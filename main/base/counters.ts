interface Count {
  value: number
}

/** Named counts of what was dropped or done, for traces, tests and the network page. */
export class Counters {
  readonly #counts = new Map<string, Count>()

  add(name: string, count = 1): void {
    const known = this.#counts.get(name)
    if (known) known.value += count
    else this.#counts.set(name, { value: count })
  }

  get(name: string): number {
    return this.#counts.get(name)?.value ?? 0
  }

  all(): ReadonlyMap<string, number> {
    return new Map([...this.#counts].map(([name, { value }]) => [name, value]))
  }
}
