import { LruMap } from '../base/lru-map.ts'
import { type Random, randomBelow, randomFraction, randomItem } from '../base/random.ts'
import { type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import type { Contact } from './contact.ts'
import type { Peer } from './peer.ts'
import type { PeerTable } from './peer-table.ts'
import type { Ring } from './ring.ts'

/** Between two lookups of our own place in a ring, started at a contact from elsewhere. */
const INTERVAL_MS = MINUTE_MS
/** Where round after round shows nobody nearer than our successor, up to so long. */
const QUIET_INTERVAL_MS = 5 * MINUTE_MS
/** The same while we know of other members and have no place in the ring yet. */
const HURRIED_INTERVAL_MS = 2 * SECOND_MS
/** Leads come in flocks when a node starts: one lookup for those of so long, not one for each. */
const LEADS_TOGETHER_MS = 200
const FOREIGN_MAX = 32
const QUEUE_MAX = 256
/** DHT nodes are asked once: so many are remembered. */
const PROBED_MAX = 4_096
const MARKED_MAX = 64

/** A lookup of the place after ours is due, from this contact. */
export interface MergeDue {
  readonly ring: number
  readonly start: Contact
}

/**
 * Finds other rings and mends ours: asks DHT nodes whether they speak the extension, and has the place after our own
 * looked up from contacts that did not come from that ring's own state. Two rings formed apart, and a ring tied in a
 * loop, are locally perfect: only somebody from elsewhere can show it.
 */
export class Merging {
  readonly #rings: readonly Ring[]
  readonly #peers: PeerTable
  readonly #random: Random
  readonly #probed = new LruMap<string, true>(PROBED_MAX)
  readonly #queue: Contact[] = []
  readonly #marked = new Map<string, Contact>()
  /** Speak the extension and were not learnt from any ring's state, clients too. */
  readonly #foreign = new LruMap<string, Contact>(FOREIGN_MAX)
  readonly #nextAt: number[]
  /** Per ring, who stood next after us when it was last looked for somebody nearer, and how often it was the same. */
  readonly #quiet: { successor: Peer | undefined; count: number }[]
  #nextMarkedAt = Number.POSITIVE_INFINITY
  #isHurried = false
  /** Lookups since we look for a place that ended with nobody. */
  #emptyCount = 0

  constructor(rings: readonly Ring[], peers: PeerTable, random: Random) {
    this.#rings = rings
    this.#peers = peers
    this.#random = random
    this.#nextAt = rings.map(() => Number.POSITIVE_INFINITY)
    this.#quiet = rings.map(() => ({ successor: undefined, count: 0 }))
  }

  /** Whether anybody is known, or being asked, from whom the rings could be found. */
  get hasLeads(): boolean {
    return this.#foreign.count > 0 || this.#peers.count > 0 || this.#peers.candidateCount > 0 || this.#queue.length > 0
  }

  /** Whether whom we could ask knows of no member either, and nobody is left to ask. */
  get hasFoundNobody(): boolean {
    const isAsking = this.#peers.candidateCount > 0 || this.#queue.length > 0
    return !isAsking && this.#emptyCount >= this.#rings.length
  }

  /** A lookup from a lead ended with nobody. */
  noteNobody(): void {
    this.#emptyCount += 1
  }

  /** Contacts that were not learnt from any ring's state, the latest last. */
  foreign(): Contact[] {
    return [...this.#foreign.values()]
  }

  /** While we have no place in the rings, lookups are repeated every 2 s. */
  setHurried(isHurried: boolean, now: Instant): void {
    if (isHurried && !this.#isHurried) {
      this.#nextAt.fill(now)
      this.#emptyCount = 0
    }
    this.#isHurried = isHurried
  }

  /** A DHT node that answered a ping: asked once. Marked bootstrap entries are asked again and again. */
  probe(contact: Contact, isMarked: boolean, now: Instant): void {
    const { hex } = contact.key
    if (isMarked && (this.#marked.has(hex) || this.#marked.size < MARKED_MAX)) {
      this.#marked.set(hex, contact)
      this.#nextMarkedAt = Math.min(this.#nextMarkedAt, now + INTERVAL_MS)
    }
    if ((this.#probed.get(hex) && !isMarked) || this.#queue.length >= QUEUE_MAX) return
    this.#probed.set(hex, true)
    this.#queue.push(contact)
    this.#feed(now)
  }

  /** A probe was answered: a lead into the rings. */
  noteForeign(contact: Contact, now: Instant): void {
    const isFirst = this.#foreign.count === 0
    for (const quiet of this.#quiet) quiet.count = 0
    this.#foreign.set(contact.key.hex, contact)
    for (const { index } of this.#rings) {
      const waitMs = this.#isHurried ? LEADS_TOGETHER_MS : randomFraction(this.#random) * INTERVAL_MS
      const soon = isFirst ? now : now + waitMs
      this.#nextAt[index] = Math.min(this.#nextAt[index] ?? soon, soon)
    }
    this.#feed(now)
  }

  noteIgnored(contact: Contact, now: Instant): void {
    this.#foreign.delete(contact.key.hex)
    this.#feed(now)
  }

  nextTimeout(): Wake {
    let at = this.#nextMarkedAt
    for (const nextAt of this.#nextAt) at = Math.min(at, nextAt)
    return { at, why: 'ring: look for other rings' }
  }

  /** The lookups that are due now. */
  takeDue(now: Instant): MergeDue[] {
    if (now >= this.#nextMarkedAt) this.#probeMarked(now)
    const due: MergeDue[] = []
    for (const ring of this.#rings) {
      if (now < (this.#nextAt[ring.index] ?? Number.POSITIVE_INFINITY)) continue
      this.#nextAt[ring.index] = now + this.#intervalMs(ring)
      const start = this.#startFor(ring)
      if (start) due.push({ ring: ring.index, start })
    }
    return due
  }

  /** Our tables got their first members, or lost all: rounds begin to count from here. */
  noteMembers(now: Instant): void {
    for (const ring of this.#rings) {
      if (this.#nextAt[ring.index] === Number.POSITIVE_INFINITY) this.#nextAt[ring.index] = now + this.#intervalMs(ring)
    }
  }

  /** Another successor: whether there is somebody nearer still is looked for within a minute. */
  noteChange(index: number, now: Instant): void {
    const ring = this.#rings[index]
    const nextAt = this.#nextAt[index]
    if (!ring || nextAt === undefined || this.#quiet[index]?.successor === ring.successors.nearest) return
    this.#quiet[index] = { successor: ring.successors.nearest, count: 0 }
    if (nextAt < Number.POSITIVE_INFINITY) this.#nextAt[index] = Math.min(nextAt, now + this.#jittered(INTERVAL_MS))
  }

  /** A minute; twice as long after each round that found what was there, up to five minutes. */
  #intervalMs(ring: Ring): number {
    if (this.#isHurried) return this.#jittered(HURRIED_INTERVAL_MS)
    const successor = ring.successors.nearest
    const known = this.#quiet[ring.index]
    const count = known?.successor === successor ? (known?.count ?? 0) + 1 : 0
    this.#quiet[ring.index] = { successor, count }
    return this.#jittered(Math.min(INTERVAL_MS * 2 ** Math.max(0, count - 1), QUIET_INTERVAL_MS))
  }

  #jittered(intervalMs: number): number {
    return intervalMs * (0.9 + 0.2 * randomFraction(this.#random))
  }

  /** Somebody who is not in this ring's tables: a probed node or a member met in another ring; at worst any probed node. */
  #startFor(ring: Ring): Contact | undefined {
    const probed = this.foreign()
    const isOutside = ({ key }: Contact) => {
      const peer = this.#peers.get(key)
      return !peer || !ring.has(peer)
    }
    const outside = probed.filter(isOutside)
    const elsewhere = [...this.#peers.all()].map(({ contact }) => contact).filter(isOutside)
    // Probed nodes are few and the likelier to come from another ring.
    const pools = [outside, elsewhere].filter((pool) => pool.length > 0)
    if (pools.length > 0) return randomItem(this.#random, pools[randomBelow(this.#random, pools.length)] ?? [])
    return probed.length > 0 ? randomItem(this.#random, probed) : undefined
  }

  #probeMarked(now: Instant): void {
    const isKnown = ({ key }: Contact) => this.#peers.get(key) !== undefined || this.#foreign.get(key.hex) !== undefined
    const unknown = [...this.#marked.values()].filter((contact) => !isKnown(contact))
    this.#nextMarkedAt = now + (unknown.length > 0 ? INTERVAL_MS : QUIET_INTERVAL_MS)
    for (const contact of unknown) if (this.#queue.length < QUEUE_MAX) this.#queue.push(contact)
    this.#feed(now)
  }

  #feed(now: Instant): void {
    for (let contact = this.#queue[0]; contact; contact = this.#queue[0]) {
      if (!this.#peers.probe(contact, now)) return
      this.#queue.shift()
    }
  }
}
