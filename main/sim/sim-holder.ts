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
import type { EffortFormula } from '../storage/effort.ts'
import { VAULT_LIMITS_DEFAULT } from '../storage/quota.ts'
import { StorageNode } from '../storage/storage-node.ts'
import { Tokens } from '../storage/tokens.ts'
import { Transfers } from '../storage/transfers.ts'
import { Upkeep } from '../storage/upkeep.ts'
import type { Vault } from '../storage/vault.ts'
import { createMemoryVault } from '../storage/vault-memory.ts'
import { decode } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { EXTENSION_PACKET_ID, type ExtensionPacket, extensionPacket } from '../wire/extension-packet.ts'
import { STORAGE_KIND } from '../wire/storage-packets.ts'
import type { SimulatedNode, Simulation } from './simulation.ts'

const TRANSMITS_MAX = 65_536
const FIRST_STORAGE_KIND = 0x40
/** Turns of one settling; more would be a loop. */
const TURNS_MAX = 1_000

export interface SimHolderOptions {
  readonly address?: Address
  readonly formula: EffortFormula
  readonly allocationBytes?: number
  /** Sees each extension packet before the node does; true: it dealt with it. For nodes that lie. */
  readonly intercept?: (holder: SimHolder, packet: ExtensionPacket, from: Contact, now: Instant) => boolean
}

/** A storage node without Tox and without a user: rings, vault, serving and upkeep, wired as the engine wires them. */
export class SimHolder implements EngineIo {
  readonly rings: Rings
  readonly exchange: Exchange
  readonly storageNode: StorageNode
  readonly upkeep: Upkeep
  readonly vault: Vault
  readonly counters = new Counters()
  readonly node: SimulatedNode
  /** Set once upkeep said that leaving is over. */
  hasLeft = false
  /** Called once when it is. */
  onLeft: () => void = () => {}
  readonly #found: Extract<RingsEvent, { kind: 'found' | 'notFound' }>[] = []
  readonly #envelopes: DhtEnvelopes
  readonly #transfers: Transfers
  readonly #traffic = new Traffic()
  readonly #transmits = new Queue<Transmit>(TRANSMITS_MAX)
  readonly #intercept: SimHolderOptions['intercept']
  #now: Instant

  constructor(simulation: Simulation, { address, formula, allocationBytes, intercept }: SimHolderOptions) {
    const random: Random = simulation.createRandom()
    const signingKey = SigningKey.create(random)
    const envelopes = new DhtEnvelopes(signingKey.toKeyPair(), random)
    const { counters } = this
    this.#envelopes = envelopes
    this.#intercept = intercept
    this.#now = simulation.now
    const tokens = new Tokens(random)
    const transmits = { send: (bytes: Uint8Array, to: Address) => this.#send(bytes, to) }
    const at = address ?? simulation.createAddress()
    const exchange = new Exchange({ envelopes, random, transmits, counters })
    this.exchange = exchange
    this.rings = new Rings({
      selfKey: envelopes.publicKey,
      exchange,
      random,
      counters,
      traffic: this.#traffic,
      scope: at.scope,
      tokenFor: tokens.tokenFor.bind(tokens),
    })
    const limits = { ...VAULT_LIMITS_DEFAULT, ...(allocationBytes !== undefined && { allocationBytes }) }
    this.vault = createMemoryVault({ ringCount: 3, limits })
    this.#transfers = new Transfers({ exchange, random, counters })
    const parts = { rings: this.rings, exchange, transfers: this.#transfers, signingKey, random, counters, formula }
    this.storageNode = new StorageNode({ ...parts, vault: this.vault, tokens })
    this.upkeep = new Upkeep({ ...parts, node: this.storageNode })
    this.node = simulation.addNode(this, { address: at, onInput: (now) => this.#settle(now) })
  }

  get contact(): Contact {
    return { key: this.#envelopes.publicKey, address: this.node.address }
  }

  act<T>(action: (now: Instant) => T): T {
    return this.node.act((now) => {
      this.#now = now
      return action(now)
    })
  }

  join(start?: SimHolder): void {
    this.act((now) => {
      this.rings.setMember(true, now)
      if (start) this.rings.probe(start.contact, true, now)
    })
  }

  /** What a lookup has brought so far. */
  outcomesOf(lookupId: LookupId) {
    return this.#found.filter((event) => event.lookupId === lookupId)
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
    this.#transfers.handleTimeout(now)
    this.storageNode.handleTimeout(now)
    this.upkeep.handleTimeout(now)
  }

  nextTimeout(): Wake | undefined {
    return earliest(
      this.exchange.nextTimeout(),
      this.rings.nextTimeout(),
      this.#transfers.nextTimeout(),
      this.storageNode.nextTimeout(),
      this.upkeep.nextTimeout(),
    )
  }

  pollTransmit(): Transmit | undefined {
    return this.#transmits.poll()
  }

  #handleExtension(bytes: Uint8Array, address: Address, now: Instant): void {
    const { sender, plain } = this.#envelopes.open(bytes)
    const packet = decode(extensionPacket, plain)
    const { kind, requestId, body } = packet
    const from = { key: sender, address }
    if (this.#intercept?.(this, packet, from, now)) return
    if (this.exchange.handleResponse(from, requestId, kind, body, now)) this.rings.handleAnswers(now)
    else if (kind < FIRST_STORAGE_KIND) this.rings.handleRequest(from, kind, requestId, body, now)
    else if (kind === STORAGE_KIND.segment) this.#transfers.handleSegment(from, body, now)
    else if (kind === STORAGE_KIND.segmentAck) this.#transfers.handleSegmentAck(from, body, now)
    else if (!this.upkeep.handleRequest(kind, from, requestId, body, now)) {
      this.storageNode.handleRequest(kind, from, requestId, body, now)
    }
  }

  #settle(now: Instant): void {
    this.#now = now
    for (let turn = 0; turn < TURNS_MAX; turn += 1) if (!this.#moveEvents(now)) return
  }

  #moveEvents(now: Instant): boolean {
    let moved = false
    for (let event = this.exchange.pollEvent('upkeep'); event; event = this.exchange.pollEvent('upkeep')) {
      moved = true
      this.upkeep.handleAnswer(event, now)
    }
    for (let event = this.rings.pollEvent(); event; event = this.rings.pollEvent()) {
      moved = true
      if (event.kind === 'found' || event.kind === 'notFound') this.#found.push(event)
      this.storageNode.handleRingsEvent(event, now)
      this.upkeep.handleRingsEvent(event, now)
    }
    for (let event = this.#transfers.pollEvent('node'); event; event = this.#transfers.pollEvent('node')) {
      moved = true
      this.storageNode.handleTransferEvent(event, now)
    }
    for (let event = this.#transfers.pollEvent('upkeep'); event; event = this.#transfers.pollEvent('upkeep')) {
      moved = true
      this.upkeep.handleTransferEvent(event, now)
    }
    for (let event = this.storageNode.pollEvent(); event; event = this.storageNode.pollEvent()) {
      moved = true
      this.upkeep.handleStorageEvent(event, now)
    }
    if (this.upkeep.pollEvent()) this.#noteLeft()
    this.#found.splice(0, Math.max(0, this.#found.length - 256))
    return moved
  }

  #noteLeft(): void {
    this.hasLeft = true
    this.onLeft()
  }

  #send(bytes: Uint8Array, to: Address): void {
    this.#traffic.noteSent(to, this.#now)
    this.#transmits.push({ bytes, to })
  }
}
