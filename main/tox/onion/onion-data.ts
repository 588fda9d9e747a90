import type { Random } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import { open, precompute, randomNonce, seal } from '../../crypto/box.ts'
import { createKeyPair, type KeyPair, type PublicKey } from '../../crypto/keys.ts'
import type { SharedKeys } from '../../crypto/shared-keys.ts'
import { type DataResponse, dataRequestInOnion, onionDataPlain } from '../../wire/announce-packets.ts'
import { encode } from '../../wire/codec.ts'
import type { ClosestNodes } from './closest-nodes.ts'
import type { OnionPaths } from './onion-paths.ts'
import { decodeOpened } from './opened.ts'

/** Eight datagrams must all arrive for one packet to do so. Where few nodes hold the friend, each is sent several. */
const COPIES_MIN = 3

export interface OnionDataOptions {
  readonly realKeys: KeyPair
  /** Of the real secret key. */
  readonly sharedKeys: SharedKeys
  readonly paths: OnionPaths
  readonly random: Random
}

export interface ReceivedOnionData {
  readonly sender: PublicKey
  readonly plain: Uint8Array
}

/**
 * Data for a friend through the nodes that hold the friend's announcement, and data from anybody to us. The outer box
 * hides the sender from those nodes, the inner one proves it to the receiver.
 *
 * source   tox-wire 3.5
 */
export class OnionData {
  readonly #realKeys: KeyPair
  readonly #sharedKeys: SharedKeys
  readonly #paths: OnionPaths
  readonly #random: Random
  /** Friends seal to this key; new at every start. */
  readonly #dataKeys: KeyPair

  constructor({ realKeys, sharedKeys, paths, random }: OnionDataOptions) {
    this.#realKeys = realKeys
    this.#sharedKeys = sharedKeys
    this.#paths = paths
    this.#random = random
    this.#dataKeys = createKeyPair(random)
  }

  /** What we announce, so that data can be sealed to us. */
  get dataKey(): PublicKey {
    return this.#dataKeys.publicKey
  }

  /**
   * Sends `plain` (up to 1,021 bytes) to a friend through every node that holds it.
   *
   * returns  how many packets went out: none while too few of the nodes near the friend say that they hold it
   */
  send(friend: PublicKey, nodes: ClosestNodes, plain: Uint8Array, now: Instant): number {
    const live = nodes.live(now)
    const holders = live.flatMap(({ node, dataKey }) => (dataKey ? [{ node, dataKey }] : []))
    if (live.length === 0 || holders.length < Math.floor((live.length - 1) / 4) + 1) return 0
    const shared = this.#sharedKeys.get(friend)
    if (!shared) return 0
    const nonce = randomNonce(this.#random)
    const inner = encode(onionDataPlain, {
      senderKey: this.#realKeys.publicKey,
      sealed: seal(shared, nonce, plain),
    })
    let sent = 0
    for (let copies = Math.ceil(COPIES_MIN / holders.length); copies > 0; copies -= 1) {
      for (const { node, dataKey } of holders) {
        const used = this.#paths.use(undefined, now)
        const request = used && this.#seal(friend, dataKey, nonce, inner)
        if (!used || !request) continue
        this.#paths.send(used, request, node.address)
        sent += 1
      }
    }
    return sent
  }

  /** Opens both boxes of a data packet; undefined if it is not for us or from nobody. */
  open({ nonce, temporaryKey, sealed }: DataResponse): ReceivedOnionData | undefined {
    const outer = precompute(temporaryKey, this.#dataKeys.secretKey)
    const inner = decodeOpened(onionDataPlain, outer && open(outer, nonce, sealed))
    outer?.wipe()
    const shared = inner && this.#sharedKeys.get(inner.senderKey)
    const plain = shared && open(shared, nonce, inner.sealed)
    return plain && { sender: inner.senderKey, plain }
  }

  wipe(): void {
    this.#dataKeys.secretKey.wipe()
  }

  /** Every holder gets a key of its own, so that holders cannot tell that two packets are the same. */
  #seal(receiverKey: PublicKey, dataKey: PublicKey, nonce: Uint8Array, inner: Uint8Array): Uint8Array | undefined {
    const temporary = createKeyPair(this.#random)
    const shared = precompute(dataKey, temporary.secretKey)
    temporary.secretKey.wipe()
    if (!shared) return undefined
    const sealed = seal(shared, nonce, inner)
    shared.wipe()
    return encode(dataRequestInOnion, { receiverKey, nonce, temporaryKey: temporary.publicKey, sealed })
  }
}
