import type { Address } from '../../base/address.ts'
import { earliest, type Instant, SECOND_MS, type Wake } from '../../base/time.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import type { AnnouncedNode } from '../../wire/node-format.ts'
import type { MessengerDht, MessengerNetCrypto, MessengerOnion } from './lower-machines.ts'

/** A DHT key that leads nowhere is forgotten so long after the last word of it, or after the connection ended. */
const DHT_KEY_LIFE_MS = 122 * SECOND_MS

/** Pause before a lost connection is tried again: a peer that ends each one cannot make us spin. */
const RECONNECT_DELAY_MS = SECOND_MS

export interface FriendConnectionParts {
  readonly netCrypto: MessengerNetCrypto
  readonly onionClient: MessengerOnion
  readonly dht: MessengerDht
}

/**
 * The way to one friend, from the long-term key to an established net_crypto connection:
 * the onion tells the DHT key, the DHT search tells the address, net_crypto shakes hands; when the connection ends,
 * all of it goes on from what is still known.
 *
 * source   Tox spec "Friend connection"; tox-wire.md 3.8, 5.1
 */
export class FriendConnection {
  readonly realKey: PublicKey
  readonly #parts: FriendConnectionParts
  #dhtKey: PublicKey | undefined
  #dhtKeyHeardAt: Instant = 0
  #isEstablished = false
  #reconnectAt: Instant | undefined

  constructor(realKey: PublicKey, parts: FriendConnectionParts, now: Instant) {
    this.realKey = realKey
    this.#parts = parts
    parts.onionClient.addFriend(realKey, now)
    parts.netCrypto.allow(realKey, now)
  }

  get isEstablished(): boolean {
    return this.#isEstablished
  }

  get dhtKey(): PublicKey | undefined {
    return this.#dhtKey
  }

  /** Whether there is nothing to do but to wait for word of the friend. */
  get isIdle(): boolean {
    return !this.#isEstablished && !this.#dhtKey
  }

  /**
   * The onion, or a handshake, named the friend's DHT key. A new key ends a connection that was made under the old one.
   *
   * returns  true if a connection was ended
   */
  learnDhtKey(dhtKey: PublicKey, nodes: readonly AnnouncedNode[], now: Instant): boolean {
    const isNews = !this.#dhtKey?.equals(dhtKey)
    const wasEstablished = this.#isEstablished
    const isLost = isNews && wasEstablished
    if (isLost) this.#drop(now)
    this.#setDhtKey(dhtKey, now)
    for (const node of nodes) {
      if (!node.isTcp) this.#parts.dht.addCandidate({ publicKey: node.publicKey, address: node.address }, now)
    }
    if (!this.#isEstablished) this.#connect(now)
    return isLost
  }

  /** A handshake was the first news of a DHT key: the search and the onion follow it, the connection stands. */
  handleHandshakeKey(dhtKey: PublicKey, now: Instant): void {
    this.#setDhtKey(dhtKey, now)
  }

  handleAddress(dhtKey: PublicKey, address: Address, now: Instant): void {
    if (this.#dhtKey?.equals(dhtKey)) this.#parts.netCrypto.setAddress(this.realKey, address, now)
  }

  /** Returns false if net_crypto has ended the connection again before we heard of it. */
  handleEstablished(dhtKey: PublicKey, now: Instant): boolean {
    if (!this.#parts.netCrypto.isEstablished(this.realKey)) return false
    this.#setDhtKey(dhtKey, now)
    this.#isEstablished = true
    this.#reconnectAt = undefined
    this.#parts.onionClient.setFriendOnline(this.realKey, true, now)
    return true
  }

  /** The connection, or an attempt at one, ended: try again soon. */
  handleClosed(now: Instant): void {
    this.#markLost(now)
    if (this.#dhtKey) this.#reconnectAt = now + RECONNECT_DELAY_MS
  }

  /** Ends the connection from our side, and tries again soon. */
  drop(now: Instant): void {
    this.#drop(now)
    if (this.#dhtKey) this.#reconnectAt = now + RECONNECT_DELAY_MS
  }

  /** Tells the friend goodbye, for good: no further attempts until the next start. */
  leave(now: Instant): void {
    this.#drop(now)
    this.#forgetDhtKey(now)
  }

  /** The friend was removed: nothing of the connection remains in the machines below. */
  close(now: Instant): void {
    this.#forgetDhtKey(now)
    this.#isEstablished = false
    this.#parts.netCrypto.disallow(this.realKey, now)
    this.#parts.onionClient.removeFriend(this.realKey, now)
  }

  handleTimeout(now: Instant): void {
    if (this.#isEstablished || !this.#dhtKey) return
    if (now >= this.#dhtKeyHeardAt + DHT_KEY_LIFE_MS) {
      this.#forgetDhtKey(now)
      this.#parts.netCrypto.kill(this.realKey, now)
    } else if (this.#reconnectAt !== undefined && now >= this.#reconnectAt) {
      this.#connect(now)
    }
  }

  nextTimeout(): Wake | undefined {
    if (this.#isEstablished || !this.#dhtKey) return undefined
    return earliest(
      { at: this.#dhtKeyHeardAt + DHT_KEY_LIFE_MS, why: 'friend: DHT key is old' },
      this.#reconnectAt === undefined ? undefined : { at: this.#reconnectAt, why: 'friend: reconnect' },
    )
  }

  #connect(now: Instant): void {
    if (!this.#dhtKey) return
    this.#reconnectAt = undefined
    this.#parts.netCrypto.connect(this.realKey, this.#dhtKey, now)
    const address = this.#parts.dht.addressOf(this.#dhtKey, now)
    if (address) this.#parts.netCrypto.setAddress(this.realKey, address, now)
  }

  #setDhtKey(dhtKey: PublicKey, now: Instant): void {
    this.#dhtKeyHeardAt = now
    if (this.#dhtKey?.equals(dhtKey)) return
    if (this.#dhtKey) this.#parts.dht.stopSearch(this.#dhtKey, now)
    this.#dhtKey = dhtKey
    this.#parts.dht.search(dhtKey, now)
    this.#parts.onionClient.setFriendDhtKey(this.realKey, dhtKey, now)
  }

  #forgetDhtKey(now: Instant): void {
    if (!this.#dhtKey) return
    this.#parts.dht.stopSearch(this.#dhtKey, now)
    this.#parts.onionClient.forgetFriendDhtKey(this.realKey)
    this.#dhtKey = undefined
    this.#reconnectAt = undefined
  }

  #drop(now: Instant): void {
    this.#parts.netCrypto.kill(this.realKey, now)
    this.#markLost(now)
  }

  /** The DHT key of a friend who was just here is as good as one just heard. */
  #markLost(now: Instant): void {
    if (!this.#isEstablished) return
    this.#isEstablished = false
    this.#dhtKeyHeardAt = now
    this.#parts.onionClient.setFriendOnline(this.realKey, false, now)
  }
}
