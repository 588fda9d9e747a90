import type { Address } from '../../base/address.ts'
import { concat, equalBytes } from '../../base/bytes.ts'
import type { Counters } from '../../base/counters.ts'
import { type Random, randomBytes } from '../../base/random.ts'
import { type Instant, SECOND_MS } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import { open, randomNonce, type SharedKey, seal } from '../../crypto/box.ts'
import { hmac, isHmac } from '../../crypto/hash.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import {
  ANNOUNCE_NODES_MAX,
  ANNOUNCED,
  type AnnounceRequest,
  type AnnounceRequestPlain,
  type AnnounceResponsePlain,
  announceRequestPlain,
  announceResponse,
  announceResponsePlain,
  type DataRequest,
  dataResponse,
  NOT_STORED,
  STORED,
} from '../../wire/announce-packets.ts'
import { encode, u53 } from '../../wire/codec.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { onionAddress, onionReturn3 } from '../../wire/onion-packets.ts'
import { compareDistance } from '../dht/distance.ts'
import type { OnionDht } from './onion-dht.ts'
import { decodeOpened } from './opened.ts'

/** Announcements held at once; c-toxcore's number. */
export const ANNOUNCEMENTS_MAX = 160
const ANNOUNCEMENT_LIFE_MS = 300 * SECOND_MS
/** A ping id is good in the slot in which it was made and in the next: 300 to 600 seconds. */
const PING_ID_SLOT_MS = 300 * SECOND_MS

interface Announcement {
  readonly realKey: PublicKey
  readonly dataKey: Uint8Array
  /** The third relay of the announcer's path, and the way back through it (177 bytes). */
  readonly relay: Address
  readonly onionReturn: Uint8Array
  readonly storedAt: Instant
}

export interface AnnounceStoreOptions {
  readonly envelopes: DhtEnvelopes
  readonly dht: Pick<OnionDht, 'closestNodes'>
  readonly random: Random
  readonly transmits: Transmits
  readonly counters: Counters
}

/**
 * Holds the announcements of others as a node of the network: who proved with a ping id that it receives on the way
 * that it names is stored for 300 seconds, and data for it is sent that way. When 160 are held, a nearer newcomer
 * replaces the one farthest from our DHT key.
 *
 * source   Tox spec "Announce"; tox-wire 3.3 to 3.5
 */
export class AnnounceStore {
  readonly #envelopes: DhtEnvelopes
  readonly #dht: Pick<OnionDht, 'closestNodes'>
  readonly #random: Random
  readonly #transmits: Transmits
  readonly #counters: Counters
  readonly #pingIdKey: Uint8Array
  readonly #announcements = new Map<string, Announcement>()

  constructor({ envelopes, dht, random, transmits, counters }: AnnounceStoreOptions) {
    this.#envelopes = envelopes
    this.#dht = dht
    this.#random = random
    this.#transmits = transmits
    this.#counters = counters
    this.#pingIdKey = randomBytes(random, 32)
  }

  /** Announcements held, expired ones not counted. */
  count(now: Instant): number {
    this.#expire(now)
    return this.#announcements.size
  }

  handleAnnounceRequest(
    { nonce, requestKey, sealed, onionReturn }: AnnounceRequest,
    from: Address,
    now: Instant,
  ): void {
    const shared = this.#envelopes.sharedKeys.get(requestKey)
    const request = decodeOpened(announceRequestPlain, shared && open(shared, nonce, sealed))
    if (!shared || !request) return this.#counters.add('onion.announce.unopened')
    this.#expire(now)
    if (this.#isPingId(request.pingId, requestKey, from, now)) {
      const dataKey = request.dataKey.slice()
      this.#store({ realKey: requestKey, dataKey, relay: from, onionReturn: onionReturn.slice(), storedAt: now })
    }
    this.#respond(this.#answer(request, requestKey, from, now), request.sendback, shared, onionReturn, from)
  }

  /** Sends the data on to the one it is for, if it has announced itself here. There is no answer either way. */
  handleDataRequest({ receiverKey, nonce, temporaryKey, sealed }: DataRequest, now: Instant): void {
    this.#expire(now)
    const receiver = this.#announcements.get(receiverKey.hex)
    if (!receiver) return this.#counters.add('onion.data.unknown')
    const data = encode(dataResponse, { nonce, temporaryKey, sealed })
    this.#counters.add('onion.data.forwarded')
    this.#transmits.send(encode(onionReturn3, { onionReturn: receiver.onionReturn, data }), receiver.relay)
  }

  #answer(
    { searchKey, dataKey }: AnnounceRequestPlain,
    requestKey: PublicKey,
    from: Address,
    now: Instant,
  ): AnnounceResponsePlain {
    const stored = this.#announcements.get(searchKey.hex)
    const nodes = this.#dht.closestNodes(searchKey, ANNOUNCE_NODES_MAX, { lanAllowed: from.isLan }, now)
    const isOwner = searchKey.equals(requestKey)
    if (stored && !isOwner) return { isStored: STORED, pingIdOrKey: stored.dataKey, nodes }
    const pingIdOrKey = this.#pingId(requestKey, from, slotOf(now))
    const isAnnounced = stored && equalBytes(dataKey, stored.dataKey)
    return { isStored: isAnnounced ? ANNOUNCED : NOT_STORED, pingIdOrKey, nodes }
  }

  #respond(
    answer: AnnounceResponsePlain,
    sendback: Uint8Array,
    shared: SharedKey,
    onionReturn: Uint8Array,
    to: Address,
  ): void {
    const nonce = randomNonce(this.#random)
    const sealed = seal(shared, nonce, encode(announceResponsePlain, answer))
    const data = encode(announceResponse, { sendback, nonce, sealed })
    this.#counters.add('onion.announce.answered')
    this.#transmits.send(encode(onionReturn3, { onionReturn, data }), to)
  }

  #store(announcement: Announcement): void {
    const { hex } = announcement.realKey
    if (!this.#announcements.has(hex) && !this.#makeRoomFor(announcement.realKey)) return
    // Deleted first, so that insertion order stays order of expiry.
    this.#announcements.delete(hex)
    this.#announcements.set(hex, announcement)
  }

  #makeRoomFor(realKey: PublicKey): boolean {
    if (this.#announcements.size < ANNOUNCEMENTS_MAX) return true
    const own = this.#envelopes.publicKey.bytes
    let farthest = realKey
    for (const held of this.#announcements.values()) {
      if (compareDistance(own, held.realKey.bytes, farthest.bytes) > 0) farthest = held.realKey
    }
    return this.#announcements.delete(farthest.hex)
  }

  #expire(now: Instant): void {
    for (const [hex, { storedAt }] of this.#announcements) {
      if (now - storedAt < ANNOUNCEMENT_LIFE_MS) return
      this.#announcements.delete(hex)
    }
  }

  #isPingId(pingId: Uint8Array, requestKey: PublicKey, from: Address, now: Instant): boolean {
    const slot = slotOf(now)
    return [slot, slot - 1].some((of) => isHmac(this.#pingIdKey, pingIdText(requestKey, from, of), pingId))
  }

  #pingId(requestKey: PublicKey, from: Address, slot: number): Uint8Array {
    return hmac(this.#pingIdKey, pingIdText(requestKey, from, slot))
  }
}

function slotOf(now: Instant): number {
  return Math.max(1, Math.floor(now / PING_ID_SLOT_MS))
}

function pingIdText(requestKey: PublicKey, from: Address, slot: number): Uint8Array {
  return concat(encode(u53, slot), requestKey.bytes, encode(onionAddress, from))
}
