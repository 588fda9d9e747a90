import type { Instant } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { PackedNode } from '../../wire/node-format.ts'

/** What the onion asks of the DHT below it; `Dht` has it, tests make their own. */
export interface OnionDht {
  readonly publicKey: PublicKey
  /** Whether any node has answered lately. */
  isConnected(now: Instant): boolean
  /** Good nodes that tell nothing about whom we look for. */
  randomNodes(count: number, now: Instant): readonly PackedNode[]
  closestNodes(
    target: PublicKey,
    count: number,
    options: { readonly lanAllowed: boolean },
    now: Instant,
  ): readonly PackedNode[]
  /** Sends a routed DHT request to a key through the nodes that know it; returns how many packets went out. */
  sendDhtRequest(receiver: PublicKey, requestId: number, data: Uint8Array, now: Instant): number
}
