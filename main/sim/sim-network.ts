import { Address } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import { Counters } from '../base/counters.ts'
import { type Random, randomFraction } from '../base/random.ts'
import type { Instant } from '../base/time.ts'

/**
 * What stands between a node and the network:
 * `open`        everybody reaches it
 * `restricted`  one outside port; inbound only from addresses it wrote to within the last 60 s
 * `symmetric`   another outside port for each destination, and inbound only from that destination
 */
export type NatKind = 'open' | 'restricted' | 'symmetric'

/** How long a NAT remembers that a datagram went out. */
const NAT_MEMORY_MS = 60_000
const FIRST_MAPPED_PORT = 40_000

export interface NetworkConditions {
  /** One way, of the median pair of nodes. */
  readonly latencyMsMedian: number
  /** Sigma of the log-normal distribution of pairs; 0: all pairs alike. */
  readonly latencySpread: number
  /** Each datagram takes up to this share longer. */
  readonly jitter: number
  /** Shares of datagrams, 0 to 1. A reordered one is held back by up to three times its latency. */
  readonly loss: number
  readonly duplication: number
  readonly reordering: number
}

/** The default mix of the design's figures: 50 ms median one way, 1 % loss. */
export const ORDINARY_NETWORK: NetworkConditions = {
  latencyMsMedian: 50,
  latencySpread: 0.4,
  jitter: 0.1,
  loss: 0.01,
  duplication: 0,
  reordering: 0,
}

/** A network in which nothing goes wrong: 50 ms for everybody. */
export const PERFECT_NETWORK: NetworkConditions = { ...ORDINARY_NETWORK, latencySpread: 0, jitter: 0, loss: 0 }

export const HOSTILE_NETWORK: NetworkConditions = {
  ...ORDINARY_NETWORK,
  jitter: 0.5,
  loss: 0.05,
  duplication: 0.02,
  reordering: 0.05,
}

/** A datagram under way. `from` is what the receiver will see; `to` is where the sender wrote. */
export interface Delivery {
  readonly at: Instant
  readonly bytes: Uint8Array
  readonly from: Address
  readonly to: Address
}

interface Attached {
  readonly address: Address
  readonly nat: NatKind
  /** When this node last wrote to whom. */
  readonly writtenAt: Map<string, Instant>
  /** Symmetric NAT: the outside port for each destination. */
  readonly portByPeer: Map<string, Address>
}

interface Mapping {
  readonly node: Attached
  readonly peer: string
}

/**
 * A made-up UDP network: says when a datagram arrives, and whether. It holds no clock and no nodes: `Simulation` does.
 */
export class SimNetwork {
  readonly counters = new Counters()
  conditions: NetworkConditions
  readonly #random: Random
  readonly #attached = new Map<string, Attached>()
  readonly #mappings = new Map<string, Mapping>()
  /** By one host, then by the other. */
  readonly #latencies = new Map<string, Map<string, number>>()
  #groupByAddress: ReadonlyMap<string, number> = new Map()
  #nextMappedPort = FIRST_MAPPED_PORT

  constructor(random: Random, conditions: NetworkConditions) {
    this.#random = random
    this.conditions = conditions
  }

  /** Puts a node on the network. Its NAT starts with an empty memory. */
  attach(address: Address, nat: NatKind): void {
    this.detach(address)
    this.#attached.set(address.text, { address, nat, writtenAt: new Map(), portByPeer: new Map() })
  }

  detach(address: Address): void {
    this.#attached.delete(address.text)
    for (const [text, { node }] of this.#mappings) if (node.address.equals(address)) this.#mappings.delete(text)
  }

  /** From now on only nodes of the same group reach each other; nodes named in no group form one together. */
  partition(groups: readonly (readonly Address[])[]): void {
    const groupByAddress = new Map<string, number>()
    groups.forEach((group, index) => {
      for (const address of group) groupByAddress.set(address.text, index)
    })
    this.#groupByAddress = groupByAddress
  }

  heal(): void {
    this.#groupByAddress = new Map()
  }

  /** What becomes of a datagram: no delivery (lost), one, or two (doubled). */
  send(bytes: Uint8Array, from: Address, to: Address, now: Instant): Delivery[] {
    this.counters.add('sent')
    this.counters.add('sent bytes', bytes.length)
    const sender = this.#attached.get(from.text)
    if (!sender) return []
    const seenAs = this.#outside(sender, to, now)
    if (this.#happens(this.conditions.loss)) {
      this.counters.add('lost')
      return []
    }
    const first = { at: now + this.#delayMs(from, to), bytes, from: seenAs, to }
    if (!this.#happens(this.conditions.duplication)) return [first]
    return [first, { at: now + this.#delayMs(from, to), bytes: bytes.slice(), from: seenAs, to }]
  }

  /** At arrival: the address of the node that gets the datagram, or undefined where NAT, partition or nobody takes it. */
  arrive({ from, to }: Delivery, now: Instant): Address | undefined {
    const mapping = this.#mappings.size > 0 ? this.#mappings.get(to.text) : undefined
    const receiver = mapping?.node ?? this.#attached.get(to.text)
    if (!receiver) return this.#refuse('nobody there')
    if (mapping && mapping.peer !== from.text) return this.#refuse('stopped by NAT')
    if (!mapping && receiver.nat === 'symmetric') return this.#refuse('stopped by NAT')
    if (receiver.nat !== 'open' && !this.#hasWritten(receiver, from, now)) return this.#refuse('stopped by NAT')
    if (this.#groupOf(from) !== this.#groupOf(to)) return this.#refuse('stopped by partition')
    this.counters.add('delivered')
    return receiver.address
  }

  #refuse(why: string): undefined {
    this.counters.add(why)
    return undefined
  }

  /** The address from which `to` sees the sender; remembers that it wrote. */
  #outside(sender: Attached, to: Address, now: Instant): Address {
    if (sender.nat === 'open') return sender.address
    const isOpen = this.#hasWritten(sender, to, now)
    sender.writtenAt.set(to.text, now)
    if (sender.nat === 'restricted') return sender.address
    const known = sender.portByPeer.get(to.text)
    if (known && isOpen) return known
    if (known) this.#mappings.delete(known.text)
    assert(this.#nextMappedPort <= 0xffff, 'the simulated NATs are out of ports')
    const mapped = new Address(sender.address.ip, this.#nextMappedPort)
    this.#nextMappedPort = this.#nextMappedPort === 0xffff ? FIRST_MAPPED_PORT : this.#nextMappedPort + 1
    sender.portByPeer.set(to.text, mapped)
    this.#mappings.set(mapped.text, { node: sender, peer: to.text })
    return mapped
  }

  #hasWritten(node: Attached, to: Address, now: Instant): boolean {
    const writtenAt = node.writtenAt.get(to.text)
    return writtenAt !== undefined && now - writtenAt <= NAT_MEMORY_MS
  }

  #groupOf(address: Address): number {
    if (this.#groupByAddress.size === 0) return -1
    const inside = this.#mappings.get(address.text)?.node.address ?? address
    return this.#groupByAddress.get(inside.text) ?? -1
  }

  #delayMs(from: Address, to: Address): number {
    const base = this.#pairLatencyMs(from, to)
    const jittered = base * (1 + this.conditions.jitter * randomFraction(this.#random))
    const held = this.#happens(this.conditions.reordering) ? 3 * base * randomFraction(this.#random) : 0
    return jittered + held
  }

  /** Drawn once for two hosts, the same in both directions. */
  #pairLatencyMs(from: Address, to: Address): number {
    const known = this.#latencies.get(from.text)?.get(to.text)
    if (known !== undefined) return known * this.conditions.latencyMsMedian
    const factor = Math.min(8, Math.max(1 / 8, Math.exp(this.conditions.latencySpread * this.#gaussian())))
    this.#noteLatency(from.text, to.text, factor)
    this.#noteLatency(to.text, from.text, factor)
    return factor * this.conditions.latencyMsMedian
  }

  #noteLatency(from: string, to: string, factor: number): void {
    const known = this.#latencies.get(from)
    if (known) known.set(to, factor)
    else this.#latencies.set(from, new Map([[to, factor]]))
  }

  /** Box-Muller. */
  #gaussian(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - randomFraction(this.#random)))
    return radius * Math.cos(2 * Math.PI * randomFraction(this.#random))
  }

  #happens(share: number): boolean {
    return share > 0 && randomFraction(this.#random) < share
  }
}
