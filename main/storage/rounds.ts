import { toHex } from '../base/bytes.ts'
import { LruMap } from '../base/lru-map.ts'
import { randomBelow } from '../base/random.ts'
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import { isInRange, type PlaceRange } from '../ring/circle.ts'
import type { Contact } from '../ring/contact.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { SLOTS_PER_CHECK_MAX } from '../wire/upkeep-packets.ts'
import { pageAfter } from './check.ts'
import type { CrossRings } from './cross-rings.ts'
import type { RangeSync } from './range-sync.ts'
import type { RepairDesk } from './repair.ts'
import { LIVE_RANKS } from './replica-view.ts'
import type { UpkeepParts } from './upkeep-parts.ts'
import type { VaultEntry } from './vault.ts'

/** How often the holders of a range compare it. */
export const CHECK_INTERVAL_MS = 5 * MINUTE_MS
/** After a change, so that a deposit has reached the others first. */
const CHANGE_DELAY_MS = MINUTE_MS
const DELETION_DELAY_MS = 5 * SECOND_MS
/** Single records are looked over after the neighbours changed, and in any case so often. */
const SWEEP_INTERVAL_MS = HOUR_MS
const SWEEP_DELAY_MS = 2 * SECOND_MS
/** A copy that no ring seems to need is looked at again so soon, then after twice as long, until it may go. */
const SPARE_INTERVAL_MS_MIN = 2 * SECOND_MS
/** The same when somebody's check gives a reason to: no check makes us ask more often, or about more. */
const SPARE_PAUSE_MS = SECOND_MS
const SPARES_AT_ONCE = 64
const SWEPT_AT_ONCE = 256
const SWEEP_PAUSE_MS = SECOND_MS
/** A record that was found well is not looked at again so soon, unless nodes about it change. */
const WELL_FOR_MS = 4 * HOUR_MS
const WELL_MAX = 16_384
const CROSS_PAUSE_MS = 5 * SECOND_MS
const CROSS_PAUSE_MS_PER_RECORD = 5
/** Records beyond our sight that are looked up at once. */
const STRAYS_AT_ONCE = 8
const CIRCLE_START = 0

interface Compared {
  readonly ring: number
  readonly range: PlaceRange
  readonly peer: Contact
}

/** Slots whose first 4 nodes are the same. */
interface Group {
  readonly ring: number
  readonly members: readonly FoundMember[]
  readonly entries: VaultEntry[]
}

/**
 * What is done again and again: comparing our ranges with the other of the first two, looking single records over that
 * lie here for another reason than being first or second, and visiting the other rings.
 */
export class Rounds {
  readonly #parts: UpkeepParts
  readonly #sync: RangeSync
  readonly #repair: RepairDesk
  readonly #crossRings: CrossRings
  readonly #queue: Compared[] = []
  /** Until when a record need not be looked at again in a ring, as long as it is needed here or not as it was. */
  readonly #wellUntil = new LruMap<string, { readonly at: Instant; readonly isNeeded: boolean }>(WELL_MAX)
  #roundAt: Instant | undefined
  #roundBeganAt: Instant | undefined
  #intervalMs = CHECK_INTERVAL_MS
  #earlyAt: Instant | undefined
  #sweepAt: Instant | undefined
  #sweepFrom = CIRCLE_START
  #spareIntervalMs = SPARE_INTERVAL_MS_MIN
  #crossAt: Instant | undefined
  #underWay = 0

  constructor(parts: UpkeepParts, sync: RangeSync, repair: RepairDesk, crossRings: CrossRings) {
    this.#parts = parts
    this.#sync = sync
    this.#repair = repair
    this.#crossRings = crossRings
  }

  /** How long the last round of comparisons took from one to the next: 5 minutes, more where the budget is short. */
  get intervalMs(): number {
    return this.#intervalMs
  }

  start(now: Instant): void {
    this.#roundAt = now + randomBelow(this.#parts.random, CHECK_INTERVAL_MS)
    this.#sweepAt = now + SWEEP_DELAY_MS
    this.#crossAt = now + MINUTE_MS
  }

  stop(): void {
    this.#queue.length = 0
    this.#roundAt = undefined
    this.#earlyAt = undefined
    this.#sweepAt = undefined
    this.#crossAt = undefined
  }

  noteNeighbours(now: Instant): void {
    this.#wellUntil.clear()
    this.#spareIntervalMs = SPARE_INTERVAL_MS_MIN
    this.#sweepSoon(now + SWEEP_DELAY_MS)
  }

  /** A deposit was taken, or the disk lost something. */
  noteStored(now: Instant): void {
    this.#compareSoon(now + CHANGE_DELAY_MS)
    this.#sweepSoon(now + CHANGE_DELAY_MS)
    this.#crossAt = Math.min(this.#crossAt ?? now, now + CHANGE_DELAY_MS)
  }

  noteBuried(now: Instant): void {
    this.#compareSoon(now + DELETION_DELAY_MS)
  }

  /**
   * A node near this range compares it with us, as it does once it has pulled it: what lies here and no ring needs any
   * more may go at once, if the others prove theirs.
   */
  noteCompared(ring: number, range: PlaceRange, now: Instant): void {
    const { node, view, budget } = this.#parts
    if (this.#roundAt === undefined || !budget.isOpen(now)) return
    const entries = node.vault.entriesIn(ring, range.from, range.to, SWEPT_AT_ONCE, now)
    const spare = entries.filter((entry) => !view.isNeeded(entry))
    this.#lookOver(spare.slice(0, SPARES_AT_ONCE), now)
  }

  /** A mate of this ring is gone: what we own of it now is looked for in the other rings. */
  hurry(ring: number, now: Instant): void {
    this.#crossRings.hurry(this.#owned(ring, now), ring, now)
    this.#crossAt = Math.min(this.#crossAt ?? now, now + SECOND_MS)
  }

  nextTimeout(): Wake | undefined {
    if (this.#roundAt === undefined) return undefined
    const { budget } = this.#parts
    const soonest = Math.min(
      this.#roundAt,
      this.#earlyAt ?? Infinity,
      this.#sweepAt ?? Infinity,
      this.#crossAt ?? Infinity,
    )
    const isIdle = this.#queue.length === 0 || this.#underWay > 0
    const queueAt = isIdle ? Number.POSITIVE_INFINITY : budget.opensAt(this.#queuedAt)
    return { at: Math.min(soonest, queueAt), why: 'upkeep: compare ranges' }
  }

  #queuedAt: Instant = 0

  handleTimeout(now: Instant): void {
    if (this.#roundAt === undefined) return
    this.#queuedAt = now
    if (now >= this.#roundAt) this.#beginRound(now)
    if (this.#earlyAt !== undefined && now >= this.#earlyAt) {
      this.#earlyAt = undefined
      this.#fill()
    }
    this.#runQueue(now)
    if (this.#sweepAt !== undefined && now >= this.#sweepAt) this.#sweep(now)
    if (this.#crossAt !== undefined && now >= this.#crossAt) this.#visitOthers(now)
  }

  #beginRound(now: Instant): void {
    const { random } = this.#parts
    this.#roundAt = now + CHECK_INTERVAL_MS - randomBelow(random, CHECK_INTERVAL_MS / 10)
    // What the budget left over from the last round comes first; this one waits.
    if (this.#queue.length > 0) return
    const sinceMs = now - (this.#roundBeganAt ?? now - CHECK_INTERVAL_MS)
    this.#intervalMs = Math.max(CHECK_INTERVAL_MS, sinceMs)
    this.#roundBeganAt = now
    this.#fill()
  }

  /** Our own range with the second, and the range of which we are the second with its owner. */
  #fill(): void {
    const { rings } = this.#parts
    for (let ring = 0; ring < rings.ringCount; ring += 1) {
      const own = rings.ownerRange(ring)
      const second = rings.replicaRange(ring, 2)
      const [successor] = rings.successors(ring)
      const [predecessor] = rings.predecessors(ring)
      if (!own) continue
      if (successor) this.#add({ ring, range: own, peer: successor })
      const isWider = second && second.from !== own.from && own.from !== own.to
      if (isWider && predecessor) this.#add({ ring, range: { from: second.from, to: own.from }, peer: predecessor })
    }
  }

  #add(compared: Compared): void {
    const isQueued = this.#queue.some(
      ({ ring, range, peer }) =>
        ring === compared.ring && range.to === compared.range.to && peer.key.equals(compared.peer.key),
    )
    if (!isQueued) this.#queue.push(compared)
  }

  #runQueue(now: Instant): void {
    while (this.#underWay === 0 && this.#parts.budget.isOpen(now)) {
      const next = this.#queue.shift()
      if (!next) return
      this.#underWay += 1
      this.#sync.compare({ ...next, why: 'compared', isNew: false }, now, ({ peerLacks }, at) => {
        this.#underWay -= 1
        for (const entry of peerLacks) this.#repair.suspect(entry, next.ring, at)
        this.#runQueue(at)
      })
    }
  }

  #compareSoon(at: Instant): void {
    this.#earlyAt = Math.min(this.#earlyAt ?? Number.POSITIVE_INFINITY, at)
  }

  #sweepSoon(at: Instant): void {
    this.#sweepAt = Math.min(this.#sweepAt ?? Number.POSITIVE_INFINITY, at)
  }

  /** Looks over some of all records: those that no digest of two covers. */
  #sweep(now: Instant): void {
    const { node, budget, view } = this.#parts
    if (!budget.isOpen(now)) {
      this.#sweepAt = budget.opensAt(now)
      return
    }
    const { entries, next } = pageAfter(node.vault, this.#sweepFrom, SWEPT_AT_ONCE, now)
    this.#sweepFrom = next ?? CIRCLE_START
    this.#sweepAt = now + (next === undefined ? SWEEP_INTERVAL_MS : SWEEP_PAUSE_MS)
    this.#lookOver(entries, now)
    if (entries.some((entry) => entry.kind === 'record' && !view.isNeeded(entry))) {
      this.#sweepSoon(now + this.#spareIntervalMs)
      this.#spareIntervalMs = Math.min(2 * this.#spareIntervalMs, CHECK_INTERVAL_MS)
    }
  }

  #lookOver(entries: readonly VaultEntry[], now: Instant): void {
    const groups = new Map<string, Group>()
    const strays: VaultEntry[] = []
    for (const entry of entries) {
      if (entry.kind !== 'record') continue
      const rings = this.#ringsToExamine(entry)
      if (rings === 'outOfSight') strays.push(entry)
      else for (const ring of rings) this.#group(groups, entry, ring, now)
    }
    for (const stray of strays.slice(0, STRAYS_AT_ONCE)) this.#repair.bringHome(stray, now)
    for (const { ring, members, entries: grouped } of groups.values()) {
      for (let start = 0; start < grouped.length; start += SLOTS_PER_CHECK_MAX) {
        this.#repair.examine(ring, grouped.slice(start, start + SLOTS_PER_CHECK_MAX), members, now)
      }
    }
  }

  /** Rings in which a record is here without being first or second for itself, or stands in, or has a third. */
  #ringsToExamine(entry: VaultEntry): readonly number[] | 'outOfSight' {
    const { view } = this.#parts
    const all = Array.from({ length: view.ringCount }, (_, ring) => ring)
    const needed = all.filter((ring) => view.isNeededIn(entry, ring))
    if (needed.length === 0) {
      const inSight = all.filter((ring) => view.rank(entry, ring) !== undefined)
      return inSight.length > 0 ? inSight : 'outOfSight'
    }
    // A ring of lower number may count on the copy here in place of one of its first: then it is not ours to count.
    const isBetween = (ring: number) =>
      ring < (needed.at(-1) ?? 0) && (view.rank(entry, ring) ?? LIVE_RANKS) < LIVE_RANKS
    const stoodIn = all.filter((ring) => !needed.includes(ring) && isBetween(ring))
    const looked = needed.filter(
      (ring, index) => index > 0 || (entry.copiesPerRing > 2 && view.rank(entry, ring) === 0),
    )
    return [...stoodIn, ...looked]
  }

  #group(groups: Map<string, Group>, entry: VaultEntry, ring: number, now: Instant): void {
    const wellName = `${toHex(entry.recordId)} ${ring}`
    const { view } = this.#parts
    const known = this.#wellUntil.get(wellName)
    const isNeeded = view.isNeeded(entry)
    // What was needed a moment ago and no longer is waits for nothing.
    if (known && known.at > now && known.isNeeded === isNeeded) return
    this.#wellUntil.set(wellName, { at: now + (isNeeded ? WELL_FOR_MS : SPARE_PAUSE_MS), isNeeded })
    const members = view.others(ring, entry.places[ring] ?? 0)
    const name = `${ring} ${members.map(({ contact }) => contact.key.hex).join(' ')}`
    const group = groups.get(name) ?? { ring, members, entries: [] }
    group.entries.push(entry)
    groups.set(name, group)
  }

  #visitOthers(now: Instant): void {
    const { rings } = this.#parts
    let nextAt = now + HOUR_MS
    let count = 0
    for (let ring = 0; ring < rings.ringCount; ring += 1) {
      const owned = this.#owned(ring, now)
      count += owned.length
      nextAt = Math.min(nextAt, this.#crossRings.visit(ring, owned, now))
    }
    // Going through a large vault takes time: the larger, the more seldom.
    this.#crossAt = Math.max(nextAt, now + CROSS_PAUSE_MS + count * CROSS_PAUSE_MS_PER_RECORD)
  }

  /** Records of our own range, for which this ring is the first in which we are an owner. */
  #owned(ring: number, now: Instant): VaultEntry[] {
    const { rings, node, view } = this.#parts
    const own = rings.ownerRange(ring)
    if (!own) return []
    const isOwnerBefore = (entry: VaultEntry) =>
      Array.from({ length: ring }, (_, other) => other).some((other) => view.rank(entry, other) === 0)
    const entries = node.vault.entriesIn(ring, own.from, own.to, Number.MAX_SAFE_INTEGER, now)
    return entries.filter(
      (entry) => entry.kind === 'record' && isInRange(own, entry.places[ring] ?? 0) && !isOwnerBefore(entry),
    )
  }
}
