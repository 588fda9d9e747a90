import type { Counters } from '../../base/counters.ts'
import type { Random } from '../../base/random.ts'
import type { Instant } from '../../base/time.ts'
import type { Transmits } from '../../base/transmit.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { encodeView, type PacketCodec } from '../../wire/codec.ts'
import type { DhtEnvelopes } from '../../wire/dht-envelope.ts'
import { nodesRequest, nodesResponse, pingRequest, pingResponse } from '../../wire/dht-packets.ts'
import type { PackedNode } from '../../wire/node-format.ts'
import { type Answered, PingTracker } from './ping-tracker.ts'

/** Hole punching alone sends up to 96 pings a round, and c-toxcore keeps 512. */
const PINGS_OUTSTANDING_MAX = 1_024
const NODES_REQUESTS_OUTSTANDING_MAX = 1_024

/** Sends the four packets with which nodes ask each other, and knows which answers are to our own questions. */
export class NodeQueries {
  readonly #envelopes: DhtEnvelopes
  readonly #transmits: Transmits
  readonly #counters: Counters
  readonly #pings: PingTracker<undefined>
  readonly #nodesRequests: PingTracker<PublicKey>

  constructor(envelopes: DhtEnvelopes, random: Random, transmits: Transmits, counters: Counters) {
    this.#envelopes = envelopes
    this.#transmits = transmits
    this.#counters = counters
    this.#pings = new PingTracker(random, PINGS_OUTSTANDING_MAX)
    this.#nodesRequests = new PingTracker(random, NODES_REQUESTS_OUTSTANDING_MAX)
  }

  /** Asks a node whether it is there. */
  ping(node: PackedNode, now: Instant): void {
    if (this.#isSelf(node)) return
    this.#send(pingRequest, node, { pingId: this.#pings.add(node, undefined, now) })
  }

  /** Asks a node for nodes near `target`. */
  askForNodes(node: PackedNode, target: PublicKey, now: Instant): void {
    if (this.#isSelf(node)) return
    this.#send(nodesRequest, node, { target, pingId: this.#nodesRequests.add(node, target, now) })
  }

  answerPing(asker: PackedNode, pingId: Uint8Array): void {
    this.#send(pingResponse, asker, { pingId })
  }

  answerNodesRequest(asker: PackedNode, nodes: readonly PackedNode[], pingId: Uint8Array): void {
    this.#send(nodesResponse, asker, { nodes, pingId })
  }

  /** Whether we had pinged that node there, and it is in time. */
  takePing(pingId: Uint8Array, answerer: PackedNode, now: Instant): boolean {
    return this.#counted(this.#pings.take(pingId, answerer, now)) !== undefined
  }

  takeNodesRequest(pingId: Uint8Array, answerer: PackedNode, now: Instant): Answered<PublicKey> | undefined {
    return this.#counted(this.#nodesRequests.take(pingId, answerer, now))
  }

  #counted<T>(request: T | undefined): T | undefined {
    if (request === undefined) this.#counters.add('dht.answersNotAsked')
    return request
  }

  #isSelf(node: PackedNode): boolean {
    return node.publicKey.equals(this.#envelopes.publicKey)
  }

  #send<T>(codec: PacketCodec<T>, to: PackedNode, value: T): void {
    const sealed = this.#envelopes.seal(codec.id, to.publicKey, encodeView(codec, value))
    if (sealed) this.#transmits.send(sealed, to.address)
    else this.#counters.add('dht.keysOfLowOrder')
  }
}
