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

/** Tells news of each name at once; what follows within an interval is told when that is over: once, and as it is then. */
export class NamedNewsPacer {
  readonly #intervalMs: number
  readonly #tell: (name: string) => void
  readonly #resting = new Map<string, { readonly timer: NodeJS.Timeout; hasNews: boolean }>()
  #isClosed = false

  constructor(intervalMs: number, tell: (name: string) => void) {
    this.#intervalMs = intervalMs
    this.#tell = tell
  }

  touch(name: string): void {
    if (this.#isClosed) return
    const rest = this.#resting.get(name)
    if (rest) {
      rest.hasNews = true
      return
    }
    const timer = setTimeout(() => this.#wake(name), this.#intervalMs)
    timer.unref()
    this.#resting.set(name, { timer, hasNews: false })
    this.#tell(name)
  }

  close(): void {
    this.#isClosed = true
    for (const { timer } of this.#resting.values()) clearTimeout(timer)
    this.#resting.clear()
  }

  #wake(name: string): void {
    const hasNews = this.#resting.get(name)?.hasNews === true
    this.#resting.delete(name)
    if (hasNews) this.touch(name)
  }
}
