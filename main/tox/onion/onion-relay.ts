import type { Address } from '../../base/address.ts'
import { concat } from '../../base/bytes.ts'
import type { Counters } from '../../base/counters.ts'
import type { Random } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import { open } from '../../crypto/box.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { encode } from '../../wire/codec.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import {
  type OnionReturn1,
  type OnionReturn2,
  type OnionReturn3,
  type OnionSend1,
  type OnionSend2,
  type OnionSendInitial,
  onionFirstLayer,
  onionLastLayer,
  onionReturn1,
  onionReturn2,
  onionSecondLayer,
  onionSend1,
  onionSend2,
} from '../../wire/onion-packets.ts'
import { decodeOpened } from './opened.ts'
import { ReturnKeys } from './return-keys.ts'
import { isSendable } from './sendable.ts'

/**
 * What the third relay sends on: announce requests (old and new) and data requests. Anything else would let strangers
 * reach, with our address as sender, whatever trusts or answers us, and learn addresses by it (CVE-2018-25022).
 */
const REQUESTS_LET_THROUGH: readonly number[] = [0x83, 0x85, 0x87]
/** And what relays send back: the answers to those. */
const RESPONSES_LET_THROUGH: readonly number[] = [0x84, 0x86, 0x88]

export interface OnionRelayOptions {
  readonly envelopes: DhtEnvelopes
  readonly random: Random
  readonly transmits: Transmits
  readonly counters: Counters
}

/**
 * Relays other people's onion packets, in all three places of a path and both directions. It remembers nothing about
 * them: the way back travels in the packets, sealed with a key that only this relay has and that changes every 2 hours.
 *
 * source   Tox spec "Onion"; tox-wire 3.1, 3.2
 */
export class OnionRelay {
  readonly #envelopes: DhtEnvelopes
  readonly #transmits: Transmits
  readonly #counters: Counters
  readonly #returnKeys: ReturnKeys

  constructor({ envelopes, random, transmits, counters }: OnionRelayOptions) {
    this.#envelopes = envelopes
    this.#transmits = transmits
    this.#counters = counters
    this.#returnKeys = new ReturnKeys(random)
  }

  /** We are the first relay of a path. */
  handleSendInitial({ nonce, senderKey, sealed }: OnionSendInitial, from: Address, now: Instant): void {
    const layer = decodeOpened(onionFirstLayer, this.#open(senderKey, nonce, sealed))
    if (!layer) return this.#drop()
    const onionReturn = this.#returnKeys.seal(from, new Uint8Array(0), now)
    this.#send(layer.nextHop, from, () => encode(onionSend1, { ...layer, nonce, onionReturn }))
  }

  /** We are the second relay of a path. */
  handleSend1({ nonce, senderKey, sealed, onionReturn: previous }: OnionSend1, from: Address, now: Instant): void {
    const layer = decodeOpened(onionSecondLayer, this.#open(senderKey, nonce, sealed))
    if (!layer) return this.#drop()
    const onionReturn = this.#returnKeys.seal(from, previous, now)
    this.#send(layer.nextHop, from, () => encode(onionSend2, { ...layer, nonce, onionReturn }))
  }

  /** We are the third relay of a path, which sees the data and the destination. */
  handleSend2({ nonce, senderKey, sealed, onionReturn: previous }: OnionSend2, from: Address, now: Instant): void {
    const layer = decodeOpened(onionLastLayer, this.#open(senderKey, nonce, sealed))
    if (!layer) return this.#drop()
    if (!REQUESTS_LET_THROUGH.includes(layer.data[0] ?? 0)) return this.#refuse()
    const onionReturn = this.#returnKeys.seal(from, previous, now)
    this.#send(layer.destination, from, () => concat(layer.data, onionReturn))
  }

  handleReturn3({ onionReturn, data }: OnionReturn3, now: Instant): void {
    this.#sendBack(onionReturn, data, now, (previous) => encode(onionReturn2, { onionReturn: previous, data }))
  }

  handleReturn2({ onionReturn, data }: OnionReturn2, now: Instant): void {
    this.#sendBack(onionReturn, data, now, (previous) => encode(onionReturn1, { onionReturn: previous, data }))
  }

  handleReturn1({ onionReturn, data }: OnionReturn1, now: Instant): void {
    this.#sendBack(onionReturn, data, now, () => data.slice())
  }

  #open(senderKey: PublicKey, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
    const shared = this.#envelopes.sharedKeys.get(senderKey)
    return shared && open(shared, nonce, sealed)
  }

  #send(to: Address, from: Address, packet: () => Uint8Array): void {
    // Who reaches us over the internet has no business with our local network.
    if (!isSendable(to) || (to.isLan && !from.isLan)) return this.#refuse()
    this.#counters.add('onion.relayed')
    this.#transmits.send(packet(), to)
  }

  #sendBack(sealed: Uint8Array, data: Uint8Array, now: Instant, packet: (previous: Uint8Array) => Uint8Array): void {
    if (!RESPONSES_LET_THROUGH.includes(data[0] ?? 0)) return this.#refuse()
    const way = this.#returnKeys.open(sealed, now)
    if (!way) return this.#drop()
    this.#counters.add('onion.returned')
    this.#transmits.send(packet(way.previous), way.source)
  }

  #drop(): void {
    this.#counters.add('onion.unopened')
  }

  #refuse(): void {
    this.#counters.add('onion.refused')
  }
}
