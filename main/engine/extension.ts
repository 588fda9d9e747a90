import type { Address, NetworkScope } from '../base/address.ts'
import { Queue } from '../base/queue.ts'
import { earliest, type Instant, type Wake } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { SigningKey } from '../crypto/sign.ts'
import { Exchange } from '../ring/exchange.ts'
import type { RingsEvent } from '../ring/ring-access.ts'
import { Rings } from '../ring/rings.ts'
import type { Traffic } from '../ring/traffic.ts'
import type { EffortFormula } from '../storage/effort.ts'
import { StorageClient } from '../storage/storage-client.ts'
import { StorageNode } from '../storage/storage-node.ts'
import { Tokens } from '../storage/tokens.ts'
import { Transfers } from '../storage/transfers.ts'
import type { Vault } from '../storage/vault.ts'
import { EXTENSION_PACKET_ID, type ExtensionPacket, extensionPacket } from '../wire/extension-packet.ts'
import { STORAGE_KIND } from '../wire/storage-packets.ts'
import type { Routes } from './routes.ts'
import type { EngineParts } from './tox-core.ts'

const EVENT_COUNT_MAX = 1_024

/** Kinds below are the rings', from here on storage's (wire/extension-packet.ts). */
const FIRST_STORAGE_KIND = 0x40

export interface ExtensionOptions {
  readonly signingKey: SigningKey
  readonly vault: Vault
  readonly scope: NetworkScope
  readonly traffic: Traffic
  /** Another price of storing, for simulations that cannot wait for proofs. */
  readonly formula?: EffortFormula
}

/** Ring events that storage does not take for itself. */
export type ExtensionEvent = Exclude<RingsEvent, { readonly kind: 'payload' | 'found' | 'notFound' }>

/** What this node adds to Tox: the rings, what it stores for others, and what it asks others to store. */
export class Extension {
  readonly rings: Rings
  readonly storageNode: StorageNode
  readonly storageClient: StorageClient
  readonly #exchange: Exchange
  readonly #transfers: Transfers
  #hasLeft = false
  readonly #news = new Queue<ExtensionEvent>(EVENT_COUNT_MAX)

  constructor(parts: EngineParts, { signingKey, vault, scope, traffic, formula }: ExtensionOptions) {
    const { random, counters } = parts
    const tokens = new Tokens(random)
    const tokenFor = tokens.tokenFor.bind(tokens)
    this.#exchange = new Exchange(parts)
    const exchange = this.#exchange
    this.rings = new Rings({ ...parts, selfKey: parts.envelopes.publicKey, exchange, traffic, scope, tokenFor })
    this.#transfers = new Transfers({ exchange, random, counters })
    const shared = {
      rings: this.rings,
      exchange,
      transfers: this.#transfers,
      random,
      counters,
      ...(formula ? { formula } : {}),
    }
    this.storageNode = new StorageNode({ ...shared, vault, tokens, signingKey })
    this.storageClient = new StorageClient({ ...shared, ownNode: this.storageNode })
  }

  /** What the owner shows: role and neighbours. */
  pollEvent(): ExtensionEvent | undefined {
    return this.#news.poll()
  }

  /** Says goodbye to the rings. */
  leave(now: Instant): void {
    this.rings.leave(now)
    this.#hasLeft = true
  }

  get hasLeft(): boolean {
    return this.#hasLeft
  }

  addRoutes(routes: Routes): void {
    routes.sealed(EXTENSION_PACKET_ID, extensionPacket, (packet, sender, from, now) =>
      this.#handlePacket(packet, sender, from, now),
    )
  }

  /** Moves events one level up. Returns whether there were any. */
  settle(now: Instant): boolean {
    let moved = false
    for (let event = this.rings.pollEvent(); event; event = this.rings.pollEvent()) {
      moved = true
      this.#handleRingsEvent(event, now)
    }
    for (let event = this.#transfers.pollEvent('node'); event; event = this.#transfers.pollEvent('node')) {
      moved = true
      this.storageNode.handleTransferEvent(event, now)
    }
    this.storageClient.drainTransfers(now)
    for (let event = this.#exchange.pollEvent('storage'); event; event = this.#exchange.pollEvent('storage')) {
      moved = true
      this.storageClient.handleExchangeEvent(event, now)
    }
    return moved
  }

  handleTimeout(now: Instant): void {
    this.#exchange.handleTimeout(now)
    this.rings.handleAnswers(now)
    this.rings.handleTimeout(now)
    this.#transfers.handleTimeout(now)
    this.storageNode.handleTimeout(now)
    this.storageClient.handleTimeout(now)
  }

  nextTimeout(): Wake | undefined {
    return earliest(
      this.#exchange.nextTimeout(),
      this.rings.nextTimeout(),
      this.#transfers.nextTimeout(),
      this.storageNode.nextTimeout(),
      this.storageClient.nextTimeout(),
    )
  }

  #handlePacket(packet: ExtensionPacket, sender: PublicKey, address: Address, now: Instant): void {
    const { kind, requestId, body } = packet
    const from = { key: sender, address }
    if (this.#exchange.handleResponse(from, requestId, kind, body, now)) this.rings.handleAnswers(now)
    else if (kind < FIRST_STORAGE_KIND) this.rings.handleRequest(from, kind, requestId, body, now)
    else if (kind === STORAGE_KIND.segment) this.#transfers.handleSegment(from, body, now)
    else if (kind === STORAGE_KIND.segmentAck) this.#transfers.handleSegmentAck(from, body, now)
    else this.storageNode.handleRequest(kind, from, requestId, body, now)
  }

  #handleRingsEvent(event: RingsEvent, now: Instant): void {
    if (event.kind === 'payload') this.storageNode.handleRingsEvent(event, now)
    else if (event.kind === 'found' || event.kind === 'notFound') this.storageClient.handleRingsEvent(event, now)
    else this.#news.push(event)
  }
}
