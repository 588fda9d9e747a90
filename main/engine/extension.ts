import type { Address, NetworkScope } from '../base/address.ts'
import { Queue } from '../base/queue.ts'
import { earliest, type Instant, type Wake } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { SigningKey } from '../crypto/sign.ts'
import { datagramBytes, Exchange, FIRST_STORAGE_KIND, STORING_RECEIVED } from '../ring/exchange.ts'
import type { RingsEvent } from '../ring/ring-access.ts'
import { Rings } from '../ring/rings.ts'
import type { Traffic } from '../ring/traffic.ts'
import type { EffortFormula } from '../storage/effort.ts'
import { StorageClient } from '../storage/storage-client.ts'
import { StorageNode } from '../storage/storage-node.ts'
import type { VaultLimits } from '../storage/quota.ts'
import { Tokens } from '../storage/tokens.ts'
import { Transfers } from '../storage/transfers.ts'
import { Upkeep } from '../storage/upkeep.ts'
import type { Vault } from '../storage/vault.ts'
import { EXTENSION_PACKET_ID, type ExtensionPacket, extensionPacket } from '../wire/extension-packet.ts'
import { STORAGE_KIND } from '../wire/storage-packets.ts'
import type { Routes } from './routes.ts'
import type { EngineParts } from './tox-core.ts'

const EVENT_COUNT_MAX = 1_024

export interface ExtensionOptions {
  readonly signingKey: SigningKey
  readonly vault: Vault
  readonly scope: NetworkScope
  readonly traffic: Traffic
  /** Another price of storing, for simulations that cannot wait for proofs. */
  readonly formula?: EffortFormula
}

/** Ring events that storage does not take for itself. */
export type ExtensionEvent =
  | Exclude<RingsEvent, { readonly kind: 'payload' | 'found' | 'notFound' }>
  /** What is stored for others changed. */
  | { readonly kind: 'vaultChanged' }

/** What follows once everything was handed over. */
interface Departure {
  readonly next: 'end' | 'stay away' | 'come back'
  readonly limits: VaultLimits
}

const HAND_OVER_MS_MAX = 10_000

/** What this node adds to Tox: the rings, what it stores for others, and what it asks others to store. */
export class Extension {
  readonly rings: Rings
  readonly storageNode: StorageNode
  readonly storageClient: StorageClient
  readonly upkeep: Upkeep
  readonly #exchange: Exchange
  readonly #counters: EngineParts['counters']
  readonly #transfers: Transfers
  readonly #vault: Vault
  #departure: Departure | undefined
  #hasLeft = false
  readonly #news = new Queue<ExtensionEvent>(EVENT_COUNT_MAX)

  constructor(parts: EngineParts, { signingKey, vault, scope, traffic, formula }: ExtensionOptions) {
    const { random, counters } = parts
    const tokens = new Tokens(random)
    const tokenFor = tokens.tokenFor.bind(tokens)
    this.#exchange = new Exchange(parts)
    this.#counters = counters
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
    this.upkeep = new Upkeep({ ...shared, node: this.storageNode, signingKey })
    this.#vault = vault
  }

  /** What the owner shows: role and neighbours. */
  pollEvent(): ExtensionEvent | undefined {
    return this.#news.poll()
  }

  /** New limits hold at once. Allocation 0 stops storing, once what is held was handed over. */
  setLimits(limits: VaultLimits, now: Instant): void {
    if (limits.allocationBytes === 0) {
      this.#depart({ next: 'stay away', limits }, now)
      return
    }
    this.#vault.setLimits(limits, now)
    if (this.#departure?.next === 'stay away') this.#departure = { next: 'come back', limits }
    else if (!this.#departure) this.rings.setMember(true, now)
  }

  /** Hands over what is held, forgets it, and stores anew. */
  clear(now: Instant): void {
    const { limits } = this.#vault
    this.#depart({ next: limits.allocationBytes > 0 ? 'come back' : 'stay away', limits }, now)
  }

  /** Hands over what there is time for (10 s at most) and says goodbye; `hasLeft` tells when. */
  leave(timeMs: number, now: Instant): void {
    this.#departure = undefined
    this.#depart({ next: 'end', limits: this.#vault.limits }, now, timeMs)
  }

  /** Whether something is still to be handed over before the vault is emptied. */
  get isHandingOver(): boolean {
    return this.#departure !== undefined
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
    moved = this.#settleUpkeep(now) || moved
    for (let event = this.#exchange.pollEvent('storage'); event; event = this.#exchange.pollEvent('storage')) {
      moved = true
      this.storageClient.handleExchangeEvent(event, now)
    }
    return moved
  }

  handleTimeout(now: Instant): void {
    this.#exchange.handleTimeout(now)
    this.rings.handleTimeout(now)
    this.#transfers.handleTimeout(now)
    this.storageNode.handleTimeout(now)
    this.storageClient.handleTimeout(now)
    this.upkeep.handleTimeout(now)
  }

  nextTimeout(): Wake | undefined {
    return earliest(
      this.#exchange.nextTimeout(),
      this.rings.nextTimeout(),
      this.#transfers.nextTimeout(),
      this.storageNode.nextTimeout(),
      this.storageClient.nextTimeout(),
      this.upkeep.nextTimeout(),
    )
  }

  #handlePacket(packet: ExtensionPacket, sender: PublicKey, address: Address, now: Instant): void {
    const { kind, requestId, body } = packet
    const from = { key: sender, address }
    if (this.#exchange.handleResponse(from, requestId, kind, body, now)) this.rings.handleAnswers(now)
    else if (kind < FIRST_STORAGE_KIND) this.rings.handleRequest(from, kind, requestId, body, now)
    else if (kind === STORAGE_KIND.segment) this.#transfers.handleSegment(from, body, now)
    else if (kind === STORAGE_KIND.segmentAck) this.#transfers.handleSegmentAck(from, body, now)
    else {
      this.#counters.add(STORING_RECEIVED, datagramBytes(body))
      if (!this.upkeep.handleRequest(kind, from, requestId, body, now)) {
        this.storageNode.handleRequest(kind, from, requestId, body, now)
      }
    }
  }

  #settleUpkeep(now: Instant): boolean {
    let moved = false
    for (let event = this.#exchange.pollEvent('upkeep'); event; event = this.#exchange.pollEvent('upkeep')) {
      moved = true
      this.upkeep.handleAnswer(event, now)
    }
    for (let event = this.#transfers.pollEvent('upkeep'); event; event = this.#transfers.pollEvent('upkeep')) {
      moved = true
      this.upkeep.handleTransferEvent(event, now)
    }
    for (let event = this.storageNode.pollEvent(); event; event = this.storageNode.pollEvent()) {
      moved = true
      this.upkeep.handleStorageEvent(event, now)
      this.#news.push({ kind: 'vaultChanged' })
    }
    if (this.upkeep.pollEvent()) this.#finishDeparture(now)
    return moved
  }

  #depart(departure: Departure, now: Instant, timeMs: number = HAND_OVER_MS_MAX): void {
    const isUnderWay = this.#departure !== undefined
    this.#departure = departure
    if (isUnderWay) return
    if (this.rings.isStorage) this.upkeep.leave(timeMs, now)
    else this.#finishDeparture(now)
  }

  #finishDeparture(now: Instant): void {
    const departure = this.#departure
    if (!departure) return
    this.#departure = undefined
    this.rings.setMember(false, now)
    this.#vault.clear()
    this.#vault.setLimits(departure.limits, now)
    this.#hasLeft = departure.next === 'end'
    if (departure.next === 'come back') this.rings.setMember(true, now)
    this.#news.push({ kind: 'vaultChanged' })
  }

  #handleRingsEvent(event: RingsEvent, now: Instant): void {
    this.storageNode.handleRingsEvent(event, now)
    this.upkeep.handleRingsEvent(event, now)
    if (event.kind === 'found' || event.kind === 'notFound') this.storageClient.handleRingsEvent(event, now)
    else if (event.kind !== 'payload') this.#news.push(event)
  }
}
