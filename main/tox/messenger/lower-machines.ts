import type { Address } from '../../base/address.ts'
import type { Instant } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { AnnouncedNode, PackedNode } from '../../wire/node-format.ts'

/** What the Messenger needs of net_crypto. Friends are named by their long-term keys. */
export interface MessengerNetCrypto {
  allow(realKey: PublicKey, now: Instant): void
  disallow(realKey: PublicKey, now: Instant): void
  connect(realKey: PublicKey, dhtKey: PublicKey, now: Instant): void
  setAddress(realKey: PublicKey, address: Address, now: Instant): void
  /** The lossless packet's number, or undefined: no connection, or no room. */
  send(realKey: PublicKey, data: Uint8Array, now: Instant): number | undefined
  /** How many packets of bulk may be sent now. */
  freeSlots(realKey: PublicKey): number
  kill(realKey: PublicKey, now: Instant): void
  isEstablished(realKey: PublicKey): boolean
}

export type MessengerNetCryptoEvent =
  | { readonly kind: 'established'; readonly realKey: PublicKey; readonly dhtKey: PublicKey; readonly address: Address }
  | { readonly kind: 'closed'; readonly realKey: PublicKey; readonly reason: 'killed' | 'timeout' | 'replaced' }
  | { readonly kind: 'data'; readonly realKey: PublicKey; readonly data: Uint8Array }
  | { readonly kind: 'lossy'; readonly realKey: PublicKey; readonly data: Uint8Array }
  | { readonly kind: 'acknowledged'; readonly realKey: PublicKey; readonly before: number }
  | { readonly kind: 'friendDhtKey'; readonly realKey: PublicKey; readonly dhtKey: PublicKey }

/** What the Messenger needs of the onion client. */
export interface MessengerOnion {
  addFriend(realKey: PublicKey, now: Instant): void
  removeFriend(realKey: PublicKey, now: Instant): void
  setFriendOnline(realKey: PublicKey, isOnline: boolean, now: Instant): void
  setFriendDhtKey(realKey: PublicKey, dhtKey: PublicKey, now: Instant): void
  forgetFriendDhtKey(realKey: PublicKey): void
  /** Repeats by itself until the friend is online or removed. */
  sendFriendRequest(realKey: PublicKey, nospam: Uint8Array, message: Uint8Array, now: Instant): void
}

export type MessengerOnionEvent =
  | { readonly kind: 'connected'; readonly isConnected: boolean }
  | {
      readonly kind: 'friendRequest'
      readonly sender: PublicKey
      readonly nospam: Uint8Array
      readonly message: Uint8Array
    }
  | {
      readonly kind: 'friendDhtKey'
      readonly realKey: PublicKey
      readonly dhtKey: PublicKey
      readonly nodes: readonly AnnouncedNode[]
    }

/** What the Messenger needs of the DHT. Searches are counted: each `search` has its `stopSearch`. */
export interface MessengerDht {
  search(dhtKey: PublicKey, now: Instant): void
  stopSearch(dhtKey: PublicKey, now: Instant): void
  addCandidate(node: PackedNode, now: Instant): void
  addressOf(dhtKey: PublicKey, now: Instant): Address | undefined
}

/** The one DHT event that concerns friends: where the owner of a searched key answers from. */
export interface MessengerDhtEvent {
  readonly kind: 'friendAddress'
  readonly dhtKey: PublicKey
  readonly address: Address
}
