import { Address } from '../../base/address.ts'
import { DecodeError } from '../../base/byte-reader.ts'
import { Counters } from '../../base/counters.ts'
import { randomFraction, SeededRandom } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import { createKeyPair } from '../../crypto/keys.ts'
import { BOOTSTRAP_INFO_ID } from '../../wire/bootstrap-info.ts'
import { decode } from '../../wire/codec.ts'
import { DhtEnvelopes, type OpenedEnvelope } from '../../wire/dht-envelope.ts'
import { nodesRequest, nodesResponse, pingRequest, pingResponse } from '../../wire/dht-packets.ts'
import { lanDiscovery } from '../../wire/lan-discovery.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { Dht, type DhtEvent, type DhtOptions } from './dht.ts'

const LATENCY_MS = 10
const START: Instant = 1_800_000_000_000

/**
 * A NAT before one host. It lets in only those that the host has sent to. A cone shows one port to all, a symmetric one
 * another port to each.
 */
export interface TestNat {
  readonly ip: string
  readonly kind: 'cone' | 'symmetric'
}

/** One Dht on the test network, with everything that it raised. */
export interface TestHost {
  readonly dht: Dht
  readonly envelopes: DhtEnvelopes
  readonly node: PackedNode
  readonly counters: Counters
  readonly events: DhtEvent[]
  readonly nat: TestNat | undefined
  /** Behind a NAT: the outside port for each address that the host has sent to. */
  readonly mappings: Map<string, number>
  isUp: boolean
}

/** Looks at each datagram as it is sent. */
type Watcher = (bytes: Uint8Array, from: Address, to: Address) => void

interface Datagram {
  readonly at: Instant
  readonly bytes: Uint8Array
  readonly from: Address
  readonly to: Address
}

/** Joins Dht instances by a made-up network under a virtual clock: 10 ms each way, loss if wanted, restricted NATs. */
export class TestNetwork {
  readonly hosts: TestHost[] = []
  readonly random: SeededRandom
  now: Instant = START
  /** Share of datagrams that vanish. */
  loss = 0
  readonly #watchers: Watcher[] = []
  #flying: Datagram[] = []

  constructor(seed = 1) {
    this.random = new SeededRandom(seed)
  }

  watch(watcher: Watcher): void {
    this.#watchers.push(watcher)
  }

  /** `host` as in `10.0.0.1`; behind a NAT others see the NAT's IP instead. */
  add(host: string, { port = 33_445, nat, options }: AddOptions = {}): TestHost {
    const address = parse(nat?.ip ?? host, port)
    const keys = createKeyPair(this.random)
    const envelopes = new DhtEnvelopes(keys, this.random)
    const counters = new Counters()
    const mappings = new Map<string, number>()
    const transmits = {
      send: (bytes: Uint8Array, to: Address) => {
        const outside = nat?.kind === 'symmetric' ? (mappings.get(to.text) ?? port + mappings.size) : port
        mappings.set(to.text, outside)
        this.#send(bytes, outside === port ? address : new Address(address.ip, outside), to)
      },
    }
    const dht = new Dht({
      envelopes,
      random: this.random,
      transmits,
      counters,
      options: { lanDiscovery: false, ...options },
    })
    const node = { publicKey: keys.publicKey, address }
    const added = { dht, envelopes, node, counters, events: [], isUp: true, nat, mappings }
    this.hosts.push(added)
    return added
  }

  /** Runs for `durationMs`, or until `isDone`. Returns whether it was done. */
  run(durationMs: number, isDone: () => boolean = () => false): boolean {
    const end = this.now + durationMs
    while (!isDone()) {
      const next = this.#nextMoment()
      if (next > end) {
        this.now = end
        return false
      }
      this.now = Math.max(this.now, next)
      this.#deliver()
      for (const host of this.hosts) if (host.isUp) this.#wake(host)
    }
    return true
  }

  /** Hands a datagram to a host as its engine would. */
  receive(host: TestHost, bytes: Uint8Array, from: Address): void {
    try {
      dispatch(host, bytes, from, this.now)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      host.counters.add('malformed')
    }
    this.#drain(host)
  }

  #send(bytes: Uint8Array, from: Address, to: Address): void {
    for (const watcher of this.#watchers) watcher(bytes, from, to)
    if (randomFraction(this.random) < this.loss) return
    this.#flying.push({ at: this.now + LATENCY_MS, bytes, from, to })
  }

  #nextMoment(): Instant {
    let next = Number.POSITIVE_INFINITY
    for (const { at } of this.#flying) next = Math.min(next, at)
    for (const { isUp, dht } of this.hosts) if (isUp) next = Math.min(next, dht.nextTimeout()?.at ?? next)
    return next
  }

  #deliver(): void {
    const due = this.#flying.filter(({ at }) => at <= this.now)
    this.#flying = this.#flying.filter(({ at }) => at > this.now)
    for (const { bytes, from, to } of due) {
      for (const host of this.hosts) if (host.isUp && isReached(host, from, to)) this.receive(host, bytes, from)
    }
  }

  #wake(host: TestHost): void {
    const wake = host.dht.nextTimeout()
    if (wake && wake.at <= this.now) host.dht.handleTimeout(this.now)
    this.#drain(host)
  }

  #drain({ dht, events }: TestHost): void {
    for (let event = dht.pollEvent(); event; event = dht.pollEvent()) events.push(event)
  }
}

interface AddOptions {
  readonly port?: number
  readonly nat?: TestNat
  readonly options?: Partial<DhtOptions>
}

function isReached({ node, nat, mappings }: TestHost, from: Address, to: Address): boolean {
  if (nat) return to.host === nat.ip && mappings.get(from.text) === to.port
  if (to.host === '255.255.255.255') return to.port === node.address.port && !from.equals(node.address)
  return to.equals(node.address)
}

function parse(host: string, port: number): Address {
  const address = Address.parse(host, port)
  if (!address) throw new Error(`not an address: ${host}`)
  return address
}

function dispatch({ dht, envelopes }: TestHost, bytes: Uint8Array, from: Address, now: Instant): void {
  const id = bytes[0]
  if (id === 0x20) dht.handleDhtRequest(bytes, from, now)
  else if (id === lanDiscovery.id) dht.handleLanDiscovery(decode(lanDiscovery, bytes), from, now)
  else if (id === BOOTSTRAP_INFO_ID) dht.handleBootstrapInfo(bytes, from)
  else if (id !== undefined && id <= nodesResponse.id) dispatchEnvelope(dht, envelopes.open(bytes), from, now)
}

function dispatchEnvelope(dht: Dht, { id, sender, plain }: OpenedEnvelope, from: Address, now: Instant): void {
  if (id === pingRequest.id) dht.handlePingRequest(decode(pingRequest, plain), sender, from, now)
  else if (id === pingResponse.id) dht.handlePingResponse(decode(pingResponse, plain), sender, from, now)
  else if (id === nodesRequest.id) dht.handleNodesRequest(decode(nodesRequest, plain), sender, from, now)
  else if (id === nodesResponse.id) dht.handleNodesResponse(decode(nodesResponse, plain), sender, from, now)
}
