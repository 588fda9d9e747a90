import type { Address } from '../../base/address.ts'
import { assert } from '../../base/assert.ts'
import type { Counters } from '../../base/counters.ts'
import { Queue } from '../../base/queue.ts'
import type { Random } from '../../base/random.ts'
import { type Instant, SECOND_MS, type Wake } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import { createKeyPair, type KeyPair, type PublicKey } from '../../crypto/keys.ts'
import { SharedKeys } from '../../crypto/shared-keys.ts'
import {
  type AnnounceResponse,
  type DataResponse,
  type DhtKeyAnnounce,
  dhtKeyAnnounce,
  FRIEND_REQUEST_MESSAGE_BYTES_MAX,
  friendRequestData,
} from '../../wire/announce-packets.ts'
import { encode } from '../../wire/codec.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import type { AnnouncedNode } from '../../wire/node-format.ts'
import { AnnounceSearch, type AnnounceSearchOptions } from './announce-search.ts'
import { DhtKeyAnnounces } from './dht-key-announces.ts'
import { FRIEND_NODES_MAX, FriendSearch } from './friend-search.ts'
import { OnionConnection } from './onion-connection.ts'
import { OnionData } from './onion-data.ts'
import type { OnionDht } from './onion-dht.ts'
import { OnionFriend } from './onion-friend.ts'
import { OnionPaths } from './onion-paths.ts'
import { decodeOpened } from './opened.ts'
import { PathNodes } from './path-nodes.ts'
import { PendingAnnounces } from './pending-announces.ts'
import { SELF_NODES_MAX, SelfAnnounce } from './self-announce.ts'

/** Work is looked for in rounds: quick ones while something has just begun, then one a second. */
const QUICK_ROUND_MS = 100
const SLOW_ROUND_MS = SECOND_MS
const QUICK_PERIOD_MS = 20 * SECOND_MS
/** So many friends at most are looked for in one round, however many there are. */
const SEARCH_ASKS_PER_QUICK_ROUND = 16
const SEARCH_ASKS_PER_SLOW_ROUND = 64
/** Of so many at most it is looked in a round whether anything is due: a thousand friends have all had their turn after 8. */
const FRIENDS_PER_ROUND_MAX = 128
/** How many of its good nodes the DHT is asked for in each round. */
const PATH_NODES_PER_ROUND = 8
const EVENTS_MAX = 256

export type OnionClientEvent =
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

export interface OnionClientOptions {
  readonly realKeys: KeyPair
  readonly dht: OnionDht
  readonly envelopes: DhtEnvelopes
  readonly random: Random
  readonly transmits: Transmits
  readonly counters: Counters
}

/**
 * Lets friends find us by our real key, and finds them, without telling the network who we are: announces us, looks for
 * friends who are offline, and exchanges DHT keys and friend requests with them. It does not search the DHT itself:
 * `friendDhtKey` tells its owner what to search for.
 *
 * source   Tox spec "Onion"; tox-wire section 3
 */
export class OnionClient {
  readonly #dht: OnionDht
  readonly #random: Random
  readonly #counters: Counters
  readonly #sharedKeys: SharedKeys
  readonly #pathNodes: PathNodes
  readonly #selfPaths: OnionPaths
  readonly #friendPaths: OnionPaths
  readonly #pending: PendingAnnounces<AnnounceSearch>
  readonly #data: OnionData
  readonly #self: SelfAnnounce
  readonly #announces: DhtKeyAnnounces
  readonly #connection = new OnionConnection()
  readonly #friends = new Map<string, OnionFriend>()
  readonly #events = new Queue<OnionClientEvent>(EVENTS_MAX)
  #roundAt: Instant = 0
  #quickUntil: Instant | undefined
  #searchedFirst = 0

  constructor({ realKeys, dht, envelopes, random, transmits, counters }: OnionClientOptions) {
    this.#dht = dht
    this.#random = random
    this.#counters = counters
    this.#sharedKeys = new SharedKeys(realKeys.secretKey)
    this.#pathNodes = new PathNodes(dht.publicKey, random)
    const pool = { pathNodes: this.#pathNodes, envelopes, random, transmits }
    this.#selfPaths = new OnionPaths(pool)
    this.#friendPaths = new OnionPaths(pool)
    this.#pending = new PendingAnnounces(random)
    this.#data = new OnionData({ realKeys, sharedKeys: this.#sharedKeys, paths: this.#friendPaths, random })
    this.#announces = new DhtKeyAnnounces({
      realKey: realKeys.publicKey,
      sharedKeys: this.#sharedKeys,
      dht,
      data: this.#data,
      random,
    })
    const search = this.#createSearch({
      target: realKeys.publicKey,
      requestKeys: realKeys,
      dataKey: this.#data.dataKey.bytes,
      nodesMax: SELF_NODES_MAX,
      paths: this.#selfPaths,
    })
    this.#self = new SelfAnnounce(search, this.#selfPaths, this.#pathNodes)
  }

  /** Whether we are announced, so that friends would find us. */
  isConnected(now: Instant): boolean {
    return this.#connection.isConnected(now)
  }

  /** Starts looking for a friend; harmless if it is known. */
  addFriend(realKey: PublicKey, now: Instant): void {
    this.#friend(realKey, now)
  }

  removeFriend(realKey: PublicKey): void {
    this.#friends.get(realKey.hex)?.end()
    this.#friends.delete(realKey.hex)
  }

  /** A friend who is online is not looked for, and its friend request is done. */
  setFriendOnline(realKey: PublicKey, isOnline: boolean, now: Instant): void {
    const friend = this.#friends.get(realKey.hex)
    if (!friend || friend.isOnline === isOnline) return
    friend.setOnline(isOnline)
    if (!isOnline) this.#hurry(now)
  }

  /** The friend's DHT key was learnt elsewhere, as from a handshake. */
  setFriendDhtKey(realKey: PublicKey, dhtKey: PublicKey, now: Instant): void {
    if (this.#friends.get(realKey.hex)?.setDhtKey(dhtKey)) this.#hurry(now)
  }

  /** The friend's DHT key led nowhere: it is told nothing by that way until it is learnt again. */
  forgetFriendDhtKey(realKey: PublicKey): void {
    this.#friends.get(realKey.hex)?.forgetDhtKey()
  }

  /**
   * Asks somebody to become a friend: as soon as it is found, then after 5, 10, 20 … seconds until it comes online.
   *
   * nospam    the 4 bytes of its Tox ID
   * message   1 to 921 bytes
   */
  sendFriendRequest(realKey: PublicKey, nospam: Uint8Array, message: Uint8Array, now: Instant): void {
    assert(message.length >= 1 && message.length <= FRIEND_REQUEST_MESSAGE_BYTES_MAX, 'friend request out of bounds')
    this.#friend(realKey, now).setRequest(encode(friendRequestData, { nospam, message }))
    this.#hurry(now)
  }

  /** 0x84, from the first node of one of our paths. */
  handleAnnounceResponse(response: AnnounceResponse, from: Address, now: Instant): void {
    const pending = this.#pending.take(response.sendback, now)
    const plain = pending?.search.open(response, pending.node)
    if (!pending || !plain) return this.#counters.add('onion.response.unknown')
    const paths = pending.search === this.#self.search ? this.#selfPaths : this.#friendPaths
    paths.praise(pending.pathId, now)
    this.#pathNodes.praise([pending.node], now)
    this.#connection.noteAnswer(now)
    pending.search.handleAnswer(plain, pending, from.isLan, now)
    // Whatever it makes possible is done in the next quick round.
    this.#roundAt = Math.min(this.#roundAt, now + QUICK_ROUND_MS)
  }

  /** 0x86, from the first node of one of our paths: data that somebody sent to our announcement. */
  handleDataResponse(response: DataResponse, now: Instant): void {
    const received = this.#data.open(response)
    if (!received) return this.#counters.add('onion.data.unopened')
    const request = decodeOpened(friendRequestData, received.plain)
    if (request) {
      const { nospam, message } = request
      return this.#emit({ kind: 'friendRequest', sender: received.sender, nospam, message })
    }
    const announce = decodeOpened(dhtKeyAnnounce, received.plain)
    if (announce) return this.#takeDhtKey(received.sender, announce, now)
    this.#counters.add('onion.data.ignored')
  }

  /** DHT request 156. `sender`: the DHT key it came from; `data`: after the request id. */
  handleDhtPkAnnounce(sender: PublicKey, data: Uint8Array, now: Instant): void {
    const opened = this.#announces.open(data, sender)
    if (!opened) return this.#counters.add('onion.dhtKey.unopened')
    this.#takeDhtKey(opened.realKey, opened.announce, now)
  }

  /** After a sleep: what others held of us and of our friends is out of date, so both are looked after quickly. */
  handleSleep(now: Instant): void {
    this.#self.search.nodes.forgetStored()
    for (const friend of this.#friends.values()) friend.lookAnew()
    this.#hurry(now)
  }

  handleTimeout(now: Instant): void {
    if (now < this.#roundAt) return
    this.#quickUntil ??= now + QUICK_PERIOD_MS
    const isQuick = now < this.#quickUntil
    if (this.#dht.isConnected(now)) this.#round(isQuick, now)
    this.#updateConnection(now)
    this.#roundAt = now + (isQuick ? QUICK_ROUND_MS : SLOW_ROUND_MS)
  }

  nextTimeout(): Wake {
    return { at: this.#roundAt, why: 'onion: round' }
  }

  pollEvent(): OnionClientEvent | undefined {
    return this.#events.poll()
  }

  /** Wipes all keys but the real ones, and announces us no more; the client is of no use afterwards. */
  wipe(): void {
    this.#roundAt = Number.POSITIVE_INFINITY
    for (const friend of this.#friends.values()) friend.end()
    this.#friends.clear()
    this.#self.search.end()
    this.#data.wipe()
    this.#sharedKeys.wipe()
    this.#selfPaths.wipe()
    this.#friendPaths.wipe()
  }

  #round(isQuick: boolean, now: Instant): void {
    const hadNodes = this.#pathNodes.count(now) > 0
    for (const node of this.#dht.randomNodes(PATH_NODES_PER_ROUND, now)) this.#pathNodes.add(node, now)
    if (!hadNodes && this.#pathNodes.count(now) > 0) this.#hurry(now)
    this.#self.round(now)
    if (this.#connection.isAnswered(now)) {
      this.#searchRound(isQuick ? SEARCH_ASKS_PER_QUICK_ROUND : SEARCH_ASKS_PER_SLOW_ROUND, now)
    }
  }

  /** Begins where the last round ran out of requests, or of friends, so that every friend has its turn. */
  #searchRound(asksMax: number, now: Instant): void {
    const offline = [...this.#friends.values()].filter(({ isOnline }) => !isOnline)
    const first = this.#searchedFirst % Math.max(1, offline.length)
    const inTurn = [...offline.slice(first), ...offline.slice(0, first)].slice(0, FRIENDS_PER_ROUND_MAX)
    this.#searchedFirst = first + inTurn.length
    let asksLeft = asksMax
    for (const [at, friend] of inTurn.entries()) {
      asksLeft -= friend.search.round(asksLeft, friend.request !== undefined, now)
      this.#sendRequest(friend, now)
      this.#announces.round(friend, now)
      if (asksLeft <= 0) {
        this.#searchedFirst = first + at
        return
      }
    }
  }

  #sendRequest({ realKey, search, request }: OnionFriend, now: Instant): void {
    if (!request?.repeats.isDue(now)) return
    if (this.#data.send(realKey, search.search.nodes, request.plain, now) > 0) request.repeats.sent(now)
  }

  #takeDhtKey(realKey: PublicKey, { noReplay, dhtKey, nodes }: DhtKeyAnnounce, now: Instant): void {
    const friend = this.#friends.get(realKey.hex)
    if (!friend?.takeNoReplay(noReplay)) return this.#counters.add('onion.dhtKey.refused')
    if (friend.setDhtKey(dhtKey)) {
      // The friend has just started, and looks for us too.
      friend.search.restart()
      this.#hurry(now)
    }
    this.#emit({ kind: 'friendDhtKey', realKey: friend.realKey, dhtKey, nodes })
  }

  #updateConnection(now: Instant): void {
    const change = this.#connection.update(this.#self.isAnnounced(now), now)
    if (change === undefined) return
    this.#emit({ kind: 'connected', isConnected: change.isConnected })
    if (!change.wasLongAway) return
    for (const friend of this.#friends.values()) friend.search.restart()
    this.#hurry(now)
  }

  #friend(realKey: PublicKey, now: Instant): OnionFriend {
    const known = this.#friends.get(realKey.hex)
    if (known) return known
    const searchKeys = createKeyPair(this.#random)
    const search = this.#createSearch({
      target: realKey,
      requestKeys: searchKeys,
      dataKey: new Uint8Array(32),
      nodesMax: FRIEND_NODES_MAX,
      paths: this.#friendPaths,
    })
    const friend = new OnionFriend(realKey, searchKeys, new FriendSearch(search))
    this.#friends.set(realKey.hex, friend)
    this.#hurry(now)
    return friend
  }

  #createSearch(
    options: Pick<AnnounceSearchOptions, 'target' | 'requestKeys' | 'dataKey' | 'nodesMax' | 'paths'>,
  ): AnnounceSearch {
    return new AnnounceSearch({
      ...options,
      pending: this.#pending,
      pathNodes: this.#pathNodes,
      random: this.#random,
    })
  }

  /** Something has begun: quick rounds for a while. */
  #hurry(now: Instant): void {
    this.#quickUntil = now + QUICK_PERIOD_MS
    this.#roundAt = Math.min(this.#roundAt, now + QUICK_ROUND_MS)
  }

  #emit(event: OnionClientEvent): void {
    if (!this.#events.push(event)) this.#counters.add('onion.events.dropped')
  }
}
