import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Pipe } from '../../shared/api/rpc.ts'

/** A pipe over two streams: one JSON text per line each way. Empty lines are skipped. */
export class LinePipe implements Pipe {
  readonly #output: Writable
  readonly #lines: ReturnType<typeof createInterface>
  readonly #ended: Promise<void>
  /** What came before anybody listened: the other side need not wait for our start. */
  readonly #early: string[] = []
  #listener: ((frame: string) => void) | undefined

  constructor(input: Readable, output: Writable) {
    this.#output = output
    this.#lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
    this.#ended = new Promise((resolve) => this.#lines.once('close', () => resolve()))
    this.#lines.on('line', (line) => this.#take(line))
  }

  /** Resolves when the other side closed its end. */
  get ended(): Promise<void> {
    return this.#ended
  }

  send(frame: string): void {
    this.#output.write(`${frame}\n`)
  }

  onFrame(listener: (frame: string) => void): void {
    this.#listener = listener
    for (const line of this.#early.splice(0)) listener(line)
  }

  close(): void {
    this.#lines.close()
  }

  #take(line: string): void {
    if (line.trim() === '') return
    if (this.#listener) this.#listener(line)
    else this.#early.push(line)
  }
}
