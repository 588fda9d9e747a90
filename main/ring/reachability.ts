import type { NetworkScope } from '../base/address.ts'
import { toHex } from '../base/bytes.ts'
import type { Counters } from '../base/counters.ts'
import { ExpiringMap } from '../base/expiring-map.ts'
import { Queue } from '../base/queue.ts'
import { type Random, randomBytes, shuffled } from '../base/random.ts'
import { earliest, type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import { encode, type ValueOf } from '../wire/codec.ts'
import {
  carryRequest,
  carryResponse,
  deliverRequest,
  deliverResponse,
  outcomeRequest,
  outcomeResponse,
  REACHABILITY_TOKEN_BYTES,
  RingKind,
  tokenRequest,
  tokenResponse,
} from '../wire/ring-packets.ts'
import type { Contact } from './contact.ts'
import type { Exchange, RequestId, RequestOptions } from './exchange.ts'
import type { Peer } from './peer.ts'
import type { PeerTable } from './peer-table.ts'
import type { Traffic } from './traffic.ts'

/** With fewer members there are no strangers to be tested by: answering is enough. */
const MEMBERS_MIN = 8
const CARRIERS = 3
const PASSES_MIN = 2
/** From the last carrier's word until the tokens must be there. */
const VERDICT_AFTER_MS = 10 * SECOND_MS
/** Members a carrier tries before it says that it knows nobody suitable. */
const MEMBERS_TRIED_MAX = 4
const TESTS_MAX = 32
const CARRIED_MAX = 64
const DELIVERIES_PER_MINUTE_MAX = 120
const CARRY_ATTEMPTS_MAX = 5

/** `unknown`: too few could tell; what was believed before stands. */
export type Verdict = 'reachable' | 'unreachable' | 'unknown'

export type ReachabilityEvent =
  | { readonly kind: 'selfVerdict'; readonly verdict: Verdict }
  | { readonly kind: 'neighbourVerdict'; readonly contact: Contact; readonly verdict: Verdict }

interface Trial {
  /** undefined: not yet accepted by anybody. */
  state: 'asking' | 'underWay' | 'passed' | 'failed' | 'void'
}

interface Test {
  /** Whom we test; undefined: ourselves. */
  readonly target: Contact | undefined
  readonly trials: Map<string, Trial>
  verdictAt: Instant
}

/** A token that we pass on for somebody, until a member took it. */
interface Carried {
  readonly from: Contact
  readonly requestId: Uint8Array
  readonly token: Uint8Array
  readonly quietSeconds: number
  readonly members: Peer[]
}

type CarryState = 'working' | 'accepted' | 'refused'

export interface ReachabilityOptions {
  readonly peers: PeerTable
  readonly exchange: Exchange
  readonly traffic: Traffic
  readonly random: Random
  readonly counters: Counters
  readonly scope: NetworkScope
}

/**
 * Whether strangers reach a node: one-time tokens that travel by a carrier to a member that has not heard from the node
 * lately, and from there to the node. Tests ourselves before we join and every 15 minutes, and newcomers next to us.
 */
export class Reachability {
  readonly #options: ReachabilityOptions
  readonly #tests = new Set<Test>()
  readonly #trialByRequest = new Map<RequestId, { test: Test; token: string }>()
  readonly #carriedByRequest = new Map<RequestId, Carried>()
  /** Requests to carry, by id, and how they ended: a repeated one is answered, not done again. */
  readonly #carried = new ExpiringMap<string, CarryState>(30 * SECOND_MS, CARRIED_MAX, 'ring: carried tokens')
  /** Carriers' requests that were taken on: a repeated one is answered, no second token leaves. */
  readonly #delivering = new ExpiringMap<string, true>(30 * SECOND_MS, DELIVERIES_PER_MINUTE_MAX, 'ring: deliveries')
  /** Deliveries of ours, by request, to tell the carrier how they ended. */
  readonly #deliveries = new Map<RequestId, { carrier: Contact; token: Uint8Array }>()
  readonly #events = new Queue<ReachabilityEvent>(2 * TESTS_MAX)
  #minuteStartedAt = Number.NEGATIVE_INFINITY
  #deliveriesThisMinute = 0

  constructor(options: ReachabilityOptions) {
    this.#options = options
  }

  /** Whether there are strangers enough, and a network in which not everybody reaches everybody. */
  get isNeeded(): boolean {
    return this.#options.scope === 'internet' && this.#options.peers.heardOfCount + 1 >= MEMBERS_MIN
  }

  /** Whether this node has enough acquaintances of different prefixes to be tested by. */
  get hasCarriers(): boolean {
    return this.#chooseByPrefix(CARRIERS, () => true).length >= CARRIERS
  }

  /** Whether tests can be needed at all where this node lives. */
  get isPossible(): boolean {
    return this.#options.scope === 'internet'
  }

  needsTest(contact: Contact): boolean {
    return this.isNeeded && !contact.address.isLan && this.#tests.size < TESTS_MAX
  }

  get isTestingSelf(): boolean {
    return [...this.#tests].some(({ target }) => !target)
  }

  pollEvent(): ReachabilityEvent | undefined {
    return this.#events.poll()
  }

  /** quietSeconds   how long the members that send the tokens must not have heard from us */
  testSelf(quietSeconds: number, now: Instant): void {
    if (this.isTestingSelf) return
    const test = this.#createTest(undefined)
    for (const carrier of this.#chooseByPrefix(CARRIERS, () => true)) {
      const token = randomBytes(this.#options.random, REACHABILITY_TOKEN_BYTES)
      const body = encode(carryRequest, { token, quietSeconds })
      this.#ask(test, token, carrier.contact, RingKind.carryRequest, body, now)
    }
    this.#judge(test, now)
  }

  /** Has three members of different prefixes send a token to a newcomer and report. */
  testNeighbour(target: Contact, quietSeconds: number, now: Instant): void {
    const test = this.#createTest(target)
    const isStranger = ({ contact }: Peer) => contact.address.prefix !== target.address.prefix
    for (const member of this.#chooseByPrefix(CARRIERS, isStranger)) {
      const token = randomBytes(this.#options.random, REACHABILITY_TOKEN_BYTES)
      const body = encode(deliverRequest, { key: target.key, address: target.address, token, quietSeconds })
      this.#ask(test, token, member.contact, RingKind.deliverRequest, body, now)
    }
    this.#judge(test, now)
  }

  /** Somebody under test asks us to find a member that sends it a token. */
  handleCarryRequest(from: Contact, requestId: Uint8Array, value: ValueOf<typeof carryRequest>, now: Instant): void {
    const id = toHex(requestId)
    const known = this.#carried.get(id, now)
    if (known) return known === 'working' ? undefined : this.#sendCarryResponse(from, requestId, known, now)
    if (this.#carriedByRequest.size >= CARRIED_MAX) return
    this.#carried.set(id, 'working', now)
    const isStranger = ({ contact }: Peer) =>
      !contact.key.equals(from.key) && contact.address.prefix !== from.address.prefix
    const members = this.#chooseByPrefix(MEMBERS_TRIED_MAX, isStranger)
    this.#carryOn(
      { from, requestId: requestId.slice(), token: value.token.slice(), quietSeconds: value.quietSeconds, members },
      now,
    )
  }

  /** A carrier asks us to send a token to a node that has not written to us lately. */
  handleDeliverRequest(
    from: Contact,
    requestId: Uint8Array,
    value: ValueOf<typeof deliverRequest>,
    now: Instant,
  ): void {
    const { exchange, traffic } = this.#options
    const id = `${from.key.hex} ${toHex(requestId)}`
    const isUnderWay = this.#delivering.has(id, now)
    const isQuiet = traffic.isQuietFrom(value.address, value.quietSeconds * SECOND_MS, now)
    const mayBegin = () => isQuiet && this.#isAllowed(value.address.scope, from.address.scope)
    const isAccepted = isUnderWay || (mayBegin() && this.#countDelivery(now))
    exchange.respond(from, RingKind.deliverResponse, requestId, encode(deliverResponse, { isAccepted }), now)
    if (!isAccepted || isUnderWay) return
    this.#delivering.set(id, true, now)
    const target = { key: value.key, address: value.address }
    const body = encode(tokenRequest, { token: value.token })
    const delivery = exchange.request(target, RingKind.tokenRequest, body, 'ring', now, this.#patienceFor(from, now))
    this.#deliveries.set(delivery, { carrier: from, token: value.token.slice() })
  }

  /** A token reached us. It counts if we had not written to that address, for then no NAT let it in on our account. */
  handleTokenRequest(
    from: Contact,
    requestId: Uint8Array,
    value: ValueOf<typeof tokenRequest>,
    isQuiet: boolean,
    now: Instant,
  ): void {
    this.#options.exchange.respond(from, RingKind.tokenResponse, requestId, encode(tokenResponse, {}), now)
    for (const test of this.#tests) {
      if (test.target) continue
      const trial = test.trials.get(toHex(value.token))
      if (trial && trial.state !== 'passed') trial.state = isQuiet ? 'passed' : 'void'
      if (trial) this.#judge(test, now)
    }
  }

  handleOutcomeRequest(
    from: Contact,
    requestId: Uint8Array,
    value: ValueOf<typeof outcomeRequest>,
    now: Instant,
  ): void {
    this.#options.exchange.respond(from, RingKind.outcomeResponse, requestId, encode(outcomeResponse, {}), now)
    for (const test of this.#tests) {
      if (!test.target) continue
      const trial = test.trials.get(toHex(value.token))
      if (trial) trial.state = value.hasAnswered ? 'passed' : 'failed'
      if (trial) this.#judge(test, now)
    }
  }

  /** Answer of a carrier or a member to CARRY or DELIVER. */
  handleAccepted(requestId: RequestId, isAccepted: boolean, now: Instant): void {
    const carried = this.#carriedByRequest.get(requestId)
    this.#carriedByRequest.delete(requestId)
    if (carried && isAccepted) this.#respondToCarry(carried, true, now)
    else if (carried) this.#carryOn(carried, now)
    const asked = this.#trialByRequest.get(requestId)
    this.#trialByRequest.delete(requestId)
    const trial = asked?.test.trials.get(asked.token)
    if (!asked || !trial) return
    if (trial.state === 'asking') trial.state = isAccepted ? 'underWay' : 'void'
    this.#judge(asked.test, now)
  }

  /** The node under test answered the token that we sent it, or did not. */
  handleDelivered(requestId: RequestId, hasAnswered: boolean, now: Instant): void {
    const delivery = this.#deliveries.get(requestId)
    this.#deliveries.delete(requestId)
    if (!delivery) return
    const body = encode(outcomeRequest, { token: delivery.token, hasAnswered })
    const patience = this.#patienceFor(delivery.carrier, now)
    this.#options.exchange.request(delivery.carrier, RingKind.outcomeRequest, body, 'ring', now, patience)
  }

  nextTimeout(): Wake | undefined {
    if (this.#tests.size === 0) return undefined
    const wakes = [...this.#tests].map(({ verdictAt }) => ({ at: verdictAt, why: 'ring: reachability verdict' }))
    return earliest(...wakes.filter(({ at }) => at < Number.POSITIVE_INFINITY))
  }

  handleTimeout(now: Instant): void {
    this.#carried.expire(now)
    this.#delivering.expire(now)
    for (const test of this.#tests) {
      if (now < test.verdictAt) continue
      for (const trial of test.trials.values()) if (trial.state === 'underWay') trial.state = 'failed'
      this.#judge(test, now)
    }
  }

  #createTest(target: Contact | undefined): Test {
    const test: Test = { target, trials: new Map(), verdictAt: Number.POSITIVE_INFINITY }
    this.#tests.add(test)
    return test
  }

  #ask(test: Test, token: Uint8Array, to: Contact, kind: number, body: Uint8Array, now: Instant): void {
    test.trials.set(toHex(token), { state: 'asking' })
    const requestId = this.#options.exchange.request(to, kind, body, 'ring', now, { attemptsMax: CARRY_ATTEMPTS_MAX })
    this.#trialByRequest.set(requestId, { test, token: toHex(token) })
  }

  /** Decides as soon as the outcome cannot change; until then sets the time by which it must be known. */
  #judge(test: Test, now: Instant): void {
    if (!this.#tests.has(test)) return
    const states = [...test.trials.values()].map(({ state }) => state)
    const count = (wanted: Trial['state']) => states.filter((state) => state === wanted).length
    if (count('passed') >= PASSES_MIN) return this.#end(test, 'reachable')
    if (count('failed') >= PASSES_MIN) return this.#end(test, 'unreachable')
    if (count('asking') + count('underWay') === 0) return this.#end(test, 'unknown')
    if (count('asking') === 0 && test.verdictAt === Number.POSITIVE_INFINITY) test.verdictAt = now + VERDICT_AFTER_MS
  }

  #end(test: Test, verdict: Verdict): void {
    this.#tests.delete(test)
    const { target: contact } = test
    const event = contact
      ? { kind: 'neighbourVerdict' as const, contact, verdict }
      : { kind: 'selfVerdict' as const, verdict }
    if (!this.#events.push(event)) this.#options.counters.add('ring: verdict dropped')
  }

  #carryOn(carried: Carried, now: Instant): void {
    const member = carried.members.shift()
    if (!member) return this.#respondToCarry(carried, false, now)
    const { from, token, quietSeconds } = carried
    const body = encode(deliverRequest, { key: from.key, address: from.address, token, quietSeconds })
    const requestId = this.#options.exchange.request(member.contact, RingKind.deliverRequest, body, 'ring', now)
    this.#carriedByRequest.set(requestId, carried)
  }

  #respondToCarry({ from, requestId }: Carried, isAccepted: boolean, now: Instant): void {
    const state = isAccepted ? 'accepted' : 'refused'
    this.#carried.set(toHex(requestId), state, now)
    this.#sendCarryResponse(from, requestId, state, now)
  }

  #sendCarryResponse(to: Contact, requestId: Uint8Array, state: CarryState, now: Instant): void {
    const body = encode(carryResponse, { isAccepted: state === 'accepted' })
    this.#options.exchange.respond(to, RingKind.carryResponse, requestId, body, now)
  }

  /** Random members of different prefixes. */
  #chooseByPrefix(count: number, isMeant: (peer: Peer) => boolean): Peer[] {
    const byPrefix = new Map<string, Peer>()
    for (const peer of shuffled(this.#options.random, [...this.#options.peers.all()])) {
      if (isMeant(peer) && !byPrefix.has(peer.contact.address.prefix)) byPrefix.set(peer.contact.address.prefix, peer)
    }
    return [...byPrefix.values()].slice(0, count)
  }

  /** Nobody makes us write to a local network from outside. */
  #isAllowed(target: NetworkScope, asker: NetworkScope): boolean {
    return target === 'internet' || asker !== 'internet'
  }

  /** In a name that may be another's nobody has us repeat what we send, neither to its target nor to itself. */
  #patienceFor(carrier: Contact, now: Instant): RequestOptions {
    return this.#options.exchange.hasAnswered(carrier, now) ? {} : { attemptsMax: 1 }
  }

  /** Others make us write to a third party: only so often. */
  #countDelivery(now: Instant): boolean {
    if (now - this.#minuteStartedAt >= MINUTE_MS) {
      this.#minuteStartedAt = now
      this.#deliveriesThisMinute = 0
    }
    this.#deliveriesThisMinute += 1
    return this.#deliveriesThisMinute <= DELIVERIES_PER_MINUTE_MAX
  }
}
