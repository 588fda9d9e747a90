import { pooledBytes } from '../base/byte-pool.ts'
import { DecodeError } from '../base/byte-reader.ts'
import type { Random } from '../base/random.ts'
import { MAC_BYTES, NONCE_BYTES, openForNow, sealInto } from '../crypto/box.ts'
import { KEY_BYTES, type KeyPair, type PublicKey } from '../crypto/keys.ts'
import { SharedKeys } from '../crypto/shared-keys.ts'

/** What a DHT envelope adds to its plain text: id, sender's key, nonce and MAC. */
export const DHT_ENVELOPE_BYTES = 1 + KEY_BYTES + NONCE_BYTES + MAC_BYTES

const NONCE_OFFSET = 1 + KEY_BYTES
const BOX_OFFSET = NONCE_OFFSET + NONCE_BYTES

/** A packet between two DHT keys, opened. `plain` shares no bytes with the packet. */
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
    const packet = pooledBytes(BOX_OFFSET + MAC_BYTES + plain.length)
    packet[0] = id
    packet.set(this.#keys.publicKey.bytes, 1)
    const nonce = packet.subarray(NONCE_OFFSET, BOX_OFFSET)
    this.#random.fill(nonce)
    sealInto(packet.subarray(BOX_OFFSET), shared, nonce, plain)
    return packet
  }

  /** Throws DecodeError if the packet is too short, claims our own key, or does not open. */
  open(packet: Uint8Array): OpenedEnvelope {
    if (packet.length < DHT_ENVELOPE_BYTES) throw new DecodeError('DHT packet too short', packet.length)
    const peer = this.#sharedKeys.peerAt(packet, 1)
    if (!peer) throw new DecodeError('DHT packet from a key of low order', 1)
    const sender = peer.key
    if (sender.equals(this.publicKey)) throw new DecodeError('DHT packet from our own key', 1)
    const plain = openForNow(peer.shared, packet.subarray(NONCE_OFFSET, BOX_OFFSET), packet.subarray(BOX_OFFSET))
    if (!plain) throw new DecodeError('DHT packet does not open', BOX_OFFSET)
    return { id: packet[0] ?? 0, sender, plain }
  }
}
