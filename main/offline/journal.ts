import type { Change, MessageChange } from './change.ts'

/** Where changes go: the engine's ordered stream of outputs. */
export interface ChangeSink {
  persist(change: Change): number
}

/**
 * Gathers what one input changes, so that it becomes one transaction: engine rows and history rows together. A later
 * write of a row replaces an earlier one.
 */
export class Journal {
  readonly #sink: ChangeSink
  #writes = new Map<string, Uint8Array | undefined>()
  #messages: MessageChange[] = []
  #lastSequence = 0

  constructor(sink: ChangeSink) {
    this.#sink = sink
  }

  /** The number of the newest change that was committed; 0 before the first. */
  get lastSequence(): number {
    return this.#lastSequence
  }

  write(key: string, value: Uint8Array): void {
    this.#writes.set(key, value)
  }

  erase(key: string): void {
    this.#writes.set(key, undefined)
  }

  note(message: MessageChange): void {
    this.#messages.push(message)
  }

  /** Queues what was gathered. Whatever is sent afterwards leaves only once this is on disk. */
  commit(): void {
    if (this.#writes.size === 0 && this.#messages.length === 0) return
    const writes = [...this.#writes].map(([key, value]) => ({ key, value }))
    const messages = this.#messages
    this.#writes = new Map()
    this.#messages = []
    this.#lastSequence = this.#sink.persist({ writes, messages })
  }
}
