import type { Address, NetworkScope } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import { Counters } from '../base/counters.ts'
import { Outputs, type PendingChange } from '../base/outputs.ts'
import { Queue } from '../base/queue.ts'
import type { Random } from '../base/random.ts'
import { earliest, type Instant, SECOND_MS, type Wake } from '../base/time.ts'
import type { Transmit } from '../base/transmit.ts'
import { SharedKeys } from '../crypto/shared-keys.ts'
import { SigningKey } from '../crypto/sign.ts'
import type { Change } from '../offline/change.ts'
import type { Reach } from '../offline/lower-machines.ts'
import { Offline } from '../offline/offline.ts'
import { Traffic } from '../ring/traffic.ts'
import type { EffortFormula } from '../storage/effort.ts'
import type { JobId, StorageClientEvent } from '../storage/storage-events.ts'
import type { Vault } from '../storage/vault.ts'
import type { DhtOptions } from '../tox/dht/dht.ts'
import type { MessengerEvent } from '../tox/messenger/messenger-events.ts'
import type { MessengerProfile } from '../tox/toxsave/tox-profile.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import type { PackedNode } from '../wire/node-format.ts'
import type { EngineEvent, ProofOrder } from './events.ts'
import { Extension, type ExtensionEvent } from './extension.ts'
import type { EngineIo } from './io.ts'
import { NetworkFace } from './network-face.ts'
import { Routes } from './routes.ts'
import { StorageFace } from './storage-face.ts'
import { ToxCore } from './tox-core.ts'
import { UserEngine, type UserSettings } from './user-engine.ts'
import { WaitingStorage } from './waiting-storage.ts'

export type { EffortFormula } from '../storage/effort.ts'
export { effectiveAllocationBytes, VAULT_LIMITS_DEFAULT, type VaultLimits } from '../storage/quota.ts'

/** One input causes a chain of a few calls; more than this is a circle. */
const SETTLE_ROUNDS_MAX = 1_000
const EVENT_COUNT_MAX = 65_536
/** A sleep after which no friend holds a connection to us: they end one after 32 s of silence. */
const GIVEN_UP_AFTER_MS = 40 * SECOND_MS
const USER_SETTINGS_DEFAULT: UserSettings = { readReceipts: true, proofAlgorithm: 'argon2id' }

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
  /** What the offline engine has kept, and how it is to work; for a node with a person. */
  readonly offline?: { readonly state: ReadonlyMap<string, Uint8Array>; readonly settings: UserSettings }
  /** Another price of storing, for simulations that cannot wait for proofs. */
  readonly formula?: EffortFormula
}

/** All machines of one node, wired: a datagram or a command goes in, datagrams, changes and events come out. No IO. */
export class Engine implements EngineIo {
  readonly counters = new Counters()
  readonly tox: ToxCore
  readonly extension: Extension
  readonly network: NetworkFace
  readonly storage: StorageFace
  readonly #user: UserEngine | undefined
  readonly #proofOrders = new Queue<ProofOrder>(EVENT_COUNT_MAX)
  readonly #traffic = new Traffic()
  readonly #outputs = new Outputs<Change>()
  readonly #routes: Routes
  readonly #events = new Queue<EngineEvent>(EVENT_COUNT_MAX)
  readonly #envelopes: DhtEnvelopes
  readonly #ownKeys: readonly { wipe(): void }[]
  #now: Instant
  #reach: Reach = 'nowhere'

  constructor(options: EngineOptions, now: Instant) {
    const { random, scope, vault, formula } = options
    const nodeKey = options.nodeKey ?? SigningKey.create(random)
    const keys = nodeKey.toKeyPair()
    const envelopes = new DhtEnvelopes(keys, random, new SharedKeys(keys.secretKey))
    this.#envelopes = envelopes
    this.#ownKeys = options.nodeKey ? [keys.secretKey] : [keys.secretKey, nodeKey]
    const transmits = { send: (bytes: Uint8Array, to: Address): void => this.#send(bytes, to) }
    const parts = { envelopes, random, transmits, counters: this.counters }
    this.#now = now
    this.#routes = new Routes(envelopes, this.counters)
    this.tox = new ToxCore(parts, options.dht, options.profile, now)
    this.tox.addRoutes(this.#routes)
    const price = formula ? { formula } : {}
    this.extension = new Extension(parts, { signingKey: nodeKey, vault, scope, traffic: this.#traffic, ...price })
    this.extension.addRoutes(this.#routes)
    this.network = new NetworkFace(this.tox, this.extension)
    this.storage = new StorageFace(this.extension, vault, this.counters)
    this.#user = this.#createUser(options, now)
    this.extension.rings.setMember(vault.limits.allocationBytes > 0, now)
    this.#settle(now)
  }

  /** The engine of a person. Asserts that there is one. */
  asUser(): UserEngine {
    assert(this.#user !== undefined, 'this node has no person')
    return this.#user
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
    this.#user?.offline.handleTimeout(now)
    this.#settle(now)
  }

  nextTimeout(): Wake | undefined {
    return earliest(this.tox.nextTimeout(), this.extension.nextTimeout(), this.#user?.offline.nextTimeout())
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
    this.#user?.offline.persisted(sequence, now)
    this.#settle(now)
  }

  /** What the proof solver is to do next: `handleProof` brings what it found. */
  pollProofOrder(): ProofOrder | undefined {
    return this.#proofOrders.poll()
  }

  handleProofProgress(jobId: number, done: number, total: number, now: Instant): void {
    this.command(() => this.extension.storageClient.handleProofProgress(jobId as JobId, done, total), now)
  }

  handleProof(jobId: number, solutions: readonly number[], now: Instant): void {
    this.command(() => this.extension.storageClient.handleProof(jobId as JobId, solutions, now), now)
  }

  handleProofFailed(jobId: number, now: Instant): void {
    this.command(() => this.extension.storageClient.handleProof(jobId as JobId, 'cancelled', now), now)
  }

  /** The wall clock was set, or the machine slept: friends are met, and the rings begin, anew if it was long. */
  handleClockStep(stepMs: number, now: Instant): void {
    this.command(() => {
      if (stepMs >= GIVEN_UP_AFTER_MS) this.tox.handleSleep(now)
      this.extension.rings.handleClockStep(stepMs, now)
    }, now)
  }

  /** The computer got other addresses: who is offline need not wait for the next try. */
  handleNetworkChange(now: Instant): void {
    this.command(() => this.tox.dht.handleNetworkChange(now), now)
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

  /** Begins a clean end: friends see us offline at once, what we hold for others is handed over. */
  leave(handOverMsMax: number, now: Instant): void {
    this.command(() => {
      this.tox.leave(now)
      this.extension.leave(handOverMsMax, now)
    }, now)
  }

  /** Whether nothing is left to hand over. */
  get hasLeft(): boolean {
    return this.extension.hasLeft
  }

  /**
   * The run ends, and the program may go on: wipes every key of it. The person's own keys are their owner's, and so is a
   * node key that was given. Of no use afterwards.
   */
  wipe(now: Instant): void {
    this.tox.wipe(now)
    this.#user?.offline.wipe()
    this.#envelopes.sharedKeys.wipe()
    for (const key of this.#ownKeys) key.wipe()
  }

  /** Hands every machine's events to the machine above, until all are quiet. */
  #settle(now: Instant): void {
    for (let round = 0; this.#settleOnce(now); round += 1) {
      assert(round < SETTLE_ROUNDS_MAX, 'the machines do not come to rest')
    }
    if (this.storage.takeChange(now)) this.#push({ kind: 'vaultChanged' })
  }

  #settleOnce(now: Instant): boolean {
    let moved = this.tox.settle(now)
    for (let event = this.tox.pollEvent(); event; event = this.tox.pollEvent()) {
      if (event.kind === 'connected') this.#push({ kind: 'dhtConnected', isConnected: event.isConnected })
      else if (event.kind === 'nodeAnswered') {
        const { publicKey, address } = event.node
        this.extension.rings.probe({ key: publicKey, address }, false, now)
      }
    }
    moved = this.extension.settle(now) || moved
    for (let event = this.extension.pollEvent(); event; event = this.extension.pollEvent()) this.#handleRings(event)
    this.#noteReach(now)
    const { storageClient } = this.extension
    for (let event = storageClient.pollEvent(); event; event = storageClient.pollEvent()) {
      moved = true
      this.#handleStorage(event, now)
    }
    return this.#settleUser(now) || moved
  }

  #settleUser(now: Instant): boolean {
    if (!this.#user) return false
    const { messenger, offline } = this.#user
    let moved = false
    for (let event = messenger.pollEvent(); event; event = messenger.pollEvent()) {
      moved = true
      offline.handleMessengerEvent(event, now)
      if (!isForOfflineOnly(event)) this.#push(event)
    }
    for (let event = offline.pollEvent(); event; event = offline.pollEvent()) this.#push(event)
    return moved
  }

  #createUser({ profile, offline, random }: EngineOptions, now: Instant): UserEngine | undefined {
    const messenger = this.tox.user?.messenger
    if (!messenger || !profile) return undefined
    const storage = new WaitingStorage(this.extension.storageClient)
    const { readReceipts, proofAlgorithm } = offline?.settings ?? USER_SETTINGS_DEFAULT
    const machine = new Offline(
      {
        keys: profile.keys,
        state: offline?.state ?? new Map(),
        messenger,
        storage,
        changes: this.#outputs,
        random,
        counters: this.counters,
        settings: { tellsRead: readReceipts },
      },
      now,
    )
    const user = new UserEngine(this, messenger, machine, storage)
    user.setSettings({ readReceipts, proofAlgorithm })
    return user
  }

  #handleRings(event: ExtensionEvent): void {
    if (event.kind === 'roleChanged') {
      this.network.noteRole(event.why)
      this.#push({ kind: 'roleChanged', isStorage: event.isStorage })
    } else if (event.kind === 'neighboursChanged') this.#push({ kind: 'membersChanged' })
    else if (event.kind === 'vaultChanged') this.#push(event)
  }

  /** Tells the offline engine when network or storage nodes come into reach, and when the last one is gone. */
  #noteReach(now: Instant): void {
    const { rings } = this.extension
    const canStore = rings.knownMemberCount > 0 || rings.isStorage
    const beside = this.#user?.messenger.isConnected ? 'network' : 'nowhere'
    const reach = canStore ? 'storage' : beside
    if (reach === this.#reach) return
    this.#reach = reach
    this.#user?.offline.handleReach(reach, now)
  }

  #handleStorage(event: StorageClientEvent, now: Instant): void {
    if (event.kind === 'solve') this.#order({ kind: 'solve', jobId: event.jobId, task: event.job })
    else if (event.kind === 'cancelSolve') this.#order({ kind: 'cancel', jobId: event.jobId })
    else this.#user?.offline.handleStorageEvent(event, now)
  }

  #order(order: ProofOrder): void {
    if (!this.#proofOrders.push(order)) this.counters.add('engine.proofOrdersDropped')
  }

  #send(bytes: Uint8Array, to: Address): void {
    this.#traffic.noteSent(to, this.#now)
    this.#outputs.send(bytes, to)
  }

  #push(event: EngineEvent): void {
    if (!this.#events.push(event)) this.counters.add('engine.eventsDropped')
  }
}

/** Messages, receipts and our own packets are the offline engine's: it tells of them by changes. */
function isForOfflineOnly({ kind }: MessengerEvent): boolean {
  return kind === 'message' || kind === 'custom' || kind === 'receipt' || kind === 'unreceipted'
}
