import type { Address } from '../base/address.ts'
import { Counters } from '../base/counters.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { Queue } from '../base/queue.ts'
import type { Random } from '../base/random.ts'
import { earliest, type Instant, type Wake } from '../base/time.ts'
import type { Transmit } from '../base/transmit.ts'
import { SigningKey } from '../crypto/sign.ts'
import type { EngineIo } from '../engine/io.ts'
import type { Contact } from '../ring/contact.ts'
import { Exchange } from '../ring/exchange.ts'
import type { LookupId, RingsEvent } from '../ring/ring-access.ts'
import { Rings } from '../ring/rings.ts'
import { Traffic } from '../ring/traffic.ts'
import { decode } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { EXTENSION_PACKET_ID, extensionPacket } from '../wire/extension-packet.ts'
import type { SimulatedNode, Simulation } from './simulation.ts'
import type { NatKind } from './sim-network.ts'

type LookupEvent = Extract<RingsEvent, { readonly kind: 'found' | 'notFound' }>

function isOutcomeOf(event: RingsEvent, lookupId: LookupId): event is LookupEvent {
  return (event.kind === 'found' || event.kind === 'notFound') && event.lookupId === lookupId
}

const TRANSMITS_MAX = 65_536

/** What a test wants of a node other than the ordinary. */
export interface SimRingNodeOptions {
  readonly nat?: NatKind
  readonly address?: Address
}

/** A node that consists of its rings alone: the smallest engine in which lookups, joins and leaves are real. */
export class SimRingNode implements EngineIo {
  readonly rings: Rings
  readonly exchange: Exchange
  readonly counters = new Counters()
  readonly events: RingsEvent[] = []
  readonly node: SimulatedNode
  readonly #envelopes: DhtEnvelopes
  readonly #traffic = new Traffic()
  readonly #transmits = new Queue<Transmit>(TRANSMITS_MAX)
  readonly #ringsWithOthers = new Set<number>()
  #now: Instant

  constructor(simulation: Simulation, { nat, address }: SimRingNodeOptions = {}) {
    const random: Random = simulation.createRandom()
    const envelopes = new DhtEnvelopes(SigningKey.create(random).toKeyPair(), random)
    this.#envelopes = envelopes
    this.#now = simulation.now
    const transmits = { send: (bytes: Uint8Array, to: Address) => this.#send(bytes, to) }
    this.exchange = new Exchange({ envelopes, random, transmits, counters: this.counters })
    const at = address ?? simulation.createAddress()
    this.rings = new Rings({
      selfKey: envelopes.publicKey,
      exchange: this.exchange,
      random,
      counters: this.counters,
      traffic: this.#traffic,
      scope: at.scope,
      tokenFor: ({ key }) => key.bytes.slice(0, 8),
    })
    this.node = simulation.addNode(this, { address: at, ...(nat && { nat }), onInput: () => this.#drain() })
  }

  get contact(): Contact {
    return { key: this.#envelopes.publicKey, address: this.node.address }
  }

  /** A call to the rings from above. */
  act<T>(action: (rings: Rings, now: Instant) => T): T {
    return this.node.act((now) => {
      this.#now = now
      return action(this.rings, now)
    })
  }

  /** Joins as a storage node by way of `start`. */
  join(start?: SimRingNode): void {
    this.act((rings, now) => {
      rings.setMember(true, now)
      if (start) rings.probe(start.contact, true, now)
    })
  }

  /** Whether it is a ring by itself there, its own successor: nobody has been one since it began. */
  isAloneSinceStart(ring: number): boolean {
    return !this.#ringsWithOthers.has(ring)
  }

  /** What a lookup brought, ring by ring, as far as it is known. */
  outcomesOf(lookupId: LookupId): LookupEvent[] {
    return this.events.filter((event): event is LookupEvent => isOutcomeOf(event, lookupId))
  }

  handlePacket(bytes: Uint8Array, from: Address, now: Instant): void {
    this.#now = now
    this.#traffic.noteHeard(from, now)
    try {
      if (bytes[0] === EXTENSION_PACKET_ID) this.#handleExtension(bytes, from, now)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.counters.add('malformed')
    }
  }

  handleTimeout(now: Instant): void {
    this.#now = now
    this.exchange.handleTimeout(now)
    this.rings.handleTimeout(now)
  }

  nextTimeout(): Wake | undefined {
    return earliest(this.exchange.nextTimeout(), this.rings.nextTimeout())
  }

  pollTransmit(): Transmit | undefined {
    return this.#transmits.poll()
  }

  #handleExtension(bytes: Uint8Array, address: Address, now: Instant): void {
    const { sender, plain } = this.#envelopes.open(bytes)
    const { kind, requestId, body } = decode(extensionPacket, plain)
    const from = { key: sender, address }
    if (this.exchange.handleResponse(from, requestId, kind, body, now)) this.rings.handleAnswers(now)
    else this.rings.handleRequest(from, kind, requestId, body, now)
  }

  #drain(): void {
    for (let event = this.rings.pollEvent(); event; event = this.rings.pollEvent()) this.events.push(event)
    for (let ring = 0; ring < this.rings.ringCount; ring += 1) {
      if (this.isAloneSinceStart(ring) && this.rings.successors(ring).length > 0) this.#ringsWithOthers.add(ring)
    }
  }

  #send(bytes: Uint8Array, to: Address): void {
    this.#traffic.noteSent(to, this.#now)
    this.#transmits.push({ bytes, to })
  }
}
