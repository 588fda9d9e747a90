import { Address } from '../base/address.ts'
import { Agenda } from '../base/agenda.ts'
import { assert } from '../base/assert.ts'
import { type Random, randomBelow, SeededRandom } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import type { EngineIo } from '../engine/io.ts'
import { type Delivery, type NatKind, type NetworkConditions, ORDINARY_NETWORK, SimNetwork } from './sim-network.ts'

/** Where every simulation begins: an ordinary moment, so that times of day in records look like times of day. */
export const SIMULATION_START: Instant = Date.UTC(2026, 0, 1)

/** A machine that asks to be woken at once, again and again, would hang a real driver too. */
const WAKES_AT_ONE_MOMENT_MAX = 1_000

/** Where new nodes live: each few in a /24 of their own of the range kept for tests (198.18.0.0/15), or all on 127.0.0.1. */
export type Addressing = { readonly kind: 'prefixes'; readonly nodesPerPrefix: number } | { readonly kind: 'loopback' }

export interface SimulationOptions extends Partial<NetworkConditions> {
  readonly addressing?: Addressing
}

export interface Placement {
  readonly address?: Address
  readonly nat?: NatKind
  /** By how much this node's clock is wrong. */
  readonly clockOffsetMs?: number
  /** Called after each input (datagram, wake, `act`), with the node's own time, before its datagrams are taken. */
  readonly onInput?: (now: Instant) => void
}

type Item =
  | { readonly kind: 'delivery'; readonly delivery: Delivery }
  | { readonly kind: 'wake'; readonly node: SimulatedNode; readonly turn: number }
  | { readonly kind: 'action'; readonly action: () => void }

/** One EngineIo at one address: the handle by which a test or an owner acts on it. */
export class SimulatedNode {
  readonly address: Address
  readonly nat: NatKind
  readonly #simulation: Simulation
  readonly #onInput: ((now: Instant) => void) | undefined
  #io: EngineIo | undefined
  #clockOffsetMs: number
  #isSuspended = false
  /** The wake in the agenda, and when the engine really wants one: not before. */
  #wakeAt: Instant | undefined
  #dueAt: Instant = Number.POSITIVE_INFINITY
  #turn = 0
  #wakesAtOnce = 0
  sentCount = 0
  sentBytes = 0

  constructor(simulation: Simulation, io: EngineIo, address: Address, placement: Placement) {
    this.address = address
    this.nat = placement.nat ?? 'open'
    this.#simulation = simulation
    this.#onInput = placement.onInput
    this.#clockOffsetMs = placement.clockOffsetMs ?? 0
    this.#io = io
  }

  get isRunning(): boolean {
    return this.#io !== undefined
  }

  /** This node's idea of the time, in whole milliseconds as the real clock tells it. */
  get now(): Instant {
    return Math.floor(this.#simulation.now + this.#clockOffsetMs)
  }

  /** A call into the node from above; afterwards its events are drained and its datagrams leave. */
  act<T>(action: (now: Instant) => T): T {
    assert(this.#io !== undefined, 'the node has crashed')
    const result = action(this.now)
    this.settle()
    return result
  }

  /** Gone without a word; what was under way to it is lost. */
  crash(): void {
    this.#io = undefined
    this.#turn += 1
    this.#wakeAt = undefined
    this.#simulation.network.detach(this.address)
  }

  /** A new engine at the same address. */
  restart(io: EngineIo): void {
    this.crash()
    this.#io = io
    this.#isSuspended = false
    this.#simulation.network.attach(this.address, this.nat)
    this.settle()
  }

  /** The machine sleeps: it hears nothing and no timer runs until `resume`. */
  suspend(): void {
    this.#isSuspended = true
    this.#turn += 1
    this.#wakeAt = undefined
  }

  resume(): void {
    this.#isSuspended = false
    this.settle()
  }

  /** A step of this node's clock, by so much against the true time. */
  setClockOffset(clockOffsetMs: number): void {
    this.#clockOffsetMs = clockOffsetMs
    if (this.#io && !this.#isSuspended) this.settle()
  }

  receive(delivery: Delivery): void {
    if (!this.#io || this.#isSuspended) return
    this.#io.handlePacket(delivery.bytes, delivery.from, this.now)
    this.settle()
  }

  wake(turn: number): void {
    if (!this.#io || turn !== this.#turn) return
    this.#wakeAt = undefined
    // What it was for has gone by in the meantime: something later is due, or nothing.
    if (this.#dueAt > this.#simulation.now) return this.#schedule(this.#dueAt)
    this.#io.handleTimeout(this.now)
    this.settle()
  }

  /** Drains events and datagrams, and asks for the next wake. */
  settle(): void {
    const io = this.#io
    if (!io) return
    this.#onInput?.(this.now)
    for (let transmit = io.pollTransmit(); transmit; transmit = io.pollTransmit()) {
      this.sentCount += 1
      this.sentBytes += transmit.bytes.length
      this.#simulation.send(this, transmit.bytes, transmit.to)
    }
    // The hook may have ended this very node.
    if (this.#io === io && !this.#isSuspended) this.#arm(io)
  }

  #arm(io: EngineIo): void {
    const wake = io.nextTimeout()
    this.#dueAt = Number.POSITIVE_INFINITY
    if (!wake) return
    const trueNow = this.#simulation.now
    const at = Math.max(trueNow, wake.at - this.#clockOffsetMs)
    this.#wakesAtOnce = at === trueNow ? this.#wakesAtOnce + 1 : 0
    assert(this.#wakesAtOnce < WAKES_AT_ONE_MOMENT_MAX, `a node wakes without end: ${wake.why}`)
    this.#dueAt = at
    this.#schedule(at)
  }

  /** A wake that comes too early is cheaper than one more in the agenda. */
  #schedule(at: Instant): void {
    if (at === Number.POSITIVE_INFINITY || (this.#wakeAt !== undefined && this.#wakeAt <= at)) return
    this.#wakeAt = at
    this.#turn += 1
    this.#simulation.scheduleWake(this, at, this.#turn)
  }
}

/**
 * A small world: nodes on a made-up network under a virtual clock. The same seed gives the same run, datagram by datagram.
 * Print the seed on failure: `describe()` does.
 */
export class Simulation {
  readonly seed: number
  readonly network: SimNetwork
  readonly #random: Random
  readonly #agenda = new Agenda<Item>()
  readonly #nodes = new Map<string, SimulatedNode>()
  readonly #addressing: Addressing
  #now = SIMULATION_START
  #addressCount = 0
  /** Sees every datagram as it is sent: counts by kind, traces, hashes of a run. */
  onDatagram: ((bytes: Uint8Array, from: Address, to: Address, now: Instant) => void) | undefined

  constructor(seed: number, options: SimulationOptions = {}) {
    const { addressing = { kind: 'prefixes', nodesPerPrefix: 1 }, ...conditions } = options
    this.seed = seed
    this.#addressing = addressing
    this.#random = new SeededRandom(seed)
    this.network = new SimNetwork(this.createRandom(), { ...ORDINARY_NETWORK, ...conditions })
  }

  get now(): Instant {
    return this.#now
  }

  /** A stream of chance of its own for one node or one part of a test. */
  createRandom(): Random {
    return new SeededRandom(randomBelow(this.#random, 2 ** 48))
  }

  describe(): string {
    return `seed ${this.seed}, ${Math.round((this.#now - SIMULATION_START) / 1_000)} s after the start`
  }

  /** The next unused address. */
  createAddress(): Address {
    const index = this.#addressCount
    this.#addressCount += 1
    if (this.#addressing.kind === 'loopback') return new Address(Uint8Array.of(127, 0, 0, 1), 20_000 + index)
    const prefix = Math.floor(index / this.#addressing.nodesPerPrefix)
    assert(prefix < 512, 'out of made-up prefixes')
    const host = 1 + (index % this.#addressing.nodesPerPrefix)
    return new Address(Uint8Array.of(198, 18 + (prefix >> 8), prefix & 0xff, host), 33_445)
  }

  addNode(io: EngineIo, placement: Placement = {}): SimulatedNode {
    const address = placement.address ?? this.createAddress()
    assert(this.#nodes.get(address.text)?.isRunning !== true, 'two nodes at one address')
    const node = new SimulatedNode(this, io, address, placement)
    this.#nodes.set(address.text, node)
    this.network.attach(address, node.nat)
    node.settle()
    return node
  }

  /** Something outside the nodes happens in `delayMs`. */
  schedule(delayMs: number, action: () => void): void {
    this.#agenda.add(this.#now + delayMs, { kind: 'action', action })
  }

  /** Lets `durationMs` of virtual time pass. */
  runFor(durationMs: number): void {
    const end = this.#now + durationMs
    this.runUntil(() => false, durationMs)
    this.#now = end
  }

  /** Runs until `isReached` holds (asked after each thing that happened) or the time is over. Returns whether it holds. */
  runUntil(isReached: () => boolean, durationMsMax: number): boolean {
    const end = this.#now + durationMsMax
    while (!isReached()) {
      const nextAt = this.#agenda.nextAt
      if (nextAt === undefined || nextAt > end) {
        this.#now = end
        return isReached()
      }
      this.#step()
    }
    return true
  }

  send(from: SimulatedNode, bytes: Uint8Array, to: Address): void {
    this.onDatagram?.(bytes, from.address, to, this.#now)
    for (const delivery of this.network.send(bytes, from.address, to, this.#now)) {
      this.#agenda.add(delivery.at, { kind: 'delivery', delivery })
    }
  }

  scheduleWake(node: SimulatedNode, at: Instant, turn: number): void {
    // Node clocks tell whole milliseconds: woken within one, a node would find that nothing is due.
    this.#agenda.add(Math.ceil(at), { kind: 'wake', node, turn })
  }

  #step(): void {
    const next = this.#agenda.take()
    assert(next !== undefined && next.at >= this.#now, 'the agenda ran backwards')
    this.#now = next.at
    switch (next.item.kind) {
      case 'delivery':
        return this.#deliver(next.item.delivery)
      case 'wake':
        return next.item.node.wake(next.item.turn)
      case 'action':
        return next.item.action()
    }
  }

  #deliver(delivery: Delivery): void {
    const address = this.network.arrive(delivery, this.#now)
    if (address) this.#nodes.get(address.text)?.receive(delivery)
  }
}
