import type { Address } from '../base/address.ts'
import { type Random, randomFraction } from '../base/random.ts'
import type { DatagramSocket } from './udp-socket.ts'

export interface LossOptions {
  /** With a seeded one the same datagrams are lost each time. */
  readonly random: Random
  /** Shares of all datagrams, 0 to 1, for each direction. */
  readonly dropShare: number
  readonly duplicateShare?: number
}

export interface LossCounts {
  /** All that were to go through. */
  readonly total: number
  readonly dropped: number
  readonly duplicated: number
}

/** A bad line between a driver and its socket: it loses and doubles datagrams both ways, and counts them. */
export class LossySocket implements DatagramSocket {
  readonly #inner: DatagramSocket
  readonly #outward: LossyLine
  readonly #inward: LossyLine

  constructor(inner: DatagramSocket, options: LossOptions) {
    this.#inner = inner
    this.#outward = new LossyLine(options)
    this.#inward = new LossyLine(options)
  }

  get udpPort(): number {
    return this.#inner.udpPort
  }

  get sent(): LossCounts {
    return this.#outward.counts
  }

  get received(): LossCounts {
    return this.#inward.counts
  }

  send(bytes: Uint8Array, to: Address): void {
    for (let copies = this.#outward.copies(); copies > 0; copies -= 1) this.#inner.send(bytes, to)
  }

  listen(onDatagram: (bytes: Uint8Array, from: Address) => void): void {
    this.#inner.listen((bytes, from) => {
      for (let copies = this.#inward.copies(); copies > 0; copies -= 1) onDatagram(bytes.slice(), from)
    })
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}

class LossyLine {
  readonly #options: LossOptions
  #total = 0
  #dropped = 0
  #duplicated = 0

  constructor(options: LossOptions) {
    this.#options = options
  }

  get counts(): LossCounts {
    return { total: this.#total, dropped: this.#dropped, duplicated: this.#duplicated }
  }

  /** How often the next datagram arrives: 0, 1 or 2 times. */
  copies(): number {
    const { random, dropShare, duplicateShare = 0 } = this.#options
    const chance = randomFraction(random)
    this.#total += 1
    if (chance < dropShare) {
      this.#dropped += 1
      return 0
    }
    if (chance < dropShare + duplicateShare) {
      this.#duplicated += 1
      return 2
    }
    return 1
  }
}
