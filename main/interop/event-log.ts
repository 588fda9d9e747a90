/** Only ends what hangs: a file of 2 MiB on a line that loses much takes a busy machine its time. */
const WAIT_MS = 300_000

interface Waiter<E> {
  readonly matches: (event: E) => boolean
  readonly resolve: (event: E) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

/**
 * What a process of the harness has reported, in order, and who waits for it.
 * Each event is taken once: a second wait for the same thing waits for it to happen again.
 */
export class EventLog<E> {
  readonly #untaken: E[] = []
  readonly #waiters = new Set<Waiter<E>>()
  #closedBecause: Error | undefined

  push(event: E): void {
    for (const waiter of this.#waiters) {
      if (!waiter.matches(event)) continue
      this.#drop(waiter)
      waiter.resolve(event)
      return
    }
    this.#untaken.push(event)
  }

  /** Nothing more will come: every wait, now and later, fails with the reason. */
  close(reason: Error): void {
    this.#closedBecause ??= reason
    for (const waiter of this.#waiters) {
      this.#drop(waiter)
      waiter.reject(reason)
    }
  }

  /** The events that nobody has waited for. */
  get untaken(): readonly E[] {
    return this.#untaken
  }

  /** Takes the first event that matches, from those that came already or those to come. `what` names it in the error. */
  take(what: string, matches: (event: E) => boolean, timeoutMs: number = WAIT_MS): Promise<E> {
    const at = this.#untaken.findIndex(matches)
    const [found] = at < 0 ? [] : this.#untaken.splice(at, 1)
    if (found !== undefined) return Promise.resolve(found)
    if (this.#closedBecause) return Promise.reject(this.#closedBecause)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#drop(waiter)
        reject(new Error(`${what} did not come in ${timeoutMs} ms; last: ${this.#lastWords()}`))
      }, timeoutMs)
      const waiter: Waiter<E> = { matches, resolve, reject, timer }
      this.#waiters.add(waiter)
    })
  }

  #drop(waiter: Waiter<E>): void {
    clearTimeout(waiter.timer)
    this.#waiters.delete(waiter)
  }

  #lastWords(): string {
    return this.#untaken
      .slice(-8)
      .map((event) => JSON.stringify(event).slice(0, 200))
      .join(' ')
  }
}
