import { equalBytes, toHex } from '../base/bytes.ts'
import { LruMap } from '../base/lru-map.ts'
import { randomBelow } from '../base/random.ts'
import { HOUR_MS, type Instant, MINUTE_MS } from '../base/time.ts'
import { type Contact, contactId } from '../ring/contact.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { SLOT_STANDING, SLOTS_PER_CHECK_MAX } from '../wire/upkeep-packets.ts'
import { type Finding, type HolderSurvey, isHeldBy, type Survey } from './holder-survey.ts'
import type { OfferDesk } from './offer.ts'
import { LIVE_RANKS, repairTurn } from './replica-view.ts'
import type { UpkeepParts } from './upkeep-parts.ts'
import type { VaultEntry } from './vault.ts'

/** One other ring per record in so long. */
export const CROSS_INTERVAL_MS = 4 * HOUR_MS
/** Soon after our own ring lost a copy; spread, so that not all holders ask at once. */
const URGENT_SPREAD_MS = 20_000
const SECOND_CHECK_MS = MINUTE_MS
const RECORDS_MAX = 65_536

interface Watched {
  dueAt: Instant
  /** Of which we are an owner. */
  readonly own: number
  /** The other ring that is looked at next. */
  ring: number
  /** A holder in each other ring, once one proved its copy. */
  readonly holders: (Contact | undefined)[]
  /** How often the next ring was found without a copy. */
  missCount: number
  isUnderWay: boolean
}

/**
 * The owner's eye on the other rings: of each record one other ring every 4 hours, at the holder that it remembers;
 * only after silence a lookup. A ring that lost the record is offered it again; one that has it in another state gets the
 * newer one, or gives it.
 *
 * source  offline-messaging.md section 3 "Checks"
 */
export class CrossRings {
  readonly #parts: UpkeepParts
  readonly #survey: HolderSurvey
  readonly #offers: OfferDesk
  readonly #watched = new LruMap<string, Watched>(RECORDS_MAX)

  constructor(parts: UpkeepParts, survey: HolderSurvey, offers: OfferDesk) {
    this.#parts = parts
    this.#survey = survey
    this.#offers = offers
  }

  /** Looks after records that we own in `ring`. Returns when the first of them is due again. */
  visit(ring: number, entries: readonly VaultEntry[], now: Instant): Instant {
    let nextAt = now + CROSS_INTERVAL_MS
    const byHolder = new Map<string, { holder: Contact; other: number; due: VaultEntry[] }>()
    for (const entry of entries) {
      const watched = this.#watch(entry, ring, now)
      if (watched.isUnderWay || watched.dueAt > now) {
        nextAt = Math.min(nextAt, watched.isUnderWay ? nextAt : watched.dueAt)
        continue
      }
      if (!this.#parts.budget.isOpen(now)) return now
      watched.isUnderWay = true
      const holder = watched.holders[watched.ring]
      if (!holder) this.#lookUp(entry, watched, now)
      else {
        const name = `${contactId(holder)} ${watched.ring}`
        const group = byHolder.get(name) ?? { holder, other: watched.ring, due: [] }
        group.due.push(entry)
        byHolder.set(name, group)
      }
    }
    for (const { holder, other, due } of byHolder.values()) this.#askHolder(holder, other, due, now)
    return nextAt
  }

  /** A copy in our own ring is lost: the other rings are looked at at once. */
  hurry(entries: readonly VaultEntry[], ring: number, now: Instant): void {
    for (const entry of entries) {
      const watched = this.#watch(entry, ring, now)
      watched.dueAt = Math.min(watched.dueAt, now + randomBelow(this.#parts.random, URGENT_SPREAD_MS))
    }
  }

  #watch(entry: VaultEntry, ring: number, now: Instant): Watched {
    const name = toHex(entry.recordId)
    const known = this.#watched.get(name)
    if (known) return known
    const { random, view } = this.#parts
    const watched: Watched = {
      dueAt: now + randomBelow(random, CROSS_INTERVAL_MS),
      own: ring,
      ring: (ring + 1 + randomBelow(random, Math.max(1, view.ringCount - 1))) % view.ringCount,
      holders: [],
      missCount: 0,
      isUnderWay: false,
    }
    this.#watched.set(name, watched)
    return watched
  }

  #askHolder(holder: Contact, ring: number, entries: readonly VaultEntry[], now: Instant): void {
    for (let start = 0; start < entries.length; start += SLOTS_PER_CHECK_MAX) {
      const asked = entries.slice(start, start + SLOTS_PER_CHECK_MAX)
      this.#survey.check(ring, asked, holder, now, (findings, at) => {
        asked.forEach((entry, index) => this.#noteFinding(entry, ring, findings[index] ?? 'silent', at))
      })
    }
  }

  #noteFinding(entry: VaultEntry, ring: number, finding: Finding, now: Instant): void {
    const watched = this.#watched.get(toHex(entry.recordId))
    if (!watched) return
    if (finding === SLOT_STANDING.held) return this.#done(watched, now)
    watched.holders[ring] = undefined
    this.#lookUp(entry, watched, now)
  }

  #done(watched: Watched, now: Instant): void {
    const { ringCount } = this.#parts.view
    const next = (watched.ring + 1) % ringCount
    watched.missCount = 0
    watched.isUnderWay = false
    watched.dueAt = now + CROSS_INTERVAL_MS
    // Our own ring compares itself; its turn would make the others wait four hours more.
    watched.ring = next === watched.own ? (next + 1) % ringCount : next
  }

  #lookUp(entry: VaultEntry, watched: Watched, now: Instant): void {
    const { asks } = this.#parts
    const { ring } = watched
    asks.find(ring, entry.places[ring] ?? 0, now, (members, at) => {
      const first = members?.slice(0, LIVE_RANKS)
      // We hold it ourselves, in that ring too; its own upkeep does the rest there.
      if (first?.slice(0, entry.copiesPerRing).some(({ isSelf }) => isSelf)) return this.#done(watched, at)
      const others = first?.filter(({ isSelf }) => !isSelf) ?? []
      if (others.length === 0) return this.#again(watched, at)
      this.#survey.run(ring, [entry], others, at, ([survey], then) => {
        if (survey) this.#conclude(watched, survey, then)
      })
    })
  }

  #conclude(watched: Watched, survey: Survey, now: Instant): void {
    // A copy that counts for another ring is none of this one, unless everybody here has one of those.
    const holder = survey.found.find(({ finding }) => finding === SLOT_STANDING.held)
    if (holder || survey.found.every(isHeldBy)) {
      watched.holders[watched.ring] = holder?.member.contact
      return this.#done(watched, now)
    }
    // An offer may have brought to light what became of ours: then there is nothing to look after here.
    if (!this.#isHeldStill(survey.entry, now)) return this.#done(watched, now)
    const others = survey.found.filter(({ finding }) => finding === SLOT_STANDING.differs)
    for (const { member } of others) this.#offer(survey.entry, watched.ring, member, now)
    // All have it, older or newer, or know that it is gone: the offer brings both sides to one state. One alone may lie.
    if (others.length === survey.found.length) return this.#done(watched, now)
    const isSilent = survey.found.every(({ finding }) => finding === 'silent')
    if (!isSilent) watched.missCount += 1
    const turn = this.#turn(watched, survey)
    if (watched.missCount >= 2 + turn) this.#repair(watched, survey, now)
    this.#again(watched, now)
  }

  /** Holders that we know of elsewhere may come first. */
  #turn(watched: Watched, { entry }: Survey): number {
    const known = watched.holders.flatMap((holder) => (holder ? [holder.key] : []))
    return repairTurn(entry.recordId, this.#parts.rings.selfKey, known)
  }

  #repair(watched: Watched, survey: Survey, now: Instant): void {
    const { entry } = survey
    this.#parts.counters.add('upkeep: rings that lost a record')
    const isLacking = ({ finding }: Survey['found'][number]) =>
      finding === SLOT_STANDING.notHeld || finding === 'failed'
    const lacking = survey.found.filter(isLacking).map(({ member }) => member)
    for (const member of lacking.slice(0, entry.copiesPerRing)) this.#offer(entry, watched.ring, member, now)
  }

  #offer(entry: VaultEntry, ring: number, member: FoundMember, now: Instant): void {
    const held = this.#parts.node.vault.entry(entry.mailbox, entry.slot, now)
    if (held?.kind === 'record') this.#offers.offer(member.contact, held, ring, now, () => {})
  }

  #isHeldStill({ mailbox, slot, recordId }: VaultEntry, now: Instant): boolean {
    const held = this.#parts.node.vault.entry(mailbox, slot, now)
    return held?.kind === 'record' && equalBytes(held.recordId, recordId)
  }

  #again(watched: Watched, now: Instant): void {
    watched.isUnderWay = false
    watched.dueAt = now + SECOND_CHECK_MS
  }
}
