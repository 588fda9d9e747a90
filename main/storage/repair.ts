import { toHex } from '../base/bytes.ts'
import { LruMap } from '../base/lru-map.ts'
import { type Instant, MINUTE_MS, type Wake } from '../base/time.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { OFFER_VERDICT, SLOT_STANDING } from '../wire/upkeep-packets.ts'
import { type Found, type HolderSurvey, holdersOf, type Survey } from './holder-survey.ts'
import type { OfferDesk } from './offer.ts'
import type { Puller } from './puller.ts'
import { LIVE_RANKS, repairTurn, SMALL_NETWORK } from './replica-view.ts'
import { slotTagOf } from './slot-tag.ts'
import type { UpkeepParts } from './upkeep-parts.ts'
import type { VaultEntry } from './vault.ts'

/** After a miss, and after each holder that should have repaired before us. */
export const SECOND_CHECK_MS = MINUTE_MS
/** No miss counts so soon after the nodes of a ring changed. */
export const CALM_MS = MINUTE_MS
const SUSPECTS_MAX = 8_192
const SUSPECTS_AT_ONCE = 256

interface Suspect {
  readonly entry: VaultEntry
  readonly ring: number
  /** Missed twice at this moment at the earliest: then it is our turn. */
  actAt: Instant
}

/**
 * Sees to it that a ring has its copies of a record, and no more of them than it needs: what is missing at a second
 * look is offered to the first of the first 4 nodes without it, by one holder after another; what we hold beyond the
 * ring's need is dropped once those before us proved theirs.
 *
 * source  offline-messaging.md section 3
 */
export class RepairDesk {
  readonly #parts: UpkeepParts
  readonly #offers: OfferDesk
  readonly #puller: Puller
  readonly #survey: HolderSurvey
  readonly #suspects = new Map<string, Suspect>()
  readonly #changedAt = new Map<number, Instant>()
  /** How many of our turns passed while others should have repaired. */
  readonly #waits = new LruMap<string, number>(SUSPECTS_MAX)
  /** Copies that this ring has no need of, as others proved; dropped once no ring needs them. */
  readonly #spareIn = new LruMap<string, ReadonlySet<number>>(SUSPECTS_MAX)
  #nextAt = Number.POSITIVE_INFINITY

  constructor(parts: UpkeepParts, offers: OfferDesk, puller: Puller, survey: HolderSurvey) {
    this.#parts = parts
    this.#offers = offers
    this.#puller = puller
    this.#survey = survey
  }

  get suspectCount(): number {
    return this.#suspects.size
  }

  /** Whether a ring seems to have lost a copy of this record. */
  isMissing(entry: VaultEntry): boolean {
    const { ringCount } = this.#parts.view
    return Array.from({ length: ringCount }, (_, ring) => ring).some((ring) => this.#suspects.has(nameOf(entry, ring)))
  }

  /** The nodes about us in a ring changed. */
  noteChange(ring: number, now: Instant): void {
    this.#changedAt.set(ring, now)
  }

  /** A copy seems to be missing in this ring: looked at again after a minute. */
  suspect(entry: VaultEntry, ring: number, now: Instant): void {
    const name = nameOf(entry, ring)
    if (this.#suspects.has(name) || this.#suspects.size >= SUSPECTS_MAX) return
    const calmAt = (this.#changedAt.get(ring) ?? Number.NEGATIVE_INFINITY) + CALM_MS
    const actAt = Math.max(now + SECOND_CHECK_MS, calmAt)
    this.#suspects.set(name, { entry, ring, actAt })
    this.#nextAt = Math.min(this.#nextAt, actAt)
  }

  /** Asks the other first nodes of these slots' places (all the same nodes), and acts on what they prove. */
  examine(
    ring: number,
    entries: readonly VaultEntry[],
    members: readonly FoundMember[],
    now: Instant,
    then: () => void = () => {},
  ): void {
    this.#survey.run(ring, entries, members, now, (surveys, at) => {
      for (const survey of surveys) this.#conclude(ring, survey, at)
      then()
    })
  }

  /** A record lies here though its place is out of our sight: whoever should have it is offered it, then it goes. */
  bringHome(entry: VaultEntry, now: Instant): void {
    const [ring, place] = [0, entry.places[0] ?? 0]
    this.#parts.asks.find(ring, place, now, (found, at) => {
      const members = (found ?? []).filter(({ isSelf }) => !isSelf).slice(0, entry.copiesPerRing)
      if (members.length === 0) return
      this.#survey.run(ring, [entry], members, at, ([survey], then) => {
        if (!survey) return
        this.#fetchNewer(ring, survey, then)
        const missing = lacking(survey)
        for (const { member } of missing) this.#offers.offer(member.contact, entry, ring, then, () => {})
        if (survey.found.every(({ finding }) => finding === SLOT_STANDING.held)) this.#drop(entry)
      })
    })
  }

  nextTimeout(): Wake | undefined {
    return this.#suspects.size === 0 ? undefined : { at: this.#nextAt, why: 'upkeep: second check' }
  }

  handleTimeout(now: Instant): void {
    if (now < this.#nextAt) return
    const due = [...this.#suspects.values()].filter(({ actAt }) => actAt <= now).slice(0, SUSPECTS_AT_ONCE)
    for (const suspect of due) this.#lookAgain(suspect, now)
    this.#arm(now)
  }

  #arm(now: Instant): void {
    let at = Number.POSITIVE_INFINITY
    for (const { actAt } of this.#suspects.values()) at = Math.min(at, actAt)
    this.#nextAt = Math.max(at, now + 1)
  }

  #lookAgain(suspect: Suspect, now: Instant): void {
    const { entry, ring } = suspect
    suspect.actAt = now + SECOND_CHECK_MS
    const held = this.#parts.node.vault.entry(entry.mailbox, entry.slot, now)
    const others = this.#parts.view.others(ring, entry.places[ring] ?? 0)
    if (!held || held.kind !== 'record' || others.length === 0) return this.#clear(suspect.entry, ring)
    this.#survey.run(ring, [held], others, now, ([survey], at) => {
      if (survey && this.#conclude(ring, survey, at) && this.#suspects.has(nameOf(entry, ring))) {
        this.#repair(suspect, survey, at)
      }
    })
  }

  /** Returns whether a copy is missing. */
  #conclude(ring: number, survey: Survey, now: Instant): boolean {
    const { view } = this.#parts
    const { entry, found } = survey
    this.#fetchNewer(ring, survey, now)
    const isOwnCounted = this.#isLive(entry, ring) && !view.isSharedIn(entry, ring)
    const others = found.filter(({ finding }) => finding === SLOT_STANDING.held)
    const isMissing = others.length + (isOwnCounted ? 1 : 0) < entry.copiesPerRing && lacking(survey).length > 0
    if (isMissing) this.suspect(entry, ring, now)
    else this.#clear(entry, ring)
    // Two that hold a copy without need would each go for the other's sake: only who comes before us counts.
    const before = this.#before(ring, survey).filter(({ finding }) => finding === SLOT_STANDING.held)
    const isSpare = before.length >= entry.copiesPerRing
    view.setStandIn(entry, ring, !isSpare && this.#isLive(entry, ring) && !view.isNeededIn(entry, ring))
    this.#noteSpare(ring, survey, isSpare)
    return isMissing
  }

  /** Those nearer to the place than we are. */
  #before(ring: number, { entry, found }: Survey): readonly Found[] {
    return found.slice(0, this.#parts.view.rank(entry, ring) ?? found.length)
  }

  #isLive(entry: VaultEntry, ring: number): boolean {
    return (this.#parts.view.rank(entry, ring) ?? LIVE_RANKS) < LIVE_RANKS
  }

  #fetchNewer(ring: number, { entry, found }: Survey, now: Instant): void {
    const tag = slotTagOf(entry.mailbox, entry.slot)
    const place = entry.places[ring] ?? 0
    for (const { member, finding } of found) {
      if (finding !== SLOT_STANDING.differs) continue
      // Ours may be the newer one: then it is offered, and whoever has the older pulls.
      this.#puller.want({ ring, place, tag, source: member.contact, why: 'compared' }, now, () => {})
      this.#offers.offer(member.contact, entry, ring, now, () => {})
    }
  }

  #noteSpare(ring: number, { entry }: Survey, isEnough: boolean): void {
    const { view } = this.#parts
    const name = toHex(entry.recordId)
    const spare = new Set(this.#spareIn.get(name))
    if (isEnough) spare.add(ring)
    else spare.delete(ring)
    this.#spareIn.set(name, spare)
    if (view.isNeeded(entry) || spare.size === 0 || this.#parts.rings.knownMemberCount < SMALL_NETWORK) return
    const rings = Array.from({ length: view.ringCount }, (_, index) => index)
    if (!rings.every((index) => spare.has(index) || !this.#isLive(entry, index))) return
    this.#spareIn.delete(name)
    this.#drop(entry)
  }

  #drop({ mailbox, slot }: VaultEntry): void {
    this.#parts.counters.add('upkeep: copies dropped')
    this.#parts.node.vault.drop(mailbox, slot)
  }

  #repair(suspect: Suspect, survey: Survey, now: Instant): void {
    const { entry, ring } = suspect
    const turn = repairTurn(entry.recordId, this.#parts.rings.selfKey, holdersOf(survey))
    if (this.#waited(suspect, turn)) this.#offerFirst(entry, ring, lacking(survey), now)
  }

  /** Each holder before us gets a minute. */
  #waited(suspect: Suspect, turn: number): boolean {
    const name = nameOf(suspect.entry, suspect.ring)
    const waits = this.#waits.get(name) ?? 0
    this.#waits.set(name, waits + 1)
    return waits >= turn
  }

  #offerFirst(entry: VaultEntry, ring: number, [first, ...rest]: readonly Found[], now: Instant): void {
    if (!first) return
    this.#offers.offer(first.member.contact, entry, ring, now, (verdict, at) => {
      const isUntrue = verdict === OFFER_VERDICT.held && first.finding === 'failed'
      if (verdict === undefined || verdict === OFFER_VERDICT.refused || isUntrue) {
        this.#offerFirst(entry, ring, rest, at)
      }
    })
  }

  #clear(entry: VaultEntry, ring: number): void {
    const name = nameOf(entry, ring)
    this.#suspects.delete(name)
    this.#waits.delete(name)
  }
}

/** Who answered and has nothing, or could not prove it. */
function lacking({ found }: Survey): Found[] {
  return found.filter(({ finding }) => finding === SLOT_STANDING.notHeld || finding === 'failed')
}

function nameOf({ mailbox, slot }: Pick<VaultEntry, 'mailbox' | 'slot'>, ring: number): string {
  return `${mailbox.hex} ${slot} ${ring}`
}
