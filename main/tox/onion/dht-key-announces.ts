import type { Instant } from '../../base/time.ts'
import { open, randomNonce, seal } from '../../crypto/box.ts'
import type { Random } from '../../base/random.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { SharedKeys } from '../../crypto/shared-keys.ts'
import {
  ANNOUNCE_NODES_MAX,
  DHT_KEY_ANNOUNCE_REQUEST_ID,
  type DhtKeyAnnounce,
  dhtKeyAnnounce,
  dhtKeyAnnounceRequest,
} from '../../wire/announce-packets.ts'
import { encode } from '../../wire/codec.ts'
import type { OnionData } from './onion-data.ts'
import type { OnionDht } from './onion-dht.ts'
import type { OnionFriend } from './onion-friend.ts'
import { decodeOpened } from './opened.ts'

export interface DhtKeyAnnouncesOptions {
  readonly realKey: PublicKey
  /** Of the real secret key. */
  readonly sharedKeys: SharedKeys
  readonly dht: OnionDht
  readonly data: OnionData
  readonly random: Random
}

/**
 * Tells friends our DHT key and nodes near us, so that they can find our address: through the onion, and once we know
 * their DHT key through the DHT as well.
 *
 * source   tox-wire 3.6
 */
export class DhtKeyAnnounces {
  readonly #realKey: PublicKey
  readonly #sharedKeys: SharedKeys
  readonly #dht: OnionDht
  readonly #data: OnionData
  readonly #random: Random

  constructor({ realKey, sharedKeys, dht, data, random }: DhtKeyAnnouncesOptions) {
    this.#realKey = realKey
    this.#sharedKeys = sharedKeys
    this.#dht = dht
    this.#data = data
    this.#random = random
  }

  /** Sends whatever is due to a friend who is offline. */
  round(friend: OnionFriend, now: Instant): void {
    if (friend.onionAnnounces.isDue(now) && this.#sendByOnion(friend, now) > 0) friend.onionAnnounces.sent(now)
    if (!friend.dhtKey || !friend.dhtAnnounces.isDue(now)) return
    if (this.#sendByDht(friend, friend.dhtKey, now) > 0) friend.dhtAnnounces.sent(now)
    else friend.dhtAnnounces.failed(now)
  }

  /**
   * Opens the data of DHT request 156.
   *
   * sender    the DHT key that sent the request; it must be the one announced
   * returns   the real key that vouches for it and what it says, or undefined
   */
  open(data: Uint8Array, sender: PublicKey): { realKey: PublicKey; announce: DhtKeyAnnounce } | undefined {
    const request = decodeOpened(dhtKeyAnnounceRequest, data)
    const shared = request && this.#sharedKeys.get(request.senderKey)
    const announce = decodeOpened(dhtKeyAnnounce, shared && open(shared, request.nonce, request.sealed))
    if (!request || !announce?.dhtKey.equals(sender)) return undefined
    return { realKey: request.senderKey, announce }
  }

  #sendByOnion(friend: OnionFriend, now: Instant): number {
    if (!friend.search.search.nodes.live(now).some(({ dataKey }) => dataKey)) return 0
    return this.#data.send(friend.realKey, friend.search.search.nodes, this.#plain(friend, now), now)
  }

  #sendByDht(friend: OnionFriend, dhtKey: PublicKey, now: Instant): number {
    const shared = this.#sharedKeys.get(friend.realKey)
    if (!shared) return 0
    const nonce = randomNonce(this.#random)
    const sealed = seal(shared, nonce, this.#plain(friend, now))
    const data = encode(dhtKeyAnnounceRequest, { senderKey: this.#realKey, nonce, sealed })
    return this.#dht.sendDhtRequest(dhtKey, DHT_KEY_ANNOUNCE_REQUEST_ID, data, now)
  }

  #plain(friend: OnionFriend, now: Instant): Uint8Array {
    const { publicKey } = this.#dht
    const near = this.#dht.closestNodes(publicKey, ANNOUNCE_NODES_MAX, { lanAllowed: true }, now)
    const nodes = near.map((node) => ({ ...node, isTcp: false }))
    return encode(dhtKeyAnnounce, { noReplay: friend.nextNoReplay(now), dhtKey: publicKey, nodes })
  }
}
