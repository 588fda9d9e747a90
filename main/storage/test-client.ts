import { Counters } from '../base/counters.ts'
import { randomBytes, type Random, SeededRandom } from '../base/random.ts'
import type { Instant } from '../base/time.ts'
import type { Contact } from '../ring/contact.ts'
import { Exchange, type RequestId, requestIdOf } from '../ring/exchange.ts'
import type { FoundMember, Payload } from '../ring/ring-access.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { createNodeKeys, TestRings } from './test-rings.ts'
import { TEST_FORMULA } from './test-deposits.ts'
import { StorageClient } from './storage-client.ts'
import type { StorageClientEvent } from './storage-events.ts'
import { Transfers } from './transfers.ts'

/** A request that the client made and nobody has answered. */
export interface AskedRequest {
  readonly requestId: RequestId
  readonly to: Contact
  readonly kind: number
  readonly body: Uint8Array
  readonly at: Instant
}

/** A StorageClient whose lookups and requests the test answers itself. */
export class TestClient {
  readonly random: Random
  readonly rings: TestRings
  readonly exchange: Exchange
  readonly transfers: Transfers
  readonly client: StorageClient
  readonly asked: AskedRequest[] = []
  readonly notices: { readonly to: Contact; readonly kind: number }[] = []
  readonly events: StorageClientEvent[] = []
  /** What our own storage node answers. */
  ownAnswer: Payload | undefined

  constructor(seed: number) {
    this.random = new SeededRandom(seed)
    const { random } = this
    const counters = new Counters()
    const { signingKey, dhtKey } = createNodeKeys(random)
    this.rings = new TestRings(dhtKey)
    const envelopes = new DhtEnvelopes(signingKey.toKeyPair(), random)
    this.exchange = new Exchange({ envelopes, random, counters, transmits: { send: () => {} } })
    this.exchange.request = (to, kind, body, _owner, at) => {
      const requestId = requestIdOf(randomBytes(random, 8))
      this.asked.push({ requestId, to, kind, body, at })
      return requestId
    }
    this.exchange.notify = (to, kind) => {
      this.notices.push({ to, kind })
    }
    this.transfers = new Transfers({ exchange: this.exchange, random, counters })
    const { rings, exchange, transfers } = this
    const ownNode = {
      answerSelf: () => this.ownAnswer,
      depositSelf: () => this.ownAnswer ?? { kind: 0x4f, body: new Uint8Array(9) },
    }
    this.client = new StorageClient({ rings, exchange, transfers, ownNode, random, counters, formula: TEST_FORMULA })
  }

  /** Ends the latest lookup in one ring. */
  found(ring: number, members: readonly FoundMember[], now: Instant, isCatchingUp = false): void {
    const lookupId = this.rings.lookups.at(-1)?.lookupId ?? 0
    const rest = { place: 0, hopCount: 1, requestCount: 1, isCatchingUp }
    this.client.handleRingsEvent({ kind: 'found', lookupId, ring, members, ...rest }, now)
    this.#drain()
  }

  notFound(ring: number, now: Instant): void {
    const lookupId = this.rings.lookups.at(-1)?.lookupId ?? 0
    this.client.handleRingsEvent({ kind: 'notFound', lookupId, ring, place: 0 }, now)
    this.#drain()
  }

  /** Answers a request, or (`undefined`) lets it time out. */
  answer(request: AskedRequest, answer: Payload | undefined, now: Instant): void {
    const at = this.asked.indexOf(request)
    if (at >= 0) this.asked.splice(at, 1)
    const { requestId, to, kind: requestKind } = request
    if (answer) {
      const { kind: responseKind, body } = answer
      const event = { kind: 'answered' as const, requestId, from: to, requestKind, responseKind, body, rttMs: 50 }
      this.client.handleExchangeEvent(event, now)
    } else this.client.handleExchangeEvent({ kind: 'timedOut', requestId, requestKind, to }, now)
    this.#drain()
  }

  wake(now: Instant): void {
    this.client.handleTimeout(now)
    this.#drain()
  }

  drainTransfers(now: Instant): void {
    this.client.drainTransfers(now)
    this.#drain()
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind)
  }

  #drain(): void {
    for (let event = this.client.pollEvent(); event; event = this.client.pollEvent()) this.events.push(event)
  }
}
