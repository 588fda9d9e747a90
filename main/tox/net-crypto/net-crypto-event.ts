import type { Address } from '../../base/address.ts'
import { Queue } from '../../base/queue.ts'
import type { PublicKey } from '../../crypto/keys.ts'

/** `killed`: by either side. `replaced`: the friend began anew, or is to be found under another DHT key. */
export type ClosedReason = 'killed' | 'timeout' | 'replaced'

/** News for the messenger. `realKey` is the friend. */
export type NetCryptoEvent =
  | {
      readonly kind: 'established'
      readonly realKey: PublicKey
      readonly dhtKey: PublicKey
      readonly address: Address
    }
  | { readonly kind: 'closed'; readonly realKey: PublicKey; readonly reason: ClosedReason }
  /** A lossless packet, in order, once. `data` is id and body. */
  | { readonly kind: 'data'; readonly realKey: PublicKey; readonly data: Uint8Array }
  | { readonly kind: 'lossy'; readonly realKey: PublicKey; readonly data: Uint8Array }
  /** The peer took all lossless packets with a number below `before`, in order. */
  | { readonly kind: 'acknowledged'; readonly realKey: PublicKey; readonly before: number }
  /** A handshake was the first news of this DHT key of a friend. */
  | { readonly kind: 'friendDhtKey'; readonly realKey: PublicKey; readonly dhtKey: PublicKey }

/** Data beyond stays in the receive windows until the owner has drained the queue. */
const DATA_EVENTS_MAX = 8_192
const EVENTS_MAX = 4 * DATA_EVENTS_MAX

/** Events until the owner polls them. */
export class NetCryptoEvents {
  readonly #queue = new Queue<NetCryptoEvent>(EVENTS_MAX)

  get hasRoomForData(): boolean {
    return this.#queue.count < DATA_EVENTS_MAX
  }

  push(event: NetCryptoEvent): boolean {
    return this.#queue.push(event)
  }

  poll(): NetCryptoEvent | undefined {
    return this.#queue.poll()
  }
}
