/** Tells each kind of news at most once an interval, and the last state always: pages that show figures need no more. */
export class NewsPacer<K extends string> {
  readonly #intervalMs: number
  readonly #tell: Readonly<Record<K, () => void>>
  readonly #timers = new Map<K, NodeJS.Timeout>()
  #isClosed = false

  constructor(intervalMs: number, tell: Readonly<Record<K, () => void>>) {
    this.#intervalMs = intervalMs
    this.#tell = tell
  }

  touch(kind: K): void {
    if (this.#isClosed || this.#timers.has(kind)) return
    const timer = setTimeout(() => {
      this.#timers.delete(kind)
      this.#tell[kind]()
    }, this.#intervalMs)
    timer.unref()
    this.#timers.set(kind, timer)
  }

  close(): void {
    this.#isClosed = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }
}
