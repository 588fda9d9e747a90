import type { Address } from '../base/address.ts'
import { DecodeError } from '../base/byte-reader.ts'
import { Counters } from '../base/counters.ts'
import { Queue } from '../base/queue.ts'
import type { Random } from '../base/random.ts'
import { earliest, type Instant, type Wake } from '../base/time.ts'
import type { Transmit } from '../base/transmit.ts'
import { SigningKey } from '../crypto/sign.ts'
import type { EngineIo } from '../engine/io.ts'
import { type ProofTask, puzzleCount, searchRange } from '../pow/proof.ts'
import type { Contact } from '../ring/contact.ts'
import { Exchange } from '../ring/exchange.ts'
import type { Payload, RingsEvent } from '../ring/ring-access.ts'
import { Rings } from '../ring/rings.ts'
import { Traffic } from '../ring/traffic.ts'
import type { EffortFormula } from '../storage/effort.ts'
import { VAULT_LIMITS_DEFAULT, type VaultLimits } from '../storage/quota.ts'
import { StorageClient } from '../storage/storage-client.ts'
import type { OperationFinished, OperationId, StorageClientEvent } from '../storage/storage-events.ts'
import { StorageNode, type StorageNodeEvent } from '../storage/storage-node.ts'
import { Tokens } from '../storage/tokens.ts'
import { Transfers } from '../storage/transfers.ts'
import type { Vault } from '../storage/vault.ts'
import { createMemoryVault } from '../storage/vault-memory.ts'
import { decode } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { EXTENSION_PACKET_ID, extensionPacket } from '../wire/extension-packet.ts'
import { STORAGE_KIND } from '../wire/storage-packets.ts'
import type { SimulatedNode, Simulation } from './simulation.ts'
import type { NatKind } from './sim-network.ts'

/** Proof work in a simulation takes virtual time, not the time of the one who waits for the test. */
export const SIM_FORMULA: EffortFormula = { version: 200, base: 0, floor: 1 }

const TRANSMITS_MAX = 65_536
const RING_KINDS_END = 0x40
const DRAIN_TURNS_MAX = 10_000

/** Makes a liar: what to answer instead of the truth. `undefined`: nothing at all; `honest` gives the truth. */
export type Tamper = (request: Payload, honest: () => Payload | undefined, from: Contact) => Payload | undefined

export interface StorageSimNodeOptions {
  readonly nat?: NatKind
  readonly address?: Address
  readonly limits?: Partial<VaultLimits>
  readonly formula?: EffortFormula
  /** By how much its clock is wrong. */
  readonly clockOffsetMs?: number
  /** Virtual time that one proof takes, or what says it for each. */
  readonly proofMs?: number | (() => number)
}

/** A node of rings and storage without Tox: what the storage network does, under a virtual clock. */
export class StorageSimNode implements EngineIo {
  readonly counters = new Counters()
  readonly exchange: Exchange
  readonly rings: Rings
  readonly transfers: Transfers
  readonly vault: Vault
  readonly storageNode: StorageNode
  readonly client: StorageClient
  readonly node: SimulatedNode
  readonly events: StorageClientEvent[] = []
  readonly nodeEvents: StorageNodeEvent[] = []
  /** Set to lie; deposits and requests that come as datagrams or with lookups go through it. */
  tamper: Tamper | undefined
  readonly #simulation: Simulation
  readonly #envelopes: DhtEnvelopes
  readonly #traffic = new Traffic()
  readonly #transmits = new Queue<Transmit>(TRANSMITS_MAX)
  readonly #proofMs: () => number
  #now: Instant

  constructor(simulation: Simulation, options: StorageSimNodeOptions = {}) {
    const { nat, address, limits, formula = SIM_FORMULA, proofMs = 1, clockOffsetMs = 0 } = options
    const random: Random = simulation.createRandom()
    const signingKey = SigningKey.create(random)
    this.#simulation = simulation
    this.#proofMs = typeof proofMs === 'number' ? () => proofMs : proofMs
    this.#now = simulation.now
    this.#envelopes = new DhtEnvelopes(signingKey.toKeyPair(), random)
    const transmits = { send: (bytes: Uint8Array, to: Address) => this.#send(bytes, to) }
    const { counters } = this
    this.exchange = new Exchange({ envelopes: this.#envelopes, random, transmits, counters })
    const at = address ?? simulation.createAddress()
    const tokens = new Tokens(random)
    this.rings = new Rings({
      selfKey: this.#envelopes.publicKey,
      exchange: this.exchange,
      random,
      counters,
      traffic: this.#traffic,
      scope: at.scope,
      tokenFor: (contact, now) => tokens.tokenFor(contact, now),
    })
    const { exchange, rings } = this
    this.transfers = new Transfers({ exchange, random, counters })
    const { transfers } = this
    this.vault = createMemoryVault({
      ringCount: rings.ringCount,
      limits: { ...VAULT_LIMITS_DEFAULT, ...limits },
    })
    const { vault } = this
    const common = { rings, exchange, transfers, random, counters, formula }
    this.storageNode = new StorageNode({ ...common, vault, tokens, signingKey })
    this.client = new StorageClient({ ...common, ownNode: this.storageNode })
    this.node = simulation.addNode(this, {
      address: at,
      clockOffsetMs,
      ...(nat && { nat }),
      onInput: (now) => this.#drain(now),
    })
  }

  get contact(): Contact {
    return { key: this.#envelopes.publicKey, address: this.node.address }
  }

  /** A call from above. */
  act<T>(action: (now: Instant) => T): T {
    return this.node.act((now) => {
      this.#now = now
      return action(now)
    })
  }

  /** Becomes a storage node, by way of `start`. */
  join(start?: StorageSimNode): void {
    this.act((now) => {
      this.rings.setMember(true, now)
      if (start) this.rings.probe(start.contact, true, now)
    })
  }

  /** Uses the rings as a client. */
  attach(start: StorageSimNode): void {
    this.act((now) => this.rings.probe(start.contact, true, now))
  }

  /** News of one operation, in order. */
  eventsOf(operationId: OperationId): StorageClientEvent[] {
    return this.events.filter((event) => 'operationId' in event && event.operationId === operationId)
  }

  finishedOf(operationId: OperationId): OperationFinished | undefined {
    return this.eventsOf(operationId).find((event): event is OperationFinished => event.kind === 'finished')
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
    this.transfers.handleTimeout(now)
    this.storageNode.handleTimeout(now)
    this.client.handleTimeout(now)
  }

  nextTimeout(): Wake | undefined {
    return earliest(
      this.exchange.nextTimeout(),
      this.rings.nextTimeout(),
      this.transfers.nextTimeout(),
      this.storageNode.nextTimeout(),
      this.client.nextTimeout(),
    )
  }

  pollTransmit(): Transmit | undefined {
    return this.#transmits.poll()
  }

  #handleExtension(bytes: Uint8Array, address: Address, now: Instant): void {
    const { sender, plain } = this.#envelopes.open(bytes)
    const { kind, requestId, body } = decode(extensionPacket, plain)
    const from = { key: sender, address }
    if (this.exchange.handleResponse(from, requestId, kind, body, now)) return this.rings.handleAnswers(now)
    if (kind < RING_KINDS_END) return this.rings.handleRequest(from, kind, requestId, body, now)
    if (kind === STORAGE_KIND.segment) return this.transfers.handleSegment(from, body, now)
    if (kind === STORAGE_KIND.segmentAck) return this.transfers.handleSegmentAck(from, body, now)
    this.#serve(kind, from, requestId, body, now)
  }

  #serve(kind: number, from: Contact, requestId: Uint8Array, body: Uint8Array, now: Instant): void {
    if (!this.tamper) {
      this.storageNode.handleRequest(kind, from, requestId, body, now)
      return
    }
    const honest = () => this.storageNode.answer({ kind, body }, from, now)
    const answer = this.tamper({ kind, body }, honest, from)
    if (answer) this.exchange.respond(from, answer.kind, requestId, answer.body, now)
  }

  #drain(now: Instant): void {
    for (let turn = 0; this.#drainOnce(now); turn += 1) {
      if (turn > DRAIN_TURNS_MAX) throw new Error('the machines do not come to rest')
    }
  }

  /** Hands every machine's news to the machine above. Returns whether there was any. */
  #drainOnce(now: Instant): boolean {
    let isBusy = false
    this.rings.handleAnswers(now)
    for (let event = this.exchange.pollEvent('storage'); event; event = this.exchange.pollEvent('storage')) {
      isBusy = true
      this.client.handleExchangeEvent(event, now)
    }
    for (let event = this.rings.pollEvent(); event; event = this.rings.pollEvent()) {
      isBusy = true
      this.#handleRingsEvent(event, now)
    }
    for (let event = this.transfers.pollEvent('node'); event; event = this.transfers.pollEvent('node')) {
      isBusy = true
      this.storageNode.handleTransferEvent(event, now)
    }
    this.client.drainTransfers(now)
    for (let event = this.storageNode.pollEvent(); event; event = this.storageNode.pollEvent())
      this.nodeEvents.push(event)
    for (let event = this.client.pollEvent(); event; event = this.client.pollEvent()) {
      isBusy = true
      this.#handleClientEvent(event)
    }
    return isBusy
  }

  #handleRingsEvent(event: RingsEvent, now: Instant): void {
    if (event.kind === 'payload' && this.tamper) {
      const honest = () => this.storageNode.answer(event.payload, event.from, now)
      const answer = this.tamper(event.payload, honest, event.from)
      const isShort = answer !== undefined && answer.body.length <= event.roomBytes
      return this.rings.answerPayload(event.payloadId, isShort ? answer : undefined, now)
    }
    // Nobody looks after copies here: what a gained range held before is not missed.
    if (event.kind === 'rangeChanged') for (const range of event.gained) this.rings.rangePulled(event.ring, range, now)
    this.storageNode.handleRingsEvent(event, now)
    this.client.handleRingsEvent(event, now)
  }

  #handleClientEvent(event: StorageClientEvent): void {
    this.events.push(event)
    if (event.kind !== 'solve') return
    const { jobId, job } = event
    this.#simulation.schedule(this.#proofMs(), () => {
      if (this.node.isRunning) this.act((now) => this.client.handleProof(jobId, solutionsOf(job), now))
    })
  }

  #send(bytes: Uint8Array, to: Address): void {
    this.#traffic.noteSent(to, this.#now)
    this.#transmits.push({ bytes, to })
  }
}

function solutionsOf(job: ProofTask): number[] {
  return Array.from({ length: puzzleCount(job.effort) }, (_, index) => searchRange(job, index, 0, 2 ** 32) ?? 0)
}
