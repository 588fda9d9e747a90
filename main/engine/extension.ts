import type { Address, NetworkScope } from '../base/address.ts'
import { earliest, type Instant, type Wake } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { SigningKey } from '../crypto/sign.ts'
import { Exchange } from '../ring/exchange.ts'
import type { RingsEvent } from '../ring/ring-access.ts'
import { Rings } from '../ring/rings.ts'
import type { Traffic } from '../ring/traffic.ts'
import type { EffortFormula } from '../storage/effort.ts'
import { StorageNode } from '../storage/storage-node.ts'
import { Tokens } from '../storage/tokens.ts'
import { Transfers } from '../storage/transfers.ts'
import type { Vault } from '../storage/vault.ts'
import { EXTENSION_PACKET_ID, type ExtensionPacket, extensionPacket } from '../wire/extension-packet.ts'
import { STORAGE_KIND } from '../wire/storage-packets.ts'
import type { Routes } from './routes.ts'
import type { EngineParts } from './tox-core.ts'

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

/** What this node adds to Tox: the rings, what it stores for others, and what it asks others to store. */
export class Extension {
  readonly rings: Rings
  readonly storageNode: StorageNode
  readonly #exchange: Exchange
  readonly #transfers: Transfers

  constructor(parts: EngineParts, { signingKey, vault, scope, traffic, formula }: ExtensionOptions) {
    const { random, counters } = parts
    const tokens = new Tokens(random)
    const tokenFor = tokens.tokenFor.bind(tokens)
    this.#exchange = new Exchange(parts)
    const exchange = this.#exchange
    this.rings = new Rings({ ...parts, selfKey: parts.envelopes.publicKey, exchange, traffic, scope, tokenFor })
    this.#transfers = new Transfers({ exchange, random, counters })
    this.storageNode = new StorageNode({
      vault,
      rings: this.rings,
      exchange,
      transfers: this.#transfers,
      tokens,
      signingKey,
      random,
      counters,
      ...(formula ? { formula } : {}),
    })
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
    return moved
  }

  handleTimeout(now: Instant): void {
    this.#exchange.handleTimeout(now)
    this.rings.handleAnswers(now)
    this.rings.handleTimeout(now)
    this.#transfers.handleTimeout(now)
    this.storageNode.handleTimeout(now)
  }

  nextTimeout(): Wake | undefined {
    return earliest(
      this.#exchange.nextTimeout(),
      this.rings.nextTimeout(),
      this.#transfers.nextTimeout(),
      this.storageNode.nextTimeout(),
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
  }
}
