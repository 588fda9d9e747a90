import type { Address, NetworkScope } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import { Counters } from '../base/counters.ts'
import { Outputs, type PendingChange } from '../base/outputs.ts'
import { Queue } from '../base/queue.ts'
import type { Random } from '../base/random.ts'
import { earliest, type Instant, type Wake } from '../base/time.ts'
import type { Transmit } from '../base/transmit.ts'
import { SharedKeys } from '../crypto/shared-keys.ts'
import { SigningKey } from '../crypto/sign.ts'
import type { Change } from '../offline/change.ts'
import { Traffic } from '../ring/traffic.ts'
import type { EffortFormula } from '../storage/effort.ts'
import type { Vault } from '../storage/vault.ts'
import type { DhtOptions } from '../tox/dht/dht.ts'
import type { MessengerProfile } from '../tox/toxsave/tox-profile.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import type { PackedNode } from '../wire/node-format.ts'
import type { EngineEvent } from './events.ts'
import { Extension } from './extension.ts'
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
  /** Where the driver may send; on loopback and private networks prefixes do not count. */
  readonly scope: NetworkScope
  /** Where other people's records go. */
  readonly vault: Vault
  /** Another price of storing, for simulations that cannot wait for proofs. */
  readonly formula?: EffortFormula
}

/** All machines of one node, wired: a datagram or a command goes in, datagrams, changes and events come out. No IO. */
export class Engine implements EngineIo {
  readonly counters = new Counters()
  readonly tox: ToxCore
  readonly extension: Extension
  readonly #traffic = new Traffic()
  readonly #outputs = new Outputs<Change>()
  readonly #routes: Routes
  readonly #events = new Queue<EngineEvent>(EVENT_COUNT_MAX)
  #now: Instant

  constructor(options: EngineOptions, now: Instant) {
    const { random, scope, vault, formula } = options
    const nodeKey = options.nodeKey ?? SigningKey.create(random)
    const keys = nodeKey.toKeyPair()
    const envelopes = new DhtEnvelopes(keys, random, new SharedKeys(keys.secretKey))
    const transmits = { send: (bytes: Uint8Array, to: Address): void => this.#send(bytes, to) }
    const parts = { envelopes, random, transmits, counters: this.counters }
    this.#now = now
    this.#routes = new Routes(envelopes, this.counters)
    this.tox = new ToxCore(parts, options.dht, options.profile, now)
    this.tox.addRoutes(this.#routes)
    const price = formula ? { formula } : {}
    this.extension = new Extension(parts, { signingKey: nodeKey, vault, scope, traffic: this.#traffic, ...price })
    this.extension.addRoutes(this.#routes)
    this.#settle(now)
  }

  handlePacket(bytes: Uint8Array, from: Address, now: Instant): void {
    this.#now = now
    this.#traffic.noteHeard(from, now)
    this.#routes.dispatch(bytes, from, now)
    this.#settle(now)
  }

  handleTimeout(now: Instant): void {
    this.#now = now
    this.tox.handleTimeout(now)
    this.extension.handleTimeout(now)
    this.#settle(now)
  }

  nextTimeout(): Wake | undefined {
    return earliest(this.tox.nextTimeout(), this.extension.nextTimeout())
  }

  pollTransmit(): Transmit | undefined {
    return this.#outputs.pollTransmit()
  }

  /** The next change to write to disk; `persisted` lets go what waits for it. */
  pollChange(): PendingChange<Change> | undefined {
    return this.#outputs.pollChange()
  }

  persisted(sequence: number, now: Instant): void {
    this.#now = now
    this.#outputs.persisted(sequence)
    this.#settle(now)
  }

  pollEvent(): EngineEvent | undefined {
    return this.#events.poll()
  }

  bootstrap(node: PackedNode, now: Instant): void {
    this.command(() => this.tox.dht.bootstrap(node, now), now)
  }

  /** Runs a command on the machines and settles what follows from it. */
  command<T>(action: () => T, now: Instant): T {
    this.#now = now
    const result = action()
    this.#settle(now)
    return result
  }

  /** Ends cleanly: what it still has to say is in the outputs. */
  leave(now: Instant): void {
    this.command(() => {
      this.extension.rings.leave(now)
      this.tox.leave(now)
    }, now)
  }

  /** Hands every machine's events to the machine above, until all are quiet. */
  #settle(now: Instant): void {
    for (let round = 0; this.#settleOnce(now); round += 1) {
      assert(round < SETTLE_ROUNDS_MAX, 'the machines do not come to rest')
    }
    const messenger = this.tox.user?.messenger
    for (let event = messenger?.pollEvent(); event; event = messenger?.pollEvent()) this.#push(event)
  }

  #settleOnce(now: Instant): boolean {
    const moved = this.tox.settle(now)
    for (let event = this.tox.pollEvent(); event; event = this.tox.pollEvent()) {
      if (event.kind === 'connected') this.#push({ kind: 'dhtConnected', isConnected: event.isConnected })
      else if (event.kind === 'nodeAnswered') {
        const { publicKey, address } = event.node
        this.extension.rings.probe({ key: publicKey, address }, false, now)
      }
    }
    return this.extension.settle(now) || moved
  }

  #send(bytes: Uint8Array, to: Address): void {
    this.#traffic.noteSent(to, this.#now)
    this.#outputs.send(bytes, to)
  }

  #push(event: EngineEvent): void {
    if (!this.#events.push(event)) this.counters.add('engine.eventsDropped')
  }
}
