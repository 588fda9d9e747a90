import { Address } from '../base/address.ts'
import { Counters } from '../base/counters.ts'
import { SeededRandom } from '../base/random.ts'
import { createKeyPair, PublicKey } from '../crypto/keys.ts'
import { decode } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { type ExtensionPacket, extensionPacket } from '../wire/extension-packet.ts'
import type { Contact } from './contact.ts'
import { Exchange } from './exchange.ts'
import { Peer } from './peer.ts'
import { Ring, type RingOptions } from './ring.ts'

/** A key that says its number, for tests without crypto. */
export function testKey(number: number): PublicKey {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(0, number + 1)
  return new PublicKey(bytes)
}

/** An address in a prefix of its own. */
export function testAddress(number: number): Address {
  return new Address(Uint8Array.of(198, 18 + (number >> 8), number & 0xff, 1), 33_445)
}

export function testContact(number: number): Contact {
  return { key: testKey(number), address: testAddress(number) }
}

/** A peer that stands at `place` in every ring; its key is made of its place unless a number is given. */
export function testPeer(place: number, number = place): Peer {
  return new Peer(testContact(number), [place, place, place], 0)
}

/** A ring whose owner stands at `selfPlace`. */
export function testRing(selfPlace: number, options: Partial<RingOptions> = {}): Ring {
  return new Ring({
    index: 0,
    selfKey: testKey(60_000),
    selfPlace,
    rttOf: () => undefined,
    isStorage: () => true,
    ...options,
  })
}

/** A node on the other end of an exchange, and ourselves, without a network between. */
export class TestExchange {
  readonly exchange: Exchange
  readonly counters = new Counters()
  readonly sent: { bytes: Uint8Array; to: Address }[] = []
  readonly self: Contact
  readonly #random: SeededRandom
  readonly #others = new Map<string, DhtEnvelopes>()

  constructor(seed = 1) {
    this.#random = new SeededRandom(seed)
    const envelopes = new DhtEnvelopes(createKeyPair(this.#random), this.#random)
    const transmits = { send: (bytes: Uint8Array, to: Address) => void this.sent.push({ bytes, to }) }
    this.exchange = new Exchange({ envelopes, random: this.#random, transmits, counters: this.counters })
    this.self = { key: envelopes.publicKey, address: testAddress(0) }
  }

  /** Somebody who can read what we send. */
  other(number: number): Contact {
    const envelopes = new DhtEnvelopes(createKeyPair(this.#random), this.#random)
    this.#others.set(testAddress(number).text, envelopes)
    return { key: envelopes.publicKey, address: testAddress(number) }
  }

  /** What was sent since the last call, to those who can read it. */
  taken(): (ExtensionPacket & { readonly to: Address })[] {
    return this.sent.splice(0).flatMap(({ bytes, to }) => {
      const envelopes = this.#others.get(to.text)
      return envelopes ? [{ to, ...decode(extensionPacket, envelopes.open(bytes).plain) }] : []
    })
  }

  /** The contact answers a packet that it was sent. */
  answer(from: Contact, requestId: Uint8Array, kind: number, body: Uint8Array, now: number): boolean {
    return this.exchange.handleResponse(from, requestId, kind, body, now)
  }
}
