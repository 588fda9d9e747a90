import { DecodeError } from '../base/byte-reader.ts'
import { concat } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import { MAC_BYTES, NONCE_BYTES, open, randomNonce, seal } from '../crypto/box.ts'
import { KEY_BYTES, type KeyPair, PublicKey } from '../crypto/keys.ts'
import { SharedKeys } from '../crypto/shared-keys.ts'

/** What a DHT envelope adds to its plain text: id, sender's key, nonce and MAC. */
export const DHT_ENVELOPE_BYTES = 1 + KEY_BYTES + NONCE_BYTES + MAC_BYTES

/** A packet between two DHT keys, opened. `plain` is a buffer of its own. */
export interface OpenedEnvelope {
  readonly id: number
  readonly sender: PublicKey
  readonly plain: Uint8Array
}

/**
 * Seals and opens the form in which all DHT packets travel, Tox's and the extension's:
 *
 * | bytes | field                                         |
 * |-------|-----------------------------------------------|
 * | 1     | id                                            |
 * | 32    | sender's DHT public key                       |
 * | 24    | nonce, random                                 |
 * | 16+n  | box(sender's and receiver's DHT keys){ plain } |
 *
 * source   Tox spec "DHT Packet"
 */
export class DhtEnvelopes {
  readonly #keys: KeyPair
  readonly #sharedKeys: SharedKeys
  readonly #random: Random

  constructor(keys: KeyPair, random: Random, sharedKeys: SharedKeys = new SharedKeys(keys.secretKey)) {
    this.#keys = keys
    this.#sharedKeys = sharedKeys
    this.#random = random
  }

  get publicKey(): PublicKey {
    return this.#keys.publicKey
  }

  get sharedKeys(): SharedKeys {
    return this.#sharedKeys
  }

  /** The sealed packet, or undefined if `to` is a key of low order, to which nothing can be sealed. */
  seal(id: number, to: PublicKey, plain: Uint8Array): Uint8Array | undefined {
    const shared = this.#sharedKeys.get(to)
    if (!shared) return undefined
    const nonce = randomNonce(this.#random)
    return concat(Uint8Array.of(id), this.#keys.publicKey.bytes, nonce, seal(shared, nonce, plain))
  }

  /** Throws DecodeError if the packet is too short, claims our own key, or does not open. */
  open(packet: Uint8Array): OpenedEnvelope {
    if (packet.length < DHT_ENVELOPE_BYTES) throw new DecodeError('DHT packet too short', packet.length)
    const sender = new PublicKey(packet.subarray(1, 1 + KEY_BYTES))
    if (sender.equals(this.publicKey)) throw new DecodeError('DHT packet from our own key', 1)
    const shared = this.#sharedKeys.get(sender)
    if (!shared) throw new DecodeError('DHT packet from a key of low order', 1)
    const nonce = packet.subarray(1 + KEY_BYTES, 1 + KEY_BYTES + NONCE_BYTES)
    const plain = open(shared, nonce, packet.subarray(1 + KEY_BYTES + NONCE_BYTES))
    if (!plain) throw new DecodeError('DHT packet does not open', 1 + KEY_BYTES + NONCE_BYTES)
    return { id: packet[0] ?? 0, sender, plain }
  }
}
