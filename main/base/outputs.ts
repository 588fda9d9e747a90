import type { Address } from './address.ts'
import { assert } from './assert.ts'
import type { Transmit, Transmits } from './transmit.ts'

/** A change that the owner writes to disk in one transaction. */
export interface PendingChange<C> {
  readonly sequence: number
  readonly change: C
}

type Output<C> = { readonly transmit: Transmit } | { readonly pending: PendingChange<C> }

/** A host that drains after every input never comes near this; a simulation that forgets to would. */
const OUTPUT_COUNT_MAX = 65_536

/**
 * The engine's one ordered stream of datagrams and changes: disk before wire. A datagram queued after a change leaves only
 * when that change was persisted, so no peer ever sees what a crash could still undo.
 */
export class Outputs<C> implements Transmits {
  #queue: Output<C>[] = []
  #head = 0
  #handedOut = 0
  #nextSequence = 1
  #persistedSequence = 0
  #droppedCount = 0

  /** Datagrams thrown away because nobody drained the queue. */
  get droppedCount(): number {
    return this.#droppedCount
  }

  send(bytes: Uint8Array, to: Address): void {
    if (this.#queue.length - this.#head >= OUTPUT_COUNT_MAX) {
      this.#droppedCount += 1
      return
    }
    this.#queue.push({ transmit: { bytes, to } })
  }

  /** Queues a change and returns its number, which `persisted` gets when it is safe. */
  persist(change: C): number {
    const sequence = this.#nextSequence
    this.#nextSequence += 1
    this.#queue.push({ pending: { sequence, change } })
    return sequence
  }

  /** The oldest change that was not handed out yet. */
  pollChange(): PendingChange<C> | undefined {
    this.#handedOut = Math.max(this.#handedOut, this.#head)
    while (this.#handedOut < this.#queue.length) {
      const output = this.#queue[this.#handedOut]
      this.#handedOut += 1
      if (output && 'pending' in output) return output.pending
    }
    return undefined
  }

  /** All changes up to `sequence` are on disk. */
  persisted(sequence: number): void {
    assert(sequence < this.#nextSequence, 'persisted a change that never was')
    this.#persistedSequence = Math.max(this.#persistedSequence, sequence)
  }

  pollTransmit(): Transmit | undefined {
    while (this.#head < this.#queue.length) {
      const output = this.#queue[this.#head]
      if (output && 'pending' in output) {
        if (output.pending.sequence > this.#persistedSequence) return undefined
        this.#head += 1
        continue
      }
      this.#head += 1
      const transmit = output?.transmit
      this.#compact()
      return transmit
    }
    this.#compact()
    return undefined
  }

  #compact(): void {
    if (this.#head < this.#queue.length && this.#head < 1_024) return
    this.#queue = this.#queue.slice(this.#head)
    this.#handedOut = Math.max(0, this.#handedOut - this.#head)
    this.#head = 0
  }
}
