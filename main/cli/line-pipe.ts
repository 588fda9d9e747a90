import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { Pipe } from '../../shared/api/rpc.ts'

/** Longer lines are cut there: what is left is no JSON, and is answered so. */
export const LINE_LENGTH_MAX = 4 * 1_024 * 1_024

/**
 * A pipe over two streams: one JSON text per line each way. Empty lines are skipped. Reading begins with `onFrame`, so
 * that the other side need not wait for our start and cannot fill our memory before it.
 */
export class LinePipe implements Pipe {
  readonly #input: Readable
  readonly #output: Writable
  readonly #decoder = new StringDecoder('utf8')
  readonly #ended: Promise<void>
  readonly #take = (chunk: Buffer): void => this.#takeText(this.#decoder.write(chunk))
  #end: () => void = () => {}
  #line = ''
  #isClosed = false
  #listener: (frame: string) => void = () => {}

  constructor(input: Readable, output: Writable) {
    this.#input = input
    this.#output = output
    this.#ended = new Promise((resolve) => {
      this.#end = resolve
    })
    // Nobody reads any more: the same as a closed input.
    output.on('error', () => this.#end())
    input.on('error', () => this.#end())
    input.on('close', () => this.#end())
  }

  /** Resolves when the other side closed its end. */
  get ended(): Promise<void> {
    return this.#ended
  }

  send(frame: string): void {
    if (this.#output.writable) this.#output.write(`${frame}\n`)
  }

  onFrame(listener: (frame: string) => void): void {
    this.#listener = listener
    this.#input.on('data', this.#take)
    this.#input.once('end', () => {
      this.#takeText('\n') // The last line may come without its end.
      this.#end()
    })
  }

  /** Nothing is read any more; what was sent still leaves. */
  close(): void {
    this.#isClosed = true
    this.#input.off('data', this.#take)
    this.#input.pause()
    this.#end()
  }

  #takeText(text: string): void {
    const [first = '', ...others] = text.split('\n')
    this.#append(first)
    for (const part of others) {
      const line = this.#line
      this.#line = ''
      this.#append(part)
      this.#tell(line)
    }
  }

  #append(part: string): void {
    this.#line += part.slice(0, LINE_LENGTH_MAX - this.#line.length)
  }

  #tell(line: string): void {
    if (!this.#isClosed && line.trim() !== '') this.#listener(line)
  }
}
