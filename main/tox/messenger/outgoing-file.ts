import { assert } from '../../base/assert.ts'
import { FILE_CHUNK_BYTES_MAX } from '../../wire/messenger-packets.ts'

/** One want asks for so many bytes, 16 packets' worth: fewer turns through the owner than a want per packet. */
export const WANT_BYTES_MAX = 16 * FILE_CHUNK_BYTES_MAX

/** Wanted or held at once: one being sent while the next is fetched. */
export const WANTS_PER_FILE_MAX = 2

export interface Want {
  readonly position: number
  readonly length: number
}

export type ProvideOutcome = 'taken' | 'unexpected' | 'badLength'

/**
 * One file that we send: offered, then running from where the receiver wants it, then finishing until the last packet
 * is acknowledged. Data is pulled: `nextWant`, `provide`, `nextChunk`, `chunkSent`.
 */
export class OutgoingFile {
  readonly transferId: number
  readonly fileNumber: number
  /** undefined: whoever provides the data says where it ends, by giving less than was wanted. */
  readonly size: number | undefined
  isPausedByUs = false
  isPausedByFriend = false
  #state: 'offered' | 'running' | 'finishing' = 'offered'
  #wantPosition = 0
  #sendPosition = 0
  #wants: Want[] = []
  #held: Uint8Array[] = []
  #heldOffset = 0
  #isSourceEnded = false
  #lastPacketNumber: number | undefined

  constructor({ transferId, fileNumber, size }: { transferId: number; fileNumber: number; size: number | undefined }) {
    this.transferId = transferId
    this.fileNumber = fileNumber
    this.size = size
  }

  get state(): 'offered' | 'running' | 'finishing' {
    return this.#state
  }

  get isPaused(): boolean {
    return this.isPausedByUs || this.isPausedByFriend
  }

  /** The number of the packet whose acknowledgement ends the transfer. */
  get lastPacketNumber(): number | undefined {
    return this.#lastPacketNumber
  }

  /** Wants unanswered and answers unsent: what this file holds of the friend's allowance. */
  get holdings(): number {
    return this.#wants.length + this.#held.length
  }

  accept(): void {
    assert(this.#state === 'offered', 'a file is accepted once')
    this.#state = 'running'
  }

  /** Starts at `position`, before the file is accepted; false if it lies at or past the end. */
  seek(position: number): boolean {
    if (this.#state !== 'offered' || (this.size !== undefined && position >= this.size)) return false
    this.#wantPosition = position
    this.#sendPosition = position
    return true
  }

  /** The next bytes to ask the owner for, or undefined: enough is under way, or all was asked for. */
  nextWant(): Want | undefined {
    if (this.#state !== 'running' || this.isPaused || this.#isSourceEnded) return undefined
    if (this.holdings >= WANTS_PER_FILE_MAX) return undefined
    const left = this.size === undefined ? WANT_BYTES_MAX : this.size - this.#wantPosition
    if (left === 0) return undefined
    const want = { position: this.#wantPosition, length: Math.min(left, WANT_BYTES_MAX) }
    this.#wants.push(want)
    this.#wantPosition += want.length
    return want
  }

  /** Takes the answer to the oldest want. Less than was wanted is the end of a file of unknown size, else an error. */
  provide(position: number, data: Uint8Array): ProvideOutcome {
    const want = this.#wants[0]
    if (!want || want.position !== position) return 'unexpected'
    const isShort = data.length < want.length
    if (data.length > want.length || (isShort && this.size !== undefined)) return 'badLength'
    this.#wants.shift()
    if (data.length > 0) this.#held.push(data)
    if (isShort) {
      this.#isSourceEnded = true
      this.#wants = []
    }
    return 'taken'
  }

  /** The bytes of the next packet, up to 1,371 (none of them in the packet that only says the end). */
  nextChunk(): Uint8Array | undefined {
    if (this.#state !== 'running' || this.isPaused) return undefined
    const first = this.#held[0]
    if (first) return first.subarray(this.#heldOffset, this.#heldOffset + FILE_CHUNK_BYTES_MAX)
    return this.size === 0 || this.#isSourceEnded ? new Uint8Array(0) : undefined
  }

  /** `nextChunk` went out as net_crypto's packet `packetNumber`. */
  chunkSent(packetNumber: number): void {
    const length = this.nextChunk()?.length
    assert(length !== undefined, 'no chunk was due')
    this.#sendPosition += length
    this.#heldOffset += length
    if (this.#heldOffset >= (this.#held[0]?.length ?? 0)) {
      this.#held.shift()
      this.#heldOffset = 0
    }
    if (length < FILE_CHUNK_BYTES_MAX || this.#sendPosition === this.size) {
      this.#state = 'finishing'
      this.#lastPacketNumber = packetNumber
    }
  }
}
