import type { Address, NetworkScope } from '../base/address.ts'
import type { Counters } from '../base/counters.ts'
import { ExpiringMap } from '../base/expiring-map.ts'
import { Queue } from '../base/queue.ts'
import { type Instant, MINUTE_MS } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { encode, type ValueOf } from '../wire/codec.ts'
import { helloRequest, type helloResponse, RingKind } from '../wire/ring-packets.ts'
import { type Contact, contactId } from './contact.ts'
import type { Exchange } from './exchange.ts'
import type { OwnState } from './own-state.ts'
import { Peer } from './peer.ts'
import type { NodePlaces } from './places.ts'
import { type Naming, type Ring, UNNAMED } from './ring.ts'

/** Contacts per ring that are being asked whether they live, before they may stand in its tables. */
const CANDIDATES_PER_RING_MAX = 8
/** Of these, who wrote to us from one prefix: keys cost nothing, and others are to find room. */
const SENDERS_PER_PREFIX_MAX = 2
const PROBES_MAX = 16
/** Enough to see that there are strangers. */
const HEARD_OF_MAX = 32
/** Who fell silent is not asked again on hearsay for so long; a packet of its own brings it back at once. */
const SILENT_FOR_MS = 2 * MINUTE_MS
const SILENT_MAX = 1_024
const EVENTS_MAX = 4_096
const SCOPES: readonly NetworkScope[] = ['loopback', 'private', 'internet']

/** Where news of a contact came from. */
export interface Hearsay {
  /** The ring in whose state it was named, and how; not set: nobody vouches for its place. */
  readonly ring?: number
  readonly naming?: Naming
  /** Who named it; not set: it wrote to us itself. */
  readonly teller?: Contact
}

interface Candidate {
  readonly contact: Contact
  /** The rings that want it; none: a probe. */
  readonly rings: readonly number[]
  readonly namings: Map<number, Naming>
  readonly isSender: boolean
  isBeingTested: boolean
}

export type ChangeCause = 'joined' | 'left' | 'failed'

export type PeerEvent =
  | { readonly kind: 'ringChanged'; readonly ring: number; readonly cause: ChangeCause }
  | { readonly kind: 'inserted'; readonly peer: Peer }
  | { readonly kind: 'gone'; readonly contact: Contact; readonly wasClean: boolean; readonly wasNeighbour: boolean }
  /** A contact that we greeted answered, whoever it is: it speaks the extension. */
  | { readonly kind: 'greeted'; readonly contact: Contact; readonly isProbe: boolean }
  | { readonly kind: 'ignored'; readonly contact: Contact }
  /** A stranger wants to be our neighbour: shall be tested, then `admit` or `refuse`. */
  | { readonly kind: 'testWanted'; readonly contact: Contact }

export interface PeerTableOptions {
  readonly self: OwnState
  readonly rings: readonly Ring[]
  readonly places: NodePlaces
  readonly exchange: Exchange
  readonly counters: Counters
  readonly scope: NetworkScope
  /** Whether newcomers have to be tested at all (see Reachability). */
  readonly needsTest: (contact: Contact) => boolean
}

/**
 * The storage nodes that the rings' tables are made of: one `Peer` per node, held as long as some ring wants it. A node
 * gets in only after it answered from that address.
 */
export class PeerTable {
  readonly #self: OwnState
  readonly #rings: readonly Ring[]
  readonly #places: NodePlaces
  readonly #exchange: Exchange
  readonly #counters: Counters
  readonly #scope: NetworkScope
  readonly #needsTest: (contact: Contact) => boolean
  readonly #peers = new Map<string, Peer>()
  readonly #candidates = new Map<string, Candidate>()
  readonly #silent = new ExpiringMap<string, true>(SILENT_FOR_MS, SILENT_MAX, 'ring: silent contacts')
  readonly #heardOf = new Set<string>()
  #isHeldBack = false
  readonly #events = new Queue<PeerEvent>(EVENTS_MAX)

  constructor({ self, rings, places, exchange, counters, scope, needsTest }: PeerTableOptions) {
    this.#self = self
    this.#rings = rings
    this.#places = places
    this.#exchange = exchange
    this.#counters = counters
    this.#scope = scope
    this.#needsTest = needsTest
  }

  get count(): number {
    return this.#peers.size
  }

  get candidateCount(): number {
    return this.#candidates.size
  }

  /** Whether somebody whom a ring wants is being asked whether it lives. */
  get isGreeting(): boolean {
    for (const { rings, isBeingTested } of this.#candidates.values())
      if (rings.length > 0 && !isBeingTested) return true
    return false
  }

  all(): IterableIterator<Peer> {
    return this.#peers.values()
  }

  get(key: PublicKey): Peer | undefined {
    return this.#peers.get(key.hex)
  }

  /** Contacts that a ring holds, candidates included. */
  countIn(ring: Ring): number {
    return ring.contacts().size + this.#candidateCountIn(ring.index)
  }

  pollEvent(): PeerEvent | undefined {
    return this.#events.poll()
  }

  /** While held back, nobody is greeted on hearsay: whom we write to cannot tell any more whether strangers reach us. */
  setHeldBack(isHeldBack: boolean): void {
    this.#isHeldBack = isHeldBack
    if (!isHeldBack) this.#heardOf.clear()
  }

  /** Storage nodes that we know, or know of while held back; ourselves not counted. */
  get heardOfCount(): number {
    return this.#peers.size + this.#heardOf.size
  }

  /** Asks a contact that somebody named, or that wrote to us, whether it listens there, if any ring could use it. */
  consider(contact: Contact, now: Instant, hearsay: Hearsay = {}): void {
    const isSender = !hearsay.teller
    const known = this.#peers.get(contact.key.hex)
    if (known?.contact.address.equals(contact.address)) return this.#offerNamed(known, hearsay)
    if (this.#isHeldBack && !isSender && !this.isResolved(contact, now, hearsay)) return this.#hearOf(contact)
    if (isSender) this.#silent.delete(contactId(contact))
    if (this.isResolved(contact, now, hearsay)) return
    const asked = this.#candidates.get(contact.key.hex)
    const isMisnamed = asked && isSender && !asked.isSender && !asked.contact.address.equals(contact.address)
    if (asked && !isMisnamed) return noteNaming(asked.namings, hearsay)
    if (isSender && this.#isCrowded(contact.address)) return
    // Its own word counts for more than what others say of its address.
    if (asked) this.#candidates.delete(contact.key.hex)
    const rings = (known ? this.#rings.filter((ring) => ring.has(known)) : this.#wantedBy(contact, hearsay))
      .map(({ index }) => index)
      .filter((index) => this.#candidateCountIn(index) < CANDIDATES_PER_RING_MAX)
    if (rings.length === 0) return
    const namings = new Map(asked?.namings)
    noteNaming(namings, hearsay)
    this.#greet({ contact, rings, namings, isSender, isBeingTested: false }, now)
  }

  /** Asks a contact whether it speaks the extension at all. Returns false if too many are being asked. */
  probe(contact: Contact, now: Instant): boolean {
    if (this.#candidates.has(contact.key.hex)) return true
    const probeCount = [...this.#candidates.values()].filter(({ rings }) => rings.length === 0).length
    if (probeCount >= PROBES_MAX) return false
    this.#greet({ contact, rings: [], namings: new Map(), isSender: false, isBeingTested: false }, now)
    return true
  }

  /** Whether nothing need be done about a contact: we know it, it is silent, unsuitable, or no ring wants it. */
  isResolved(contact: Contact, now: Instant, hearsay: Hearsay = {}): boolean {
    if (contact.key.equals(this.#self.key) || !this.#isAcceptable(contact.address, hearsay.teller)) return true
    const known = this.#peers.get(contact.key.hex)
    // A known node at another address: its own word starts a check, hearsay does not.
    if (known) return hearsay.teller !== undefined || known.contact.address.equals(contact.address)
    return this.#silent.has(contactId(contact), now) || this.#wantedBy(contact, hearsay).length === 0
  }

  /** A contact answered us from there: it is what it says, and may stand in the tables. */
  confirm(contact: Contact, isStorage: boolean, now: Instant): void {
    const known = this.#peers.get(contact.key.hex)
    if (isStorage && known?.contact.address.equals(contact.address)) {
      known.heardAt = now
      known.failures = 0
      return
    }
    this.#silent.delete(contactId(contact))
    if (!isStorage) {
      this.#candidates.delete(contact.key.hex)
      if (known) this.remove(known, true, now)
      return
    }
    if (known) {
      known.contact = contact
      known.heardAt = now
      known.failures = 0
      return
    }
    if (contact.key.equals(this.#self.key) || !this.#isAcceptable(contact.address, undefined)) return
    const candidate = this.#candidates.get(contact.key.hex)
    if (candidate?.isBeingTested) return
    if (candidate?.isSender && this.#wouldBeAdjacent(contact) && this.#needsTest(contact)) {
      candidate.isBeingTested = true
      this.#raise({ kind: 'testWanted', contact })
      return
    }
    this.#insert(contact, candidate?.namings, now)
  }

  /** The newcomer passed its test. */
  admit(contact: Contact, now: Instant): void {
    const candidate = this.#candidates.get(contact.key.hex)
    if (candidate?.isBeingTested) this.#insert(contact, candidate.namings, now)
  }

  /** Strangers do not reach it: it is not taken in, whatever it says. */
  refuse(contact: Contact, now: Instant): void {
    this.#candidates.delete(contact.key.hex)
    this.#silent.set(contactId(contact), true, now)
    this.#counters.add('ring: newcomer unreachable')
  }

  handleHelloAnswer(contact: Contact, value: ValueOf<typeof helloResponse>, now: Instant): void {
    this.#self.reportAddress(contact.key, value.seenAddress)
    const candidate = this.#candidates.get(contact.key.hex)
    this.confirm(contact, value.role === 1, now)
    if (candidate && !candidate.isBeingTested) this.#candidates.delete(contact.key.hex)
    this.#raise({ kind: 'greeted', contact, isProbe: candidate?.rings.length === 0 })
  }

  handleHelloSilence(contact: Contact, now: Instant): void {
    const candidate = this.#candidates.get(contact.key.hex)
    if (candidate?.contact.address.equals(contact.address)) this.#candidates.delete(contact.key.hex)
    this.#silent.set(contactId(contact), true, now)
    this.#raise({ kind: 'ignored', contact })
  }

  /** A peer left or fell silent. */
  remove(peer: Peer, wasClean: boolean, now: Instant): void {
    if (!this.#peers.delete(peer.key.hex)) return
    const wasNeighbour = this.#rings.some((ring) => ring.isNeighbour(peer))
    if (!wasClean) this.#silent.set(contactId(peer.contact), true, now)
    for (const ring of this.#rings) {
      if (ring.remove(peer)) this.#raise({ kind: 'ringChanged', ring: ring.index, cause: wasClean ? 'left' : 'failed' })
    }
    this.#raise({ kind: 'gone', contact: peer.contact, wasClean, wasNeighbour })
  }

  /** Forgets everybody, as after a long sleep. Returns who was there. */
  clear(): Contact[] {
    const contacts = [...this.#peers.values()].map((peer) => peer.contact)
    for (const peer of this.#peers.values()) for (const ring of this.#rings) ring.remove(peer)
    this.#peers.clear()
    return contacts
  }

  /** Drops peers that no ring holds any more. */
  prune(): void {
    for (const [hex, peer] of this.#peers) {
      if (!this.#rings.some((ring) => ring.has(peer))) this.#peers.delete(hex)
    }
  }

  #greet(candidate: Candidate, now: Instant): void {
    this.#candidates.set(candidate.contact.key.hex, candidate)
    const body = encode(helloRequest, { role: this.#self.isStorage ? 1 : 0, padding: new Uint8Array(19) })
    this.#exchange.request(candidate.contact, RingKind.helloRequest, body, 'ring', now)
  }

  #insert(contact: Contact, namings: ReadonlyMap<number, Naming> | undefined, now: Instant): void {
    this.#candidates.delete(contact.key.hex)
    const peer = new Peer(contact, this.#places.of(contact.key), now)
    const changed = this.#rings.filter((ring) => ring.offer(peer, namings?.get(ring.index) ?? UNNAMED))
    if (!this.#rings.some((ring) => ring.has(peer))) return
    this.#peers.set(contact.key.hex, peer)
    this.prune()
    this.#raise({ kind: 'inserted', peer })
    for (const { index } of changed) this.#raise({ kind: 'ringChanged', ring: index, cause: 'joined' })
  }

  /** A known peer, say a finger, may fit a neighbour list now that it was named. */
  #offerNamed(peer: Peer, { ring: index, naming }: Hearsay): void {
    const ring = index === undefined ? undefined : this.#rings[index]
    if (ring && naming && ring.offer(peer, naming))
      this.#raise({ kind: 'ringChanged', ring: ring.index, cause: 'joined' })
  }

  #hearOf({ key }: Contact): void {
    if (this.#heardOf.size < HEARD_OF_MAX) this.#heardOf.add(key.hex)
  }

  #candidateCountIn(ring: number): number {
    let count = 0
    for (const { rings } of this.#candidates.values()) if (rings.includes(ring)) count += 1
    return count
  }

  /** Whether as many of a prefix as may are being asked because they wrote; on one machine or at home all share one. */
  #isCrowded(address: Address): boolean {
    if (address.isLan) return false
    const senders = [...this.#candidates.values()].filter(({ isSender }) => isSender)
    const { length } = senders.filter(({ contact }) => contact.address.prefix === address.prefix)
    return length >= SENDERS_PER_PREFIX_MAX
  }

  #wantedBy(contact: Contact, { ring: namedIn, naming }: Hearsay): Ring[] {
    const places = this.#places.of(contact.key)
    return this.#rings.filter((ring) => {
      const placed = { place: places[ring.index] ?? 0, key: contact.key }
      return ring.wants(placed, ring.index === namedIn ? naming : UNNAMED)
    })
  }

  #wouldBeAdjacent(contact: Contact): boolean {
    const places = this.#places.of(contact.key)
    return this.#rings.some((ring) => ring.wouldBeAdjacent({ place: places[ring.index] ?? 0, key: contact.key }))
  }

  /** Whether we may write there: within our scope, and not to a local address on a stranger's word. */
  #isAcceptable(address: Address, teller: Contact | undefined): boolean {
    if (address.port === 0 || SCOPES.indexOf(address.scope) > SCOPES.indexOf(this.#scope)) return false
    return !(teller && address.isLan && !teller.address.isLan)
  }

  #raise(event: PeerEvent): void {
    if (!this.#events.push(event)) this.#counters.add('ring: peer event dropped')
  }
}

function noteNaming(namings: Map<number, Naming>, { ring, naming }: Hearsay): void {
  if (ring === undefined || !naming) return
  const known = namings.get(ring) ?? UNNAMED
  namings.set(ring, {
    asSuccessor: known.asSuccessor || naming.asSuccessor,
    asPredecessor: known.asPredecessor || naming.asPredecessor,
  })
}
