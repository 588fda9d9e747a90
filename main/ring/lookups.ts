import { pooledBytes } from '../base/byte-pool.ts'
import type { Counters } from '../base/counters.ts'
import { Queue } from '../base/queue.ts'
import type { Instant, Wake } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { encodeForNow } from '../wire/codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from '../wire/extension-packet.ts'
import { lookupRequest, type LookupResponse, RingKind } from '../wire/ring-packets.ts'
import type { Contact } from './contact.ts'
import type { Exchange, RequestId } from './exchange.ts'
import { Lookup, type LookupHop, type LookupMember, type LookupPlan, type LookupResult } from './lookup.ts'
import type { OwnState } from './own-state.ts'
import { eligible } from './replica-members.ts'
import type { Payload } from './ring-access.ts'

/** One request in flight; a second and a third when the 90th-percentile round trip has passed. */
const IN_FLIGHT_MAX = 3
/** After so many times that wait a request counts no more as in flight: whoever was asked is probably gone. */
const OVERDUE_FACTOR = 3
const UNANSWERED_MAX = 9
/** Whoever is taken for dead by mistake makes the lookup end at a wrong owner: with 1 % loss, three times in 10^9. */
const PATIENCE = { attemptsMax: 5, timeoutMs: 4_000 }
const LOOKUPS_MAX = 2_048
/** Room for an answer with 8 IPv4 or 6 IPv6 nodes and a token, for which requests are padded. */
const PADDED_BODY_BYTES = 400
const MEMBERS_MAX = 6
/** Ended lookups that are remembered for who wants to see how they went. */
const RECENT_COUNT = 20

const NOBODY: LookupResult = { members: [], isCatchingUp: false, hopCount: 0 }
const NOTHING = new Uint8Array(0)

/** What a lookup is for; comes back with its outcome. */
export type LookupPurpose =
  | { readonly kind: 'caller'; readonly lookupId: number }
  | { readonly kind: 'merge'; readonly ring: number }
  | { readonly kind: 'finger'; readonly ring: number }

export interface LookupOutcome {
  readonly purpose: LookupPurpose
  readonly ring: number
  readonly place: number
  /** Empty: nobody who owns the place answered. */
  readonly members: readonly LookupMember[]
  readonly isCatchingUp: boolean
  readonly hopCount: number
  readonly requestCount: number
}

export interface LookupStart {
  readonly purpose: LookupPurpose
  readonly ring: number
  readonly plan: LookupPlan
  /** Of a lookup that only asks whether others see it so too: the first who says so ends it, without an outcome. */
  readonly expectedOwner?: PublicKey
  readonly payload?: Payload
  /** How long an answer to the payload may be: the request is padded to leave room for it. */
  readonly answerBytes?: number
  /** Our own view once more, without those that stayed silent: the members if the place turns out to be ours. */
  readonly ownMembers: (isLeftOut: (member: LookupMember) => boolean) => readonly LookupMember[] | undefined
}

/** How a lookup went. */
export interface LookupRecord {
  readonly ring: number
  readonly place: number
  readonly startedAt: Instant
  readonly endedAt: Instant
  readonly hops: readonly LookupHop[]
  /** Undefined: nobody who owns the place answered. */
  readonly ownerKey: PublicKey | undefined
}

interface InFlight {
  /** Nine in ten answers would be there: somebody else is asked too. */
  readonly lateAt: Instant
  readonly overdueAt: Instant
}

interface Running extends LookupStart {
  readonly startedAt: Instant
  readonly lookup: Lookup
  readonly inFlight: Map<RequestId, InFlight>
}

/** All lookups under way: sends their requests, asks somebody else when an answer is late, and reports outcomes. */
export class Lookups {
  readonly #self: OwnState
  readonly #exchange: Exchange
  readonly #counters: Counters
  readonly #running = new Set<Running>()
  readonly #byRequest = new Map<RequestId, Running>()
  #nextAt = Number.POSITIVE_INFINITY
  readonly #recent: LookupRecord[] = []
  readonly #outcomes = new Queue<LookupOutcome>(2 * LOOKUPS_MAX)

  constructor(self: OwnState, exchange: Exchange, counters: Counters) {
    this.#self = self
    this.#exchange = exchange
    this.#counters = counters
  }

  get runningCount(): number {
    return this.#running.size
  }

  /** The last that ended, newest first. */
  get recent(): readonly LookupRecord[] {
    return this.#recent
  }

  start(start: LookupStart, now: Instant): void {
    const running: Running = { ...start, startedAt: now, lookup: new Lookup(start.plan), inFlight: new Map() }
    if (this.#running.size >= LOOKUPS_MAX) {
      this.#counters.add('ring: lookup refused')
      return this.#report(running, [], false, 0)
    }
    this.#running.add(running)
    this.#proceed(running, now)
  }

  cancel(isMeant: (purpose: LookupPurpose) => boolean): void {
    for (const running of this.#running) if (isMeant(running.purpose)) this.#end(running)
  }

  /** A lookup answer arrived. Nothing happens if its lookup has ended. */
  handleAnswer(requestId: RequestId, from: Contact, answer: LookupResponse, now: Instant): void {
    const running = this.#settle(requestId)
    if (!running) return
    if (isAsExpected(answer, running.expectedOwner)) return this.#stop(running, now)
    running.lookup.recordAnswer(from, answer)
    this.#proceed(running, now)
  }

  handleSilence(requestId: RequestId, from: Contact, now: Instant): void {
    const running = this.#settle(requestId)
    if (!running) return
    running.lookup.recordSilence(from)
    this.#proceed(running, now)
  }

  pollOutcome(): LookupOutcome | undefined {
    return this.#outcomes.poll()
  }

  nextTimeout(): Wake | undefined {
    return this.#nextAt === Number.POSITIVE_INFINITY ? undefined : { at: this.#nextAt, why: 'ring: hedge a lookup' }
  }

  handleTimeout(now: Instant): void {
    if (now < this.#nextAt) return
    this.#nextAt = Number.POSITIVE_INFINITY
    for (const running of this.#running) {
      this.#askIfIdle(running, now)
      for (const { lateAt, overdueAt } of running.inFlight.values()) {
        for (const at of [lateAt, overdueAt]) if (at > now) this.#nextAt = Math.min(this.#nextAt, at)
      }
    }
  }

  #settle(requestId: RequestId): Running | undefined {
    const running = this.#byRequest.get(requestId)
    this.#byRequest.delete(requestId)
    running?.inFlight.delete(requestId)
    return running
  }

  #proceed(running: Running, now: Instant): void {
    const { lookup } = running
    const result = lookup.result()
    if (result) return this.#finish(running, result, now)
    const own = running.ownMembers(({ key }) => lookup.isSilent(key) || running.plan.isAvoided(key))
    if (own) return this.#finish(running, { members: own, isCatchingUp: false, hopCount: 0 }, now)
    this.#askIfIdle(running, now)
    if (lookup.isExhausted(running.inFlight.size)) this.#finish(running, NOBODY, now)
  }

  /** Asks somebody if everybody who was asked is late, within the bounds. */
  #askIfIdle(running: Running, now: Instant): void {
    const all = [...running.inFlight.values()]
    const activeCount = all.filter(({ overdueAt }) => now < overdueAt).length
    const isWaiting = all.some(({ lateAt }) => now < lateAt)
    if (!isWaiting && activeCount < IN_FLIGHT_MAX && all.length < UNANSWERED_MAX) this.#ask(running, now)
  }

  #ask(running: Running, now: Instant): void {
    const step = running.lookup.next()
    if (!step) return
    const payload = step.isOwnerGuess ? running.payload : undefined
    const body = this.#request(running, step.silent, payload)
    const requestId = this.#exchange.request(step.contact, RingKind.lookupRequest, body, 'ring', now, PATIENCE)
    const hedgeMs = this.#exchange.hedgeAfterMs(step.contact)
    running.inFlight.set(requestId, { lateAt: now + hedgeMs, overdueAt: now + OVERDUE_FACTOR * hedgeMs })
    this.#byRequest.set(requestId, running)
    this.#nextAt = Math.min(this.#nextAt, now + hedgeMs)
  }

  #request(
    { ring, plan, answerBytes = 0 }: Running,
    silent: readonly Uint8Array[],
    payload: Payload | undefined,
  ): Uint8Array {
    const fields = {
      role: this.#self.isStorage ? (1 as const) : (0 as const),
      ring,
      place: plan.place,
      silent,
      payloadKind: payload?.kind ?? 0,
      payload: payload?.body ?? NOTHING,
      padding: NOTHING,
    }
    const plain = encodeForNow(lookupRequest, fields)
    const wantedBytes = Math.min(EXTENSION_BODY_BYTES_MAX, PADDED_BODY_BYTES + (payload ? answerBytes : 0))
    if (plain.length >= wantedBytes) return plain
    const padded = pooledBytes(wantedBytes)
    padded.set(plain)
    return padded
  }

  /** It found what was known: nobody need hear of that. */
  #stop(running: Running, now: Instant): void {
    this.#end(running)
    this.#record(running, running.expectedOwner, now)
  }

  #finish(running: Running, { members, isCatchingUp, hopCount }: LookupResult, now: Instant): void {
    this.#end(running)
    this.#record(running, members[0]?.key, now)
    this.#report(running, members, isCatchingUp, hopCount)
  }

  #record({ ring, lookup, startedAt }: Running, ownerKey: PublicKey | undefined, now: Instant): void {
    this.#recent.unshift({ ring, place: lookup.place, startedAt, endedAt: now, hops: lookup.hops(), ownerKey })
    if (this.#recent.length > RECENT_COUNT) this.#recent.pop()
  }

  #end(running: Running): void {
    this.#running.delete(running)
    if (this.#running.size === 0) this.#nextAt = Number.POSITIVE_INFINITY
    for (const requestId of running.inFlight.keys()) {
      this.#exchange.cancel(requestId)
      this.#byRequest.delete(requestId)
    }
  }

  #report(running: Running, found: readonly LookupMember[], isCatchingUp: boolean, hopCount: number): void {
    const addressOf = ({ contact, isSelf }: LookupMember) => (isSelf ? this.#self.prefix : contact.address)
    const members = eligible(found, addressOf, MEMBERS_MAX)
    const { purpose, ring, lookup } = running
    const outcome = {
      purpose,
      ring,
      place: lookup.place,
      members,
      isCatchingUp,
      hopCount,
      requestCount: lookup.requestCount,
    }
    if (!this.#outcomes.push(outcome)) this.#counters.add('ring: lookup outcome dropped')
  }
}

/** Members are named without the responder: one that claims the place for itself says something else. */
function isAsExpected({ selfIndex, members: [first] }: LookupResponse, owner: PublicKey | undefined): boolean {
  return owner !== undefined && selfIndex !== 0 && first?.publicKey.equals(owner) === true
}
