import type { Address } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import { DecodeError } from '../base/byte-reader.ts'
import type { Counters } from '../base/counters.ts'
import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { type Codec, decode, type PacketCodec } from '../wire/codec.ts'
import type { DhtEnvelopes } from '../wire/dht-envelope.ts'

type Route = (datagram: Uint8Array, from: Address, now: Instant) => void

/** Longer datagrams are cut by toxcore's own buffer: nothing that long is meant. */
const DATAGRAM_BYTES_MAX = 2_048

/** Which machine answers which packet, by first byte; the one place where malformed bytes end. */
export class Routes {
  readonly #envelopes: DhtEnvelopes
  readonly #counters: Counters
  readonly #byId: (Route | undefined)[] = Array.from<Route | undefined>({ length: 256 })

  constructor(envelopes: DhtEnvelopes, counters: Counters) {
    this.#envelopes = envelopes
    this.#counters = counters
  }

  /** A packet between two DHT keys: opened here, its plain text read by `codec`. */
  sealed<T>(
    id: number,
    codec: Codec<T>,
    handle: (value: T, sender: PublicKey, from: Address, now: Instant) => void,
  ): this {
    return this.raw(id, (datagram, from, now) => {
      const { sender, plain } = this.#envelopes.open(datagram)
      handle(decode(codec, plain), sender, from, now)
    })
  }

  /** A packet that is read as it came. */
  plain<T>(codec: PacketCodec<T>, handle: (value: T, from: Address, now: Instant) => void): this {
    return this.raw(codec.id, (datagram, from, now) => handle(decode(codec, datagram), from, now))
  }

  /** A datagram that its machine reads itself. */
  raw(id: number, route: Route): this {
    assert(this.#byId[id] === undefined, `first byte ${id} has a route already`)
    this.#byId[id] = route
    return this
  }

  /** Hands a datagram to its machine; what is malformed, unknown or does not open is counted and dropped. */
  dispatch(datagram: Uint8Array, from: Address, now: Instant): void {
    const route = this.#byId[datagram[0] ?? -1]
    if (!route || datagram.length > DATAGRAM_BYTES_MAX) {
      this.#counters.add('engine.unknown')
      return
    }
    try {
      route(datagram, from, now)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#counters.add('engine.malformed')
    }
  }
}
