import { Address } from '../base/address.ts'
import { assert } from '../base/assert.ts'
import { Counters } from '../base/counters.ts'
import { type Random, SeededRandom } from '../base/random.ts'
import { earliest, type Instant } from '../base/time.ts'
import type { Transmit } from '../base/transmit.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { SigningKey, type VerifyKey } from '../crypto/sign.ts'
import { clockwise, type PlaceRange } from '../ring/circle.ts'
import type { Contact } from '../ring/contact.ts'
import { Exchange } from '../ring/exchange.ts'
import { mailboxPlace, nodePlace } from '../ring/places.ts'
import type { FoundMember, LookupId, LookupOptions, RingAccess, RingsEvent } from '../ring/ring-access.ts'
import { decode, encode } from '../wire/codec.ts'
import { DhtEnvelopes } from '../wire/dht-envelope.ts'
import { type ExtensionPacket, extensionPacket } from '../wire/extension-packet.ts'
import { STORAGE_KIND } from '../wire/storage-packets.ts'
import type { StoredRecord } from '../wire/storage-proof.ts'
import { HELD_KIND, slotsCheck, UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import { Asks } from './asks.ts'
import { Leaving } from './leaving.ts'
import { OfferDesk } from './offer.ts'
import { OffererBook } from './offerer-book.ts'
import { paidState } from './payments.ts'
import { Puller } from './puller.ts'
import { VAULT_LIMITS_DEFAULT } from './quota.ts'
import { ReplicaView } from './replica-view.ts'
import { StorageNode } from './storage-node.ts'
import { TEST_FORMULA, TEST_NOW, TestDeposits, type TestHeaderOptions } from './test-deposits.ts'
import { Tokens } from './tokens.ts'
import { Transfers } from './transfers.ts'
import { Upkeep } from './upkeep.ts'
import { UpkeepBudget } from './upkeep-budget.ts'
import type { UpkeepParts } from './upkeep-parts.ts'
import type { Vault, VaultEntry } from './vault.ts'
import { createMemoryVault } from './vault-memory.ts'

const RING_COUNT = 3
/** Of one run: a node that asks to be woken at once, again and again, would never let time pass. */
const WAKES_MAX = 200_000
const SELF_ADDRESS = new Address(new Uint8Array(4), 0)

/** Rings that see every node of the test and are always right. */
export class TestRings implements RingAccess {
  readonly ringCount = RING_COUNT
  readonly selfKey: PublicKey
  readonly pulled: { ring: number; range: PlaceRange }[] = []
  readonly silent: Contact[] = []
  readonly events: RingsEvent[] = []
  isStorage = true
  readonly #world: TestHolders
  #nextLookupId = 1

  constructor(world: TestHolders, selfKey: PublicKey) {
    this.#world = world
    this.selfKey = selfKey
  }

  get knownMemberCount(): number {
    return this.#world.members.length - 1
  }

  mailboxPlaces(mailbox: VerifyKey): readonly number[] {
    return [0, 1, 2].map((ring) => mailboxPlace(mailbox, ring))
  }

  nodePlaces(key: PublicKey): readonly number[] {
    return [0, 1, 2].map((ring) => nodePlace(key, ring))
  }

  lookup(places: readonly number[], _now: Instant, { rings = [0, 1, 2] }: LookupOptions = {}): LookupId {
    const lookupId = this.#nextLookupId
    this.#nextLookupId += 1
    for (const ring of rings) {
      const place = places[ring] ?? 0
      const members = this.#members(ring, place).slice(0, 6)
      const outcome = { lookupId, ring, place }
      this.events.push(
        members.length === 0
          ? { kind: 'notFound', ...outcome }
          : { kind: 'found', ...outcome, members, isCatchingUp: false, hopCount: 1, requestCount: 1 },
      )
    }
    return lookupId
  }

  cancelLookup(): void {}

  answerPayload(): void {}

  owns(ring: number, place: number): boolean {
    return this.rank(ring, place) === 0
  }

  rank(ring: number, place: number): number | undefined {
    const rank = this.#members(ring, place).findIndex(({ isSelf }) => isSelf)
    return rank < 0 || rank >= 8 || !this.isStorage ? undefined : rank
  }

  replicaSet(ring: number, place: number, count: number): readonly FoundMember[] {
    return this.#members(ring, place).slice(0, count)
  }

  ownerRange(ring: number): PlaceRange | undefined {
    return this.replicaRange(ring, 1)
  }

  replicaRange(ring: number, count: number): PlaceRange | undefined {
    if (!this.isStorage) return undefined
    const to = nodePlace(this.selfKey, ring)
    const from = this.predecessors(ring)[count - 1]
    return { from: from ? nodePlace(from.key, ring) : to, to }
  }

  successors(ring: number): readonly Contact[] {
    const others = this.#members(ring, nodePlace(this.selfKey, ring)).filter(({ isSelf }) => !isSelf)
    return others.map(({ contact }) => contact)
  }

  predecessors(ring: number): readonly Contact[] {
    return [...this.successors(ring)].reverse()
  }

  rangePulled(ring: number, range: PlaceRange): void {
    this.pulled.push({ ring, range })
  }

  reportSilent(contact: Contact): void {
    this.silent.push(contact)
  }

  #members(ring: number, place: number): FoundMember[] {
    const members = this.#world.members.map(({ contact }): FoundMember => {
      const isSelf = contact.key.equals(this.selfKey)
      const own = isSelf ? { ...contact, address: SELF_ADDRESS } : contact
      return { contact: own, place: nodePlace(contact.key, ring), isSelf, hasAnswered: !isSelf }
    })
    return members.sort((left, right) => clockwise(place, left.place) - clockwise(place, right.place))
  }
}

/** One storage node of the test: all of upkeep, over rings that are always right. */
export class TestHolder {
  readonly contact: Contact
  readonly rings: TestRings
  readonly exchange: Exchange
  readonly transfers: Transfers
  readonly vault: Vault
  readonly node: StorageNode
  readonly upkeep: Upkeep
  readonly parts: UpkeepParts
  readonly counters = new Counters()
  readonly random: Random
  readonly envelopes: DhtEnvelopes
  /** Kinds of the packets that this node sent. */
  readonly sentKinds: number[] = []
  isRunning = true

  constructor(world: TestHolders, seed: number, address: Address, send: (transmit: Transmit, from: Address) => void) {
    const random = new SeededRandom(seed)
    this.random = random
    const signingKey = SigningKey.create(random)
    const { counters } = this
    this.envelopes = new DhtEnvelopes(signingKey.toKeyPair(), random)
    this.contact = { key: this.envelopes.publicKey, address }
    this.rings = new TestRings(world, this.contact.key)
    const transmits = { send: (bytes: Uint8Array, to: Address) => send({ bytes, to }, address) }
    this.exchange = new Exchange({ envelopes: this.envelopes, random, transmits, counters })
    this.transfers = new Transfers({ exchange: this.exchange, random, counters })
    this.vault = createMemoryVault({ ringCount: RING_COUNT, limits: VAULT_LIMITS_DEFAULT })
    const { rings, exchange, transfers, vault } = this
    const shared = { rings, exchange, transfers, signingKey, random, counters, formula: TEST_FORMULA }
    this.node = new StorageNode({ ...shared, vault, tokens: new Tokens(random) })
    this.upkeep = new Upkeep({ ...shared, node: this.node })
    const budget = new UpkeepBudget(1_000_000)
    const asks = new Asks({ exchange, rings, transfers, budget })
    const view = new ReplicaView(rings)
    this.parts = { ...shared, node: this.node, budget, asks, view, offerers: new OffererBook() }
  }

  /** A puller of this node's alone, for tests of single parts. */
  createDesks(): { puller: Puller; offers: OfferDesk; leaving: Leaving } {
    const puller = new Puller(this.parts)
    const offers = new OfferDesk(this.parts, puller, TEST_FORMULA)
    return { puller, offers, leaving: new Leaving(this.parts, puller, offers) }
  }

  holds({ mailbox, slot }: Placed, now: Instant): boolean {
    return this.vault.entry(mailbox, slot, now)?.kind === 'record'
  }
}

export interface Placed {
  readonly record: StoredRecord
  readonly mailbox: VerifyKey
  readonly slot: number
  readonly places: readonly number[]
  readonly deposits: TestDeposits
}

type Filter = (packet: ExtensionPacket, from: TestHolder, to: TestHolder) => boolean

/** A few holders on a network without delay; time moves by `run` alone. */
export class TestHolders {
  readonly holders: TestHolder[] = []
  now: Instant = TEST_NOW
  /** False for a packet: it is lost. */
  filter: Filter = () => true
  readonly #wire: (Transmit & { readonly from: Address })[] = []
  #seed: number

  constructor(seed: number, count: number) {
    this.#seed = seed
    for (let index = 0; index < count; index += 1) this.add()
  }

  get members(): TestHolder[] {
    return this.holders.filter(({ isRunning, rings }) => isRunning && rings.isStorage)
  }

  /** A further node; the others hear of it at the next `announce`. */
  add(): TestHolder {
    this.#seed += 1
    const address = new Address(Uint8Array.of(198, 18, this.holders.length, 1), 33_445)
    const holder = new TestHolder(this, this.#seed, address, (transmit, from) => this.#wire.push({ ...transmit, from }))
    this.holders.push(holder)
    return holder
  }

  /** All start as storage nodes. */
  start(): void {
    for (const holder of this.members) {
      holder.upkeep.handleRingsEvent({ kind: 'roleChanged', isStorage: true, why: 'joined' }, this.now)
    }
    this.announce()
  }

  /** Everybody's neighbours may have changed. */
  announce(): void {
    for (const { upkeep } of this.members) {
      for (const ring of [0, 1, 2]) upkeep.handleRingsEvent({ kind: 'neighboursChanged', ring }, this.now)
    }
    this.settle()
  }

  /** `holder` asks `other` something and is answered: from now on it knows that somebody listens at that address. */
  introduce(holder: TestHolder, other: TestHolder): void {
    const slot = { place: 0, tag: new Uint8Array(8), idStart: new Uint8Array(8), kind: HELD_KIND.record, counter: 0 }
    const body = encode(slotsCheck, { ring: 0, nonce: new Uint8Array(16), slots: [slot] })
    holder.parts.asks.ask(other.contact, UPKEEP_KIND.slotsCheck, body, this.now, () => {})
    this.settle()
    assert(holder.exchange.hasAnswered(other.contact, this.now), 'a running node answers')
  }

  /** Members from a place on. */
  order(ring: number, place: number): TestHolder[] {
    const steps = ({ contact }: TestHolder) => clockwise(place, nodePlace(contact.key, ring))
    return this.members.sort((left, right) => steps(left) - steps(right))
  }

  at(ring: number, place: number, rank: number): TestHolder {
    const holder = this.order(ring, place)[rank]
    assert(holder !== undefined, 'the test has enough nodes')
    return holder
  }

  /** A record with a mailbox of its own, at nobody yet. */
  record(options: TestHeaderOptions = {}): Placed {
    this.#seed += 1
    const deposits = new TestDeposits(this.#seed)
    const record = deposits.record(options, this.now)
    const { slot, mailbox } = paidState(record.payments)?.signed.header ?? assertNever()
    return { record, mailbox, slot, places: [0, 1, 2].map((ring) => mailboxPlace(mailbox, ring)), deposits }
  }

  put(holder: TestHolder, { record, places }: Pick<Placed, 'record' | 'places'>): VaultEntry {
    const outcome = holder.vault.put({ record, places, origin: { kind: 'deposit', prefix: undefined } }, this.now)
    assert(outcome.kind !== 'refused', 'a test deposit is taken')
    return outcome.entry
  }

  /** Puts a record at the first two of each ring. */
  deposit(options: TestHeaderOptions = {}): Placed {
    const placed = this.record(options)
    for (const holder of this.chosen(placed)) this.put(holder, placed)
    return placed
  }

  /** The first two of each ring, none twice. */
  chosen({ places }: Pick<Placed, 'places'>): TestHolder[] {
    const chosen: TestHolder[] = []
    for (const ring of [0, 1, 2]) {
      chosen.push(
        ...this.order(ring, places[ring] ?? 0)
          .filter((holder) => !chosen.includes(holder))
          .slice(0, 2),
      )
    }
    return chosen
  }

  copies(placed: Placed): TestHolder[] {
    return this.members.filter((holder) => holder.holds(placed, this.now))
  }

  /** Delivers what is under way and hands events on, until nothing moves. */
  settle(): void {
    for (;;) {
      let moved = false
      for (const holder of this.holders) moved = this.#moveEvents(holder) || moved
      for (const item of this.#wire.splice(0)) {
        moved = true
        this.#deliver(item)
      }
      if (!moved) return
    }
  }

  /** Lets time pass. */
  run(durationMs: number): void {
    const end = this.now + durationMs
    this.settle()
    for (let wakes = 0; ; wakes += 1) {
      assert(wakes < WAKES_MAX, 'nodes wake without end')
      const at = Math.min(...this.members.map((holder) => this.#nextAt(holder)))
      if (at > end) break
      this.now = Math.max(this.now, at)
      for (const holder of this.members) this.#wake(holder)
      this.settle()
    }
    this.now = end
  }

  #nextAt({ exchange, transfers, node, upkeep }: TestHolder): Instant {
    const wake = earliest(exchange.nextTimeout(), transfers.nextTimeout(), node.nextTimeout(), upkeep.nextTimeout())
    return wake?.at ?? Number.POSITIVE_INFINITY
  }

  #wake({ exchange, transfers, node, upkeep }: TestHolder): void {
    exchange.handleTimeout(this.now)
    transfers.handleTimeout(this.now)
    node.handleTimeout(this.now)
    upkeep.handleTimeout(this.now)
  }

  #moveEvents({ rings, transfers, upkeep, parts, node, exchange }: TestHolder): boolean {
    let moved = false
    for (const event of rings.events.splice(0)) {
      moved = true
      if (!parts.asks.handleRingsEvent(event, this.now)) upkeep.handleRingsEvent(event, this.now)
    }
    for (let event = transfers.pollEvent('upkeep'); event; event = transfers.pollEvent('upkeep')) {
      moved = true
      parts.asks.handleTransferEvent(event, this.now)
      upkeep.handleTransferEvent(event, this.now)
    }
    for (let event = exchange.pollEvent('upkeep'); event; event = exchange.pollEvent('upkeep')) {
      moved = true
      parts.asks.handleAnswer(event, this.now)
      upkeep.handleAnswer(event, this.now)
    }
    for (let event = node.pollEvent(); event; event = node.pollEvent()) {
      moved = true
      upkeep.handleStorageEvent(event, this.now)
    }
    return moved
  }

  #deliver({ bytes, from, to }: Transmit & { readonly from: Address }): void {
    const sender = this.holders.find(({ contact }) => contact.address.equals(from))
    const receiver = this.members.find(({ contact }) => contact.address.equals(to))
    if (!sender?.isRunning || !receiver) return
    const packet = decode(extensionPacket, receiver.envelopes.open(bytes).plain)
    const { kind, requestId, body } = packet
    sender.sentKinds.push(kind)
    if (!this.filter(packet, sender, receiver)) return
    const { exchange, transfers, upkeep } = receiver
    if (exchange.handleResponse(sender.contact, requestId, kind, body, this.now)) return
    if (kind === STORAGE_KIND.segment) transfers.handleSegment(sender.contact, body, this.now)
    else if (kind === STORAGE_KIND.segmentAck) transfers.handleSegmentAck(sender.contact, body, this.now)
    else upkeep.handleRequest(kind, sender.contact, requestId, body, this.now)
  }
}

function assertNever(): never {
  throw new Error('a test record has a header')
}
