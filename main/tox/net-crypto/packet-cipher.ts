import { advanceNonce, NONCE_BYTES, open, type SharedKey, seal } from '../../crypto/box.ts'
import { dataPlain, frameCryptoData, isCryptoDataSize, nonceLowOf, sealedPartOf } from '../../wire/crypto-data.ts'
import { ReplayWindow } from './replay-window.ts'

/** A third of the 16-bit space: the base nonce follows in these steps, so that late packets still open. */
const NONCE_STEP = 21_845

/** Seals data packets; each takes the next nonce, resends too. */
export class PacketSealer {
  readonly #shared: SharedKey
  readonly #nonce: Uint8Array

  constructor(shared: SharedKey, baseNonce: Uint8Array) {
    this.#shared = shared
    this.#nonce = baseNonce.slice()
  }

  /** The datagram for `data` (id and body, 1 to 1,373 bytes). Counts above 2^32 wrap on the wire. */
  seal(recvStart: number, number: number, data: Uint8Array): Uint8Array {
    const sealed = seal(this.#shared, this.#nonce, dataPlain(recvStart, number, data))
    const framed = frameCryptoData(lowOf(this.#nonce), sealed)
    advanceNonce(this.#nonce)
    return framed
  }
}

/** Opens data packets in any order, each once. */
export class PacketOpener {
  readonly #shared: SharedKey
  readonly #base: Uint8Array
  /** How many packets the base is ahead of the handshake's nonce. */
  #baseCount = 0
  readonly #nonce = new Uint8Array(NONCE_BYTES)
  readonly #seen = new ReplayWindow()

  constructor(shared: SharedKey, baseNonce: Uint8Array) {
    this.#shared = shared
    this.#base = baseNonce.slice()
  }

  /** The plain text in a buffer of its own; undefined if size, MAC or freshness are wrong. */
  open(framed: Uint8Array): Uint8Array | undefined {
    if (!isCryptoDataSize(framed.length)) return undefined
    const ahead = (nonceLowOf(framed) - lowOf(this.#base)) & 0xffff
    const count = this.#baseCount + ahead
    if (!this.#seen.isFresh(count)) return undefined
    this.#nonce.set(this.#base)
    advanceNonce(this.#nonce, ahead)
    const plain = open(this.#shared, this.#nonce, sealedPartOf(framed))
    if (!plain) return undefined
    this.#seen.mark(count)
    if (ahead > 2 * NONCE_STEP) {
      advanceNonce(this.#base, NONCE_STEP)
      this.#baseCount += NONCE_STEP
    }
    return plain
  }
}

function lowOf(nonce: Uint8Array): number {
  return ((nonce[NONCE_BYTES - 2] ?? 0) << 8) | (nonce[NONCE_BYTES - 1] ?? 0)
}
