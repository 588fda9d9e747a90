import type { Address } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import { Counters } from '../base/counters.ts'
import { Outputs, type PendingChange } from '../base/outputs.ts'
import { Queue } from '../base/queue.ts'
import type { Random } from '../base/random.ts'
import type { Instant, Wake } from '../base/time.ts'
import type { Transmit } from '../base/transmit.ts'
import { SharedKeys } from '../crypto/shared-keys.ts'
import { SigningKey } from '../crypto/sign.ts'
import type { Change } from '../offline/change.ts'
import type { DhtOptions } from '../tox/dht/dht.ts'
import type { MessengerProfile } from '../tox/toxsave/tox-profile.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import type { PackedNode } from '../wire/node-format.ts'
import type { EngineEvent } from './events.ts'
import type { EngineIo } from './io.ts'
import { Routes } from './routes.ts'
import { ToxCore } from './tox-core.ts'

/** One input causes a chain of a few calls; more than this is a circle. */
const SETTLE_ROUNDS_MAX = 1_000
const EVENT_COUNT_MAX = 65_536

export interface EngineOptions {
  readonly random: Random
  /** Ed25519 node key: its Curve25519 form is the DHT key. Fresh at every start, but for bootstrap nodes. */
  readonly nodeKey?: SigningKey
  /** The person's identity; without one this is a bootstrap and storage node. */
  readonly profile?: MessengerProfile
  readonly dht: DhtOptions
}

/** All machines of one node, wired: a datagram or a command goes in, datagrams, changes and events come out. No IO. */
export class Engine implements EngineIo {
  readonly counters = new Counters()
  readonly tox: ToxCore
  readonly #outputs = new Outputs<Change>()
  readonly #routes: Routes
  readonly #events = new Queue<EngineEvent>(EVENT_COUNT_MAX)

  constructor(options: EngineOptions, now: Instant) {
    const { random } = options
    const nodeKey = options.nodeKey ?? SigningKey.create(random)
    const keys = nodeKey.toKeyPair()
    const envelopes = new DhtEnvelopes(keys, random, new SharedKeys(keys.secretKey))
    const parts = { envelopes, random, transmits: this.#outputs, counters: this.counters }
    this.#routes = new Routes(envelopes, this.counters)
    this.tox = new ToxCore(parts, options.dht, options.profile, now)
    this.tox.addRoutes(this.#routes)
    this.#settle(now)
  }

  handlePacket(bytes: Uint8Array, from: Address, now: Instant): void {
    this.#routes.dispatch(bytes, from, now)
    this.#settle(now)
  }

  handleTimeout(now: Instant): void {
    this.tox.handleTimeout(now)
    this.#settle(now)
  }

  nextTimeout(): Wake | undefined {
    return this.tox.nextTimeout()
  }

  pollTransmit(): Transmit | undefined {
    return this.#outputs.pollTransmit()
  }

  /** The next change to write to disk; `persisted` lets go what waits for it. */
  pollChange(): PendingChange<Change> | undefined {
    return this.#outputs.pollChange()
  }

  persisted(sequence: number, now: Instant): void {
    this.#outputs.persisted(sequence)
    this.#settle(now)
  }

  pollEvent(): EngineEvent | undefined {
    return this.#events.poll()
  }

  bootstrap(node: PackedNode, now: Instant): void {
    this.tox.dht.bootstrap(node, now)
    this.#settle(now)
  }

  /** Runs a command on the machines and settles what follows from it. */
  command<T>(action: () => T, now: Instant): T {
    const result = action()
    this.#settle(now)
    return result
  }

  /** Ends cleanly: what it still has to say is in the outputs. */
  leave(now: Instant): void {
    this.tox.leave(now)
    this.#settle(now)
  }

  /** Hands every machine's events to the machine above, until all are quiet. */
  #settle(now: Instant): void {
    for (let round = 0; this.tox.settle(now); round += 1) {
      assert(round < SETTLE_ROUNDS_MAX, 'the machines do not come to rest')
    }
    for (let event = this.tox.pollEvent(); event; event = this.tox.pollEvent()) {
      if (event.kind === 'connected') this.#push({ kind: 'dhtConnected', isConnected: event.isConnected })
    }
    const messenger = this.tox.user?.messenger
    for (let event = messenger?.pollEvent(); event; event = messenger?.pollEvent()) this.#push(event)
  }

  #push(event: EngineEvent): void {
    if (!this.#events.push(event)) this.counters.add('engine.eventsDropped')
  }
}
