import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { utf8Encode } from '../base/bytes.ts'
import type { EngineEvent } from '../engine/events.ts'
import type { FileToSend } from '../tox/messenger/file-transfers.ts'
import { EventLog } from './event-log.ts'

const PROGRESS_BYTES = 65_536

/** How a transfer goes on; `file` is its id. */
export type FileNews =
  | { readonly kind: 'control'; readonly file: number; readonly control: 'resume' | 'pause' | 'cancel' }
  /** About every 64 KiB that came. */
  | { readonly kind: 'progress'; readonly file: number; readonly position: number }
  | ({ readonly kind: 'sent' } & FileReport)
  | ({ readonly kind: 'received' } & FileReport)

interface FileReport {
  readonly file: number
  readonly complete: boolean
  /** Upper-case hex, of the whole content. */
  readonly sha256: string
}

interface Outgoing {
  readonly content: Uint8Array
  /** Wants past this position wait. */
  stopAt: number
  waiting: (readonly [position: number, length: number])[]
}

interface Incoming {
  readonly path: string
  readonly chunks: Uint8Array[]
  position: number
  reportedPosition: number
}

type Provide = (file: number, position: number, data: Uint8Array) => void
type ChunkWanted = Extract<EngineEvent, { readonly kind: 'chunkWanted' }>
type FileEnded = Extract<EngineEvent, { readonly kind: 'fileEnded' }>

/** What an app does about file transfers: it gives the bytes that are wanted and keeps those that come. */
export class OurFiles {
  readonly news = new EventLog<FileNews>()
  readonly #outgoing = new Map<number, Outgoing>()
  readonly #incoming = new Map<number, Incoming>()

  /** Offers the file at `path` with `start`; past `stopAt` bytes it waits for `goOn`. Returns the id of the transfer. */
  async send(path: string, name: string, stopAt: number, start: (file: FileToSend) => number): Promise<number> {
    const content = new Uint8Array(await readFile(path))
    const file = start({ fileKind: 'data', size: content.length, name: utf8Encode(name) })
    this.#outgoing.set(file, { content, stopAt, waiting: [] })
    return file
  }

  goOn(file: number, provide: Provide): void {
    const outgoing = this.#outgoing.get(file)
    if (!outgoing) return
    outgoing.stopAt = Number.POSITIVE_INFINITY
    const { content, waiting } = outgoing
    outgoing.waiting = []
    for (const [position, length] of waiting) provide(file, position, content.slice(position, position + length))
  }

  /** The transfer is to be written to `path` when it is whole. */
  receive(file: number, path: string): void {
    this.#incoming.set(file, { path, chunks: [], position: 0, reportedPosition: 0 })
  }

  forget(file: number): void {
    this.#outgoing.delete(file)
    this.#incoming.delete(file)
  }

  /** Returns whether the event was about a transfer under way; offers are the person's to answer. */
  handle(event: EngineEvent, provide: Provide): boolean {
    if (event.kind === 'chunkWanted') this.#give(event, provide)
    else if (event.kind === 'fileChunk') this.#keep(event.transferId, event.position, event.data)
    else if (event.kind === 'fileEnded') this.#end(event)
    else if (event.kind === 'filePaused') this.#noteControl(event.transferId, 'pause')
    else if (event.kind === 'fileAccepted' || event.kind === 'fileResumed') {
      this.#noteControl(event.transferId, 'resume')
    } else return false
    return true
  }

  #give({ transferId, position, length }: ChunkWanted, provide: Provide): void {
    const outgoing = this.#outgoing.get(transferId)
    if (!outgoing) return
    const end = position + length
    if (end > outgoing.stopAt) outgoing.waiting.push([position, length])
    else provide(transferId, position, outgoing.content.slice(position, end))
  }

  #noteControl(file: number, control: 'resume' | 'pause' | 'cancel'): void {
    this.news.push({ kind: 'control', file, control })
  }

  #keep(file: number, position: number, data: Uint8Array): void {
    const incoming = this.#incoming.get(file)
    if (!incoming) return
    if (position !== incoming.position) throw new Error(`bytes at ${position} where ${incoming.position} was due`)
    incoming.chunks.push(data)
    incoming.position += data.length
    if (incoming.position < incoming.reportedPosition + PROGRESS_BYTES) return
    incoming.reportedPosition = incoming.position
    this.news.push({ kind: 'progress', file, position: incoming.position })
  }

  #end({ transferId: file, direction, ending }: FileEnded): void {
    const incoming = this.#incoming.get(file)
    const content =
      direction === 'sending' ? this.#outgoing.get(file)?.content : incoming && Buffer.concat(incoming.chunks)
    this.forget(file)
    if (ending === 'cancelledByFriend') this.#noteControl(file, 'cancel')
    if (!content || ending === 'cancelledByFriend' || ending === 'disconnected') return
    const sha256 = createHash('sha256').update(content).digest('hex').toUpperCase()
    const report = { file, complete: ending === 'finished', sha256 }
    if (!incoming) this.news.push({ kind: 'sent', ...report })
    else void writeFile(incoming.path, content).then(() => this.news.push({ kind: 'received', ...report }))
  }
}

/** What `FileTransfers` says to a command, as an error if it refused. */
export function assertDone(command: string, outcome: { readonly kind: string }): void {
  if (outcome.kind !== 'done') throw new Error(`${command}: ${outcome.kind}`)
}
