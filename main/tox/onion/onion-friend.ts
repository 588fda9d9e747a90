import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { KeyPair, PublicKey } from '../../crypto/keys.ts'
import type { FriendSearch } from './friend-search.ts'
import { doublingIntervals, Repeats } from './repeats.ts'

/** The first repeats are quick, as either side may just be starting; then every 30 and 20 seconds as c-toxcore. */
const ONION_ANNOUNCE_INTERVALS_MS = [3, 8, 30].map((seconds) => seconds * SECOND_MS)
const DHT_ANNOUNCE_INTERVALS_MS = [3, 8, 20].map((seconds) => seconds * SECOND_MS)
const FRIEND_REQUEST_INTERVALS_MS = doublingIntervals(5 * SECOND_MS, 3_600 * SECOND_MS)

/** A friend request that is repeated until the friend comes online. */
export interface PendingFriendRequest {
  readonly plain: Uint8Array
  readonly repeats: Repeats
}

/** What the onion client knows about one friend, and when it last told the friend where we are. */
export class OnionFriend {
  readonly realKey: PublicKey
  readonly search: FriendSearch
  readonly onionAnnounces = new Repeats(ONION_ANNOUNCE_INTERVALS_MS)
  readonly dhtAnnounces = new Repeats(DHT_ANNOUNCE_INTERVALS_MS)
  request: PendingFriendRequest | undefined
  readonly #searchKeys: KeyPair
  #dhtKey: PublicKey | undefined
  #isOnline = false
  #noReplayTaken = 0
  #noReplaySent = 0

  /** searchKeys   made for this search: a node that is asked for the friend must not learn who asks */
  constructor(realKey: PublicKey, searchKeys: KeyPair, search: FriendSearch) {
    this.realKey = realKey
    this.search = search
    this.#searchKeys = searchKeys
  }

  get isOnline(): boolean {
    return this.#isOnline
  }

  get dhtKey(): PublicKey | undefined {
    return this.#dhtKey
  }

  setOnline(isOnline: boolean): void {
    if (isOnline) this.request = undefined
    // A friend whose clock was set back must be able to announce itself again.
    else this.#noReplayTaken = 0
    if (this.#isOnline && !isOnline) this.lookAnew()
    this.#isOnline = isOnline
  }

  setRequest(plain: Uint8Array): void {
    this.request = { plain, repeats: new Repeats(FRIEND_REQUEST_INTERVALS_MS) }
  }

  /** Returns whether the key is new. */
  setDhtKey(dhtKey: PublicKey): boolean {
    if (this.#dhtKey?.equals(dhtKey)) return false
    this.#dhtKey = dhtKey
    this.dhtAnnounces.restart()
    return true
  }

  /** It led nowhere. */
  forgetDhtKey(): void {
    this.#dhtKey = undefined
  }

  /** What is known of where the friend is announced no longer holds. */
  lookAnew(): void {
    this.search.search.nodes.forgetStored()
    this.restart()
  }

  /** Looks for the friend quickly again, and tells it our DHT key as soon as it is found. */
  restart(): void {
    this.search.restart()
    this.onionAnnounces.restart()
    this.dhtAnnounces.restart()
  }

  /** Whether this number is greater than all taken since the friend was last online. */
  takeNoReplay(noReplay: number): boolean {
    if (noReplay <= this.#noReplayTaken) return false
    this.#noReplayTaken = noReplay
    return true
  }

  /** Unix seconds as in c-toxcore, but never the same number twice. */
  nextNoReplay(now: Instant): number {
    this.#noReplaySent = Math.max(this.#noReplaySent + 1, Math.floor(now / SECOND_MS))
    return this.#noReplaySent
  }

  /** Ends the search and wipes its keys. */
  end(): void {
    this.search.search.end()
    this.#searchKeys.secretKey.wipe()
  }
}
