import { assert } from '../../base/assert.ts'
import { FILE_CHUNK_BYTES_MAX } from '../../wire/messenger-packets.ts'

export interface ReceivedChunk {
  readonly position: number
  readonly data: Uint8Array
  /** Set with the last chunk: whether it reached the size, or the sender stopped short of it. */
  readonly end: 'finished' | 'incomplete' | undefined
}

/** One file that a friend sends us: offered, then running once we accept. */
export class IncomingFile {
  readonly transferId: number
  readonly fileNumber: number
  readonly size: number | undefined
  isPausedByUs = false
  isPausedByFriend = false
  #isAccepted = false
  #position = 0

  constructor({ transferId, fileNumber, size }: { transferId: number; fileNumber: number; size: number | undefined }) {
    this.transferId = transferId
    this.fileNumber = fileNumber
    this.size = size
  }

  get state(): 'offered' | 'running' {
    return this.#isAccepted ? 'running' : 'offered'
  }

  accept(): void {
    assert(!this.#isAccepted, 'a file is accepted once')
    this.#isAccepted = true
  }

  /** Whether the transfer may still start at `position`. */
  canSeek(position: number): boolean {
    return !this.#isAccepted && (this.size === undefined || position < this.size)
  }

  seek(position: number): void {
    assert(this.canSeek(position), 'a file is sought before it is accepted, within its size')
    this.#position = position
  }

  /** The next bytes; what goes past the size is cut off. Undefined if we have not accepted the file. */
  receive(data: Uint8Array): ReceivedChunk | undefined {
    if (!this.#isAccepted) return undefined
    const left = this.size === undefined ? data.length : this.size - this.#position
    const taken = data.subarray(0, left)
    const position = this.#position
    this.#position += taken.length
    const hasAll = this.#position === this.size
    const isOver = hasAll || taken.length < FILE_CHUNK_BYTES_MAX
    const isWhole = hasAll || this.size === undefined
    return { position, data: taken, end: !isOver ? undefined : isWhole ? 'finished' : 'incomplete' }
  }
}
