import type { Address } from '../../base/address.ts'
import { concat } from '../../base/bytes.ts'
import type { Random } from '../../base/random.ts'
import { precompute, randomNonce, type SharedKey, seal } from '../../crypto/box.ts'
import { createKeyPair, type PublicKey } from '../../crypto/keys.ts'
import { encode } from '../../wire/codec.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { onionAddress, onionSendInitial } from '../../wire/onion-packets.ts'

interface Hop {
  readonly address: Address
  /** The key by which the relay opens its layer: ours for this hop. */
  readonly senderKey: PublicKey
  readonly shared: SharedKey
}

export type Hops = readonly [PackedNode, PackedNode, PackedNode]

/**
 * Three relays and the keys of their layers. The first knows us by our DHT key anyway; the other two see keys made for
 * this path alone.
 *
 * source   Tox spec "Onion"; tox-wire 3.1
 */
export class OnionPath {
  readonly nodes: Hops
  readonly #envelopes: DhtEnvelopes
  readonly #second: Hop
  readonly #third: Hop

  private constructor(envelopes: DhtEnvelopes, nodes: Hops, second: Hop, third: Hop) {
    this.nodes = nodes
    this.#envelopes = envelopes
    this.#second = second
    this.#third = third
  }

  /** A path over these nodes, not necessarily three different ones; undefined if one has a key of low order. */
  static create(nodes: Hops, envelopes: DhtEnvelopes, random: Random): OnionPath | undefined {
    const second = createHop(nodes[1], random)
    const third = createHop(nodes[2], random)
    if (!second || !third || !envelopes.sharedKeys.get(nodes[0].publicKey)) return undefined
    return new OnionPath(envelopes, nodes, second, third)
  }

  get firstAddress(): Address {
    return this.nodes[0].address
  }

  /** The packet for the first relay; undefined only if its key is of low order. `data` ≤ 1,174 bytes. */
  wrap(data: Uint8Array, destination: Address, random: Random): Uint8Array | undefined {
    const shared = this.#envelopes.sharedKeys.get(this.nodes[0].publicKey)
    if (!shared) return undefined
    const nonce = randomNonce(random)
    const last = seal(this.#third.shared, nonce, concat(encode(onionAddress, destination), data))
    const middle = seal(this.#second.shared, nonce, layer(this.#third, last))
    const sealed = seal(shared, nonce, layer(this.#second, middle))
    return encode(onionSendInitial, { nonce, senderKey: this.#envelopes.publicKey, sealed })
  }

  wipe(): void {
    this.#second.shared.wipe()
    this.#third.shared.wipe()
  }
}

function createHop(node: PackedNode, random: Random): Hop | undefined {
  const keys = createKeyPair(random)
  const shared = precompute(node.publicKey, keys.secretKey)
  keys.secretKey.wipe()
  return shared && { address: node.address, senderKey: keys.publicKey, shared }
}

function layer({ address, senderKey }: Hop, sealed: Uint8Array): Uint8Array {
  return concat(encode(onionAddress, address), senderKey.bytes, sealed)
}
