import { ExpiringMap } from '../base/expiring-map.ts'
import { type Instant, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { decode, encode } from '../wire/codec.ts'
import {
  carryRequest,
  deliverRequest,
  helloRequest,
  helloResponse,
  leaveRequest,
  leaveResponse,
  lookupRequest,
  outcomeRequest,
  type RangeChangeNotice,
  rangeChange,
  RingKind,
  stateRequest,
  tokenRequest,
} from '../wire/ring-packets.ts'
import { isInRange } from './circle.ts'
import { type Contact, contactId } from './contact.ts'
import type { RingParts } from './ring-parts.ts'

/** Nodes that greeted us, asked us, or sent us their state lately: they may hold us in their tables, and hear it when we leave. */
const LISTERS_MAX = 512
const LISTED_FOR_MS = 20 * MINUTE_MS
/** A token counts only from an address that we have not written to for so long: longer than any NAT remembers. */
const QUIET_MS = 150 * SECOND_MS

/** Requests and notices of other nodes: read, answered or handed to the part that they concern. */
export class RingRequests {
  readonly #parts: RingParts
  readonly #listers = new ExpiringMap<string, Contact>(LISTED_FOR_MS, LISTERS_MAX, 'ring: who lists us')

  constructor(parts: RingParts) {
    this.#parts = parts
  }

  /** Who held us in a table lately. */
  listers(now: Instant): Contact[] {
    return this.#listers.values(now)
  }

  /** Throws DecodeError if the body is not what its kind says. Unknown kinds are dropped. */
  handle(from: Contact, kind: number, requestId: Uint8Array, body: Uint8Array, now: Instant): void {
    const { stabiliser, answering, reachability, traffic } = this.#parts
    switch (kind) {
      case RingKind.helloRequest:
        return this.#handleHello(from, requestId, decode(helloRequest, body).role === 1, now)
      case RingKind.stateRequest:
      case RingKind.joinRequest:
        this.#listers.set(contactId(from), from, now)
        return stabiliser.handleRequest(from, kind, requestId, decode(stateRequest, body), body.length, now)
      case RingKind.leaveRequest:
        decode(leaveRequest, body)
        return this.#handleLeave(from, requestId, now)
      case RingKind.rangeChange:
        return this.#handleRangeChange(from, decode(rangeChange, body), now)
      case RingKind.lookupRequest:
        this.#listers.set(contactId(from), from, now)
        return answering.handleRequest(from, requestId, decode(lookupRequest, body), body.length, now)
      case RingKind.carryRequest:
        return reachability.handleCarryRequest(from, requestId, decode(carryRequest, body), now)
      case RingKind.deliverRequest:
        return reachability.handleDeliverRequest(from, requestId, decode(deliverRequest, body), now)
      case RingKind.tokenRequest: {
        const isQuiet = traffic.isQuietTo(from.address, QUIET_MS, now)
        return reachability.handleTokenRequest(from, requestId, decode(tokenRequest, body), isQuiet, now)
      }
      case RingKind.outcomeRequest:
        return reachability.handleOutcomeRequest(from, requestId, decode(outcomeRequest, body), now)
      default:
        this.#parts.counters.add('ring: unknown kind')
    }
  }

  #handleHello(from: Contact, requestId: Uint8Array, isStorage: boolean, now: Instant): void {
    const { self, exchange, peers } = this.#parts
    const response = encode(helloResponse, { role: self.isStorage ? 1 : 0, seenAddress: from.address })
    exchange.respond(from, RingKind.helloResponse, requestId, response, now)
    // Who greets us may put us into a table, and does not ask again for minutes.
    this.#listers.set(contactId(from), from, now)
    if (isStorage) peers.consider(from, now)
  }

  /** The envelope shows that the leaver itself says so: it is believed at once. */
  #handleLeave(from: Contact, requestId: Uint8Array, now: Instant): void {
    const { exchange, peers } = this.#parts
    exchange.respond(from, RingKind.leaveResponse, requestId, encode(leaveResponse, {}), now)
    const peer = peers.get(from.key)
    if (peer?.contact.address.equals(from.address)) peers.remove(peer, true, now)
  }

  /** Whoever claims a range that we stand in, or somebody we know, has not heard of us. */
  #handleRangeChange(from: Contact, { ring: index, from: start }: RangeChangeNotice, now: Instant): void {
    const { self, rings, peers, stabiliser, places } = this.#parts
    const ring = rings[index]
    if (!ring) return
    const peer = peers.get(from.key)
    if (!peer) return peers.consider(from, now)
    const claimed = { from: start, to: places.of(from.key)[index] ?? start }
    const isContradicted = self.isStorage && ring.self.place !== claimed.to && isInRange(claimed, ring.self.place)
    if (isContradicted || ring.isAdjacent(peer)) stabiliser.check(peer, now)
  }
}
