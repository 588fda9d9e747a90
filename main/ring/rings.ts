import { Queue } from '../base/queue.ts'
import { earliest, type Instant, MINUTE_MS, type Wake } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import { encode } from '../wire/codec.ts'
import { leaveRequest, rangeChange, RingKind } from '../wire/ring-packets.ts'
import { advance, PLACE_COUNT, type PlaceRange } from './circle.ts'
import { type Contact, contactId } from './contact.ts'
import type { LookupMember } from './lookup.ts'
import type { LookupOutcome, LookupRecord } from './lookups.ts'
import { ownMembersAt, ownRank, replicaMembers, seedsFor } from './own-view.ts'
import type { ChangeCause, PeerEvent } from './peer-table.ts'
import { mailboxPlace } from './places.ts'
import {
  type FoundMember,
  type LookupId,
  type LookupOptions,
  type Payload,
  type PayloadId,
  REPLICA_RANK_MAX,
  type RingAccess,
  type RingsEvent,
} from './ring-access.ts'
import { RingAnswers } from './ring-answers.ts'
import { createRingParts, type RingParts, type RingsOptions } from './ring-parts.ts'
import { RingRequests } from './ring-requests.ts'

/** A node that was not called for so long slept, or its clock jumped: others have long passed it over. */
const SLEPT_AFTER_MS = 5 * MINUTE_MS
const EVENTS_MAX = 8_192
/** Turns of one settling: each does the work that the one before made; more would be a loop. */
const SETTLE_TURNS_MAX = 1_000
/** Who hears of a change of our range: those who hold records of it with us. */
const TOLD_SUCCESSORS = 4
const TOLD_PREDECESSORS = 2
const QUIET_SECONDS_OF_NEWCOMERS = 150

/**
 * The rings of this node, front door: R circles of storage nodes, in which each mailbox has a place (design section 2).
 *
 * The engine hands in every ring packet (`handleRequest`) and, after each packet that went to the exchange, calls
 * `handleAnswers`; then it drains `pollEvent`. Storage sees it as RingAccess.
 */
export class Rings implements RingAccess {
  readonly #parts: RingParts
  readonly #requests: RingRequests
  readonly #answers: RingAnswers
  readonly #events = new Queue<RingsEvent>(EVENTS_MAX)
  readonly #causes: ChangeCause[]
  #nextLookupId = 1
  /** Of the rings' tables and our role when our ranges were last looked at. */
  #rangesVersion = -1
  #lastCalledAt: Instant | undefined

  constructor(options: RingsOptions) {
    this.#parts = createRingParts(options)
    this.#requests = new RingRequests(this.#parts)
    this.#answers = new RingAnswers(this.#parts)
    this.#causes = this.#parts.rings.map(() => 'joined')
  }

  // --- What the engine calls

  /** A request or notice of ring kind. Throws DecodeError if the body is malformed. */
  handleRequest(from: Contact, kind: number, requestId: Uint8Array, body: Uint8Array, now: Instant): void {
    this.#noteTime(now)
    this.#requests.handle(from, kind, requestId, body, now)
    this.#settle(now)
  }

  /** Takes what the exchange has for the rings: answers and time-outs. */
  handleAnswers(now: Instant): void {
    this.#noteTime(now)
    this.#settle(now)
  }

  /** Takes what the exchange has, too. */
  handleTimeout(now: Instant): void {
    const { stabiliser, lookups, answering, reachability, membership } = this.#parts
    this.#noteTime(now)
    stabiliser.handleTimeout(now)
    lookups.handleTimeout(now)
    answering.handleTimeout(now)
    reachability.handleTimeout(now)
    membership.handleTimeout(now)
    this.#settle(now)
  }

  nextTimeout(): Wake | undefined {
    const { stabiliser, lookups, answering, reachability, membership, merging, fingerRefresh } = this.#parts
    const wake = earliest(
      stabiliser.nextTimeout(),
      lookups.nextTimeout(),
      answering.nextTimeout(),
      reachability.nextTimeout(),
      membership.nextTimeout(),
      merging.nextTimeout(),
      fingerRefresh.nextTimeout(),
    )
    return wake && wake.at < Number.POSITIVE_INFINITY ? wake : undefined
  }

  pollEvent(): RingsEvent | undefined {
    return this.#events.poll()
  }

  /** A DHT node that answered a Tox ping, or (`isMarked`) a bootstrap entry known to speak the extension. */
  probe(contact: Contact, isMarked: boolean, now: Instant): void {
    this.#parts.merging.probe(contact, isMarked, now)
    this.#settle(now)
  }

  /** Whether this node is to hold records. False: leaves the rings, saying so, and goes on as a client. */
  setMember(isStorage: boolean, now: Instant): void {
    this.#noteTime(now)
    this.#parts.membership.want(isStorage, now)
    this.#settle(now)
  }

  /** Clean end: every node that lists us hears of it at once. */
  leave(now: Instant): void {
    this.setMember(false, now)
  }

  /** The wall clock was set by so much. Over 5 minutes, the node counts as having been away. */
  handleClockStep(offsetMs: number, now: Instant): void {
    if (Math.abs(offsetMs) > SLEPT_AFTER_MS) this.#restart(now)
    this.#settle(now)
  }

  // --- What storage rests on

  get ringCount(): number {
    return this.#parts.rings.length
  }

  get selfKey(): PublicKey {
    return this.#parts.self.key
  }

  get isStorage(): boolean {
    return this.#parts.self.isStorage
  }

  get knownMemberCount(): number {
    return this.#parts.peers.count
  }

  /** How the last lookups of this node went, newest first: at most 20. */
  get recentLookups(): readonly LookupRecord[] {
    return this.#parts.lookups.recent
  }

  /** Smoothed round trip of a contact that was measured. */
  rttMs(contact: Contact): number | undefined {
    return this.#parts.exchange.rttMs(contact)
  }

  mailboxPlaces(mailboxKey: VerifyKey): readonly number[] {
    return this.#parts.rings.map(({ index }) => mailboxPlace(mailboxKey, index))
  }

  nodePlaces(key: PublicKey): readonly number[] {
    return this.#parts.places.of(key)
  }

  lookup(places: readonly number[], now: Instant, options: LookupOptions = {}): LookupId {
    const lookupId = this.#nextLookupId
    this.#nextLookupId += 1
    const indices = options.rings ?? this.#parts.rings.map(({ index }) => index)
    for (const ring of indices) {
      const place = places[ring]
      if (place !== undefined) this.#startLookup(lookupId, ring, place, options, now)
    }
    this.#settle(now)
    return lookupId
  }

  cancelLookup(lookupId: LookupId): void {
    this.#parts.lookups.cancel((purpose) => purpose.kind === 'caller' && purpose.lookupId === lookupId)
  }

  answerPayload(payloadId: PayloadId, answer: Payload | undefined, now: Instant): void {
    this.#parts.answering.answerPayload(payloadId, answer, now)
  }

  owns(ring: number, place: number): boolean {
    return this.rank(ring, place) === 0
  }

  rank(ring: number, place: number): number | undefined {
    return this.isStorage ? ownRank(this.#parts, ring, place, REPLICA_RANK_MAX) : undefined
  }

  replicaSet(ring: number, place: number, count: number): readonly FoundMember[] | undefined {
    return replicaMembers(this.#parts, ring, place, count)
  }

  ownerRange(ring: number): PlaceRange | undefined {
    return this.isStorage ? this.#parts.rings[ring]?.ownerRange() : undefined
  }

  replicaRange(ring: number, count: number): PlaceRange | undefined {
    return this.isStorage ? this.#parts.rings[ring]?.replicaRange(count) : undefined
  }

  successors(ring: number): readonly Contact[] {
    return this.#parts.rings[ring]?.successors.peers.map(({ contact }) => contact) ?? []
  }

  predecessors(ring: number): readonly Contact[] {
    return this.#parts.rings[ring]?.predecessors.peers.map(({ contact }) => contact) ?? []
  }

  /** Shortcuts of this ring, for the network page. */
  fingers(ring: number): readonly Contact[] {
    return this.#parts.rings[ring]?.fingers.peers().map(({ contact }) => contact) ?? []
  }

  /** Contacts held for this ring, those being asked whether they live included. */
  contactCount(ring: number): number {
    const table = this.#parts.rings[ring]
    return table ? this.#parts.peers.countIn(table) : 0
  }

  rangePulled(ring: number, range: PlaceRange, _now: Instant): void {
    this.#parts.ranges[ring]?.pulled(range)
  }

  reportSilent(contact: Contact, now: Instant): void {
    const peer = this.#parts.peers.get(contact.key)
    if (peer) this.#parts.stabiliser.suspect(peer, now)
  }

  // --- Within

  #startLookup(lookupId: LookupId, ring: number, place: number, options: LookupOptions, now: Instant): void {
    const { payload, answerBytes, avoid } = options
    const { self, places, lookups, exchange } = this.#parts
    const plan = {
      place,
      selfKey: self.key,
      isSelfStorage: self.isStorage,
      seeds: seedsFor(this.#parts, ring, place),
      placeOf: (key: PublicKey) => places.of(key)[ring] ?? 0,
      ...this.#density(ring),
      isAvoided: (key: PublicKey) => avoid?.has(key.hex) ?? false,
      isDoubtful: (contact: Contact) => exchange.isDoubtful(contact, now),
    }
    const ownMembers = (isLeftOut: (member: LookupMember) => boolean) => {
      const members = self.isStorage ? ownMembersAt(this.#parts, ring, place, isLeftOut) : undefined
      return members?.[0]?.isSelf ? members : undefined
    }
    const purpose = { kind: 'caller' as const, lookupId }
    lookups.start(
      {
        purpose,
        ring,
        plan,
        ownMembers,
        ...(payload && { payload }),
        ...(answerBytes !== undefined && { answerBytes }),
      },
      now,
    )
  }

  /** How far apart nodes of a ring stand, and how many of them we know. */
  #density(ring: number): { readonly meanGap: number; readonly knownShare: number } {
    const { rings, peers } = this.#parts
    const meanGap = rings[ring]?.meanGap() ?? 0
    return { meanGap, knownShare: Math.min(1, (peers.count * meanGap) / PLACE_COUNT) }
  }

  /** A lookup for ourselves: from one contact (`start`), or from all we know. */
  #startUpkeep(kind: 'merge' | 'finger', ring: number, place: number, start: Contact | undefined, now: Instant): void {
    const { self, places, lookups, exchange, rings } = this.#parts
    const plan = {
      place,
      selfKey: self.key,
      isSelfStorage: false,
      seeds: start ? [{ contact: start, isNamed: false }] : seedsFor(this.#parts, ring, place),
      placeOf: (key: PublicKey) => places.of(key)[ring] ?? 0,
      ...this.#density(ring),
      isAvoided: () => false,
      isDoubtful: (contact: Contact) => exchange.isDoubtful(contact, now),
    }
    // Who stands next to us is asked often enough: what matters is whether others know somebody nearer. Whoever has no
    // place yet wants to hear of everybody.
    const expectedOwner = kind === 'merge' && self.isStorage ? rings[ring]?.successors.nearest?.key : undefined
    const purpose = { kind, ring }
    lookups.start({ purpose, ring, plan, ownMembers: () => undefined, ...(expectedOwner && { expectedOwner }) }, now)
  }

  /** Hands events from part to part until nothing is left to do. */
  #settle(now: Instant): void {
    for (let turn = 0; turn < SETTLE_TURNS_MAX; turn += 1) {
      let isBusy = this.#takeAnswers(now)
      isBusy = this.#takePeerEvents(now) || isBusy
      isBusy = this.#takeRoles(now) || isBusy
      isBusy = this.#takeOutcomes(now) || isBusy
      if (!isBusy) break
    }
    this.#startDue(now)
    this.#takePayloads()
    this.#updateRanges(now)
  }

  /** Most calls change nothing about what we own. */
  #updateRanges(now: Instant): void {
    const { rings } = this.#parts
    let version = this.isStorage ? 1 : 0
    for (const ring of rings) version += 2 * ring.version
    if (version === this.#rangesVersion) return
    this.#rangesVersion = version
    for (const { index } of rings) this.#updateRange(index, now)
  }

  #takeAnswers(now: Instant): boolean {
    let isBusy = false
    const { exchange } = this.#parts
    for (let event = exchange.pollEvent('ring'); event; event = exchange.pollEvent('ring')) {
      isBusy = true
      this.#answers.handle(event, now)
    }
    return isBusy
  }

  #takePeerEvents(now: Instant): boolean {
    let isBusy = false
    const { peers } = this.#parts
    for (let event = peers.pollEvent(); event; event = peers.pollEvent()) {
      isBusy = true
      this.#handlePeerEvent(event, now)
    }
    return isBusy
  }

  #handlePeerEvent(event: PeerEvent, now: Instant): void {
    const { stabiliser, merging, reachability, fingerRefresh } = this.#parts
    switch (event.kind) {
      case 'ringChanged':
        this.#causes[event.ring] = event.cause
        stabiliser.noteChange(event.ring, now)
        merging.noteChange(event.ring, now)
        return this.#raise({ kind: 'neighboursChanged', ring: event.ring })
      case 'inserted':
        stabiliser.notePeer(event.peer, now)
        merging.noteMembers(now)
        return fingerRefresh.start(now)
      case 'gone':
        if (!event.wasClean && event.wasNeighbour) stabiliser.checkNeighboursOf(event.contact.key, now)
        if (event.wasNeighbour) this.#raise({ kind: 'memberGone', contact: event.contact, wasClean: event.wasClean })
        return
      case 'greeted':
        stabiliser.noteSettled(now)
        return event.isProbe ? merging.noteForeign(event.contact, now) : undefined
      case 'ignored':
        stabiliser.noteSettled(now)
        return merging.noteIgnored(event.contact, now)
      case 'testWanted':
        return reachability.testNeighbour(event.contact, QUIET_SECONDS_OF_NEWCOMERS, now)
    }
  }

  #takeRoles(now: Instant): boolean {
    let isBusy = false
    const { reachability, membership, peers } = this.#parts
    for (let event = reachability.pollEvent(); event; event = reachability.pollEvent()) {
      isBusy = true
      if (event.kind === 'selfVerdict') membership.handleVerdict(event.verdict, now)
      else if (event.verdict === 'unreachable') peers.refuse(event.contact, now)
      else peers.admit(event.contact, now)
    }
    for (let event = membership.pollEvent(); event; event = membership.pollEvent()) {
      isBusy = true
      if (event.kind === 'joined') this.#join(now)
      else if (event.kind === 'resigned') this.#resign(now)
      this.#raise({
        kind: 'roleChanged',
        isStorage: event.kind === 'joined',
        why: event.kind === 'joined' ? 'joined' : event.why,
      })
    }
    return isBusy
  }

  /** Tells first successor and first predecessor of every ring at once; a founder tells whom it knows of. */
  #join(now: Instant): void {
    const { rings, stabiliser, peers, merging } = this.#parts
    for (const ring of rings) ring.reset()
    if (peers.count === 0) for (const contact of merging.foreign()) peers.probe(contact, now)
    const adjacent = rings.flatMap(({ successors, predecessors }) => [successors.nearest, predecessors.nearest])
    for (const peer of new Set(adjacent)) if (peer) stabiliser.check(peer, now, RingKind.joinRequest)
  }

  /** Everybody who may have us in a table hears that we hold nothing any more. */
  #resign(now: Instant): void {
    const { exchange, peers } = this.#parts
    const told = new Map(this.#requests.listers(now).map((contact) => [contactId(contact), contact]))
    for (const { contact } of peers.all()) told.set(contactId(contact), contact)
    const body = encode(leaveRequest, { reason: 0 })
    for (const contact of told.values()) exchange.request(contact, RingKind.leaveRequest, body, 'ring', now)
  }

  #takeOutcomes(now: Instant): boolean {
    let isBusy = false
    const { lookups } = this.#parts
    for (let outcome = lookups.pollOutcome(); outcome; outcome = lookups.pollOutcome()) {
      isBusy = true
      this.#handleOutcome(outcome, now)
    }
    return isBusy
  }

  #handleOutcome({ purpose, ring, place, members, ...rest }: LookupOutcome, now: Instant): void {
    if (purpose.kind !== 'caller') {
      const teller = members[0]?.contact
      if (purpose.kind === 'merge' && !teller) this.#parts.merging.noteNobody()
      for (const { contact } of members) if (teller) this.#parts.peers.consider(contact, now, { teller })
      return
    }
    const { lookupId } = purpose
    if (members.length === 0) return this.#raise({ kind: 'notFound', lookupId, ring, place })
    this.#raise({ kind: 'found', lookupId, ring, place, members, ...rest })
  }

  #startDue(now: Instant): void {
    const { merging, membership, fingerRefresh, peers, rings } = this.#parts
    merging.setHurried(membership.isJoining || peers.count === 0, now)
    for (const { ring, start } of merging.takeDue(now)) {
      this.#startUpkeep('merge', ring, advance(rings[ring]?.self.place ?? 0, 1), start, now)
    }
    const finger = fingerRefresh.takeDue(now)
    if (finger) this.#startUpkeep('finger', finger.ring, finger.place, undefined, now)
  }

  #takePayloads(): void {
    const { answering } = this.#parts
    for (let asked = answering.pollAsked(); asked; asked = answering.pollAsked())
      this.#raise({ kind: 'payload', ...asked })
  }

  #updateRange(index: number, now: Instant): void {
    const { rings, ranges, self, exchange } = this.#parts
    const before = ranges[index]?.owned
    const owned = self.isStorage ? rings[index]?.ownerRange() : undefined
    const change = ranges[index]?.update(owned)
    const ring = rings[index]
    if (!change || !ring) return
    const cause = before && owned ? (this.#causes[index] ?? 'joined') : ('ownRole' as const)
    this.#raise({ kind: 'rangeChanged', ring: index, ...change, cause })
    if (!owned) return
    const body = encode(rangeChange, { ring: index, from: owned.from })
    const told = new Set([
      ...ring.successors.peers.slice(0, TOLD_SUCCESSORS),
      ...ring.predecessors.peers.slice(0, TOLD_PREDECESSORS),
    ])
    for (const { contact } of told) exchange.notify(contact, RingKind.rangeChange, body, now)
  }

  /** Every call tells the time: a gap says that the machine slept. */
  #noteTime(now: Instant): void {
    const sleptMs = now - (this.#lastCalledAt ?? now)
    this.#lastCalledAt = now
    if (sleptMs > SLEPT_AFTER_MS) this.#restart(now)
  }

  #restart(now: Instant): void {
    const { membership, peers, merging, fingerRefresh } = this.#parts
    if (!this.isStorage && !membership.isJoining) return
    membership.restart(now)
    fingerRefresh.stop()
    for (const contact of peers.clear()) merging.noteForeign(contact, now)
  }

  #raise(event: RingsEvent): void {
    if (!this.#events.push(event)) this.#parts.counters.add('ring: event dropped')
  }
}
