import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { Pipe } from '../../shared/api/rpc.ts'

/** A pipe over two streams: one JSON text per line each way. Empty lines are skipped. */
export class LinePipe implements Pipe {
  readonly #output: Writable
  readonly #lines: ReturnType<typeof createInterface>
  readonly #ended: Promise<void>

  constructor(input: Readable, output: Writable) {
    this.#output = output
    this.#lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
    this.#ended = new Promise((resolve) => this.#lines.once('close', () => resolve()))
  }

  /** Resolves when the other side closed its end. */
  get ended(): Promise<void> {
    return this.#ended
  }

  send(frame: string): void {
    this.#output.write(`${frame}\n`)
  }

  onFrame(listener: (frame: string) => void): void {
    this.#lines.on('line', (line) => {
      if (line.trim() !== '') listener(line)
    })
  }

  close(): void {
    this.#lines.close()
  }
}
