import { randomBelow } from '../base/random.ts'
import { type Instant, SECOND_MS, type Wake } from '../base/time.ts'
import { clockwise, isInRange, type PlaceRange } from '../ring/circle.ts'
import type { Contact } from '../ring/contact.ts'
import type { RangeSync } from './range-sync.ts'
import type { RepairDesk } from './repair.ts'
import type { UpkeepParts } from './upkeep-parts.ts'

/** The third of an important record gets its copy by offer: its place is for the owner to see. */
const PULLED_RANKS = 2
/** Holders asked about a range that is new to us: one may have lost something. */
const SOURCES_MAX = 2
/** Neighbours change in bursts: a range is pulled this long after the first news. */
const SETTLE_MS = 300
const RETRY_MS = 4 * SECOND_MS
/** After so many tries nobody who has the range is there any more. */
const TRIES_MAX = 5

interface Pulling {
  readonly ring: number
  readonly range: PlaceRange
  tries: number
}

/**
 * Pulls what becomes ours: a node that is now one of the first of a range gets its records from those who had them
 * before it says that it owns it (`rings.rangePulled`); until then the rings point askers to its successor.
 *
 * source  offline-messaging.md section 3 "Placement is kept"
 */
export class Handover {
  readonly #parts: UpkeepParts
  readonly #sync: RangeSync
  readonly #repair: RepairDesk
  /** Where each ring's replica range began when it was last complete; undefined: nothing was pulled yet. */
  readonly #coveredFrom: (number | undefined)[] = []
  readonly #dirty = new Map<number, Instant>()
  readonly #retries: { at: Instant; pulling: Pulling }[] = []
  readonly #underWay = new Set<Pulling>()

  constructor(parts: UpkeepParts, sync: RangeSync, repair: RepairDesk) {
    this.#parts = parts
    this.#sync = sync
    this.#repair = repair
  }

  /** Nothing is left to pull in any ring. */
  get isComplete(): boolean {
    return this.#dirty.size === 0 && this.#retries.length === 0 && this.#underWay.size === 0
  }

  noteChange(ring: number, now: Instant): void {
    if (!this.#dirty.has(ring)) this.#dirty.set(ring, now + SETTLE_MS)
  }

  /** Everything is to be compared anew: we joined, or were away. */
  restart(now: Instant): void {
    this.stop()
    for (let ring = 0; ring < this.#parts.rings.ringCount; ring += 1) this.noteChange(ring, now)
  }

  /** We are no member any more. */
  stop(): void {
    this.#coveredFrom.length = 0
    this.#dirty.clear()
    this.#retries.length = 0
    this.#underWay.clear()
  }

  nextTimeout(): Wake | undefined {
    if (this.#dirty.size === 0 && this.#retries.length === 0) return undefined
    return {
      at: Math.min(...this.#dirty.values(), ...this.#retries.map(({ at }) => at)),
      why: 'upkeep: pull a new range',
    }
  }

  handleTimeout(now: Instant): void {
    for (const [ring, at] of this.#dirty) {
      if (at > now) continue
      this.#dirty.delete(ring)
      this.#pullGained(ring, now)
    }
    const due = this.#retries.filter(({ at }) => at <= now)
    for (const retry of due) {
      this.#retries.splice(this.#retries.indexOf(retry), 1)
      this.#pull(retry.pulling, now)
    }
  }

  #pullGained(ring: number, now: Instant): void {
    const range = this.#parts.rings.replicaRange(ring, PULLED_RANKS)
    if (!range) return
    const coveredFrom = this.#coveredFrom[ring]
    this.#coveredFrom[ring] = range.from
    const gained = gainedPart(range, coveredFrom)
    if (!gained) return this.#finishOwn(ring, now)
    for (const part of this.#byOwner(ring, gained)) {
      this.#pull({ ring, range: part, tries: 0 }, now)
    }
  }

  /** A range cut at the places of the nodes in it: each part has one owner, so one set of first nodes. */
  #byOwner(ring: number, range: PlaceRange): PlaceRange[] {
    const { rings } = this.#parts
    const cuts = rings
      .predecessors(ring)
      .map(({ key }) => rings.nodePlaces(key)[ring] ?? range.to)
      .filter((place) => place !== range.to && isInRange(range, place) && place !== range.from)
      .sort((left, right) => clockwise(range.from, left) - clockwise(range.from, right))
    const ends = [...cuts, range.to]
    return ends.map((to, index) => ({ from: index === 0 ? range.from : (cuts[index - 1] ?? range.from), to }))
  }

  #pull(pulling: Pulling, now: Instant): void {
    this.#underWay.add(pulling)
    this.#pullFrom(pulling, this.#sources(pulling), true, now)
  }

  /** The successor first: it had the range before us; of what a node before us owns, that node. */
  #sources({ ring, range }: Pulling): readonly Contact[] {
    return this.#parts.view
      .others(ring, range.to)
      .slice(0, SOURCES_MAX)
      .map(({ contact }) => contact)
  }

  #pullFrom(pulling: Pulling, [source, ...rest]: readonly Contact[], isFirst: boolean, now: Instant): void {
    if (!source) return this.#end(pulling, now)
    const { ring, range } = pulling
    this.#sync.compare({ ring, range, peer: source, why: 'gained', isNew: isFirst }, now, (outcome, at) => {
      if (!this.#underWay.has(pulling)) return
      for (const entry of outcome.peerLacks) this.#repair.suspect(entry, ring, at)
      if (outcome.isComplete || pulling.tries >= TRIES_MAX) return this.#pullFrom(pulling, rest, false, at)
      // Silent, or gone while we pulled: by then the rings know who comes next.
      this.#underWay.delete(pulling)
      pulling.tries += 1
      this.#retries.push({ at: at + RETRY_MS + randomBelow(this.#parts.random, SECOND_MS), pulling })
    })
  }

  #end(pulling: Pulling, now: Instant): void {
    this.#underWay.delete(pulling)
    this.#finishOwn(pulling.ring, now)
  }

  /** Once no part of what we own is under way, we answer for it without reserve. */
  #finishOwn(ring: number, now: Instant): void {
    const own = this.#parts.rings.ownerRange(ring)
    const isOpen = ({ ring: other, range }: Pulling) => other === ring && own !== undefined && isInRange(own, range.to)
    const waiting = [...this.#underWay, ...this.#retries.map(({ pulling }) => pulling)]
    if (own && !waiting.some(isOpen) && !this.#dirty.has(ring)) this.#parts.rings.rangePulled(ring, own, now)
  }
}

/** What a range has that began elsewhere before; its end, our own place, stays. */
function gainedPart(range: PlaceRange, coveredFrom: number | undefined): PlaceRange | undefined {
  if (coveredFrom === undefined || (range.from === range.to && coveredFrom !== range.to)) return range
  const isWider = clockwise(range.from, range.to) > clockwise(coveredFrom, range.to)
  return coveredFrom !== range.to && isWider ? { from: range.from, to: coveredFrom } : undefined
}
