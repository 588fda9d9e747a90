import { equalBytes, toHex } from '../base/bytes.ts'
import { ExpiringMap } from '../base/expiring-map.ts'
import { randomBelow } from '../base/random.ts'
import { HOUR_MS, type Instant, MINUTE_MS } from '../base/time.ts'
import type { Contact } from '../ring/contact.ts'
import { encode } from '../wire/codec.ts'
import { STORAGE_KIND, transferReady } from '../wire/storage-packets.ts'
import type { RecordHeader } from '../wire/storage-record.ts'
import { type Copy, copyBody, copyRequest, HELD_KIND, ID_START_BYTES, UPKEEP_KIND } from '../wire/upkeep-packets.ts'
import type { Reply } from './asks.ts'
import { areProofsOf, CrossCheck, type CrossVerdict, type Questioned } from './cross-check.ts'
import { paidState } from './payments.ts'
import { Probation } from './probation.ts'
import type { SlotContent } from './range-digest.ts'
import { CREATED_SKEW_MS_MAX, recordIdOf } from './record.ts'
import { SMALL_NETWORK } from './replica-view.ts'
import { isRefusal, type RefusalReason } from './refusal.ts'
import { slotTagOf } from './slot-tag.ts'
import { tryDecode } from './try-decode.ts'
import type { UpkeepParts } from './upkeep-parts.ts'
import type { PutOutcome } from './vault.ts'

/** Of what a proven bringer gives with a whole range one in so many is checked with holders in other rings. */
const CROSS_CHECKED_ONE_IN = 8
const WANTED_MAX = 4_096
/** Of these: a notice of leaving costs its sender next to nothing. */
const WANTED_OF_LEAVING_MAX = WANTED_MAX / 2
const UNDER_WAY_MAX = 8
const UNWANTED_FOR_MS = HOUR_MS
const UNWANTED_MAX = 16_384
/** A deposit at all of its holders takes so long at most: until then others may rightly not have it. */
const YOUNG_MS = CREATED_SKEW_MS_MAX + 30 * MINUTE_MS

/** An honest node never offers what has one of these wrong with it. */
const BLAMED: ReadonlySet<RefusalReason> = new Set([
  'malformed',
  'effortTooLow',
  'formulaUnknown',
  'bodyHashWrong',
  'signatureWrong',
  'proofWrong',
])

/**
 * `gained`: its range became ours; `leaving`: its holder goes; `compared`: another holder of a range has it and we have
 * not, or has a newer state; `offer`: somebody thinks that we should have it.
 */
type Why = 'gained' | 'leaving' | 'compared' | 'offer'

export interface Wanted {
  readonly ring: number
  readonly place: number
  readonly tag: Uint8Array
  readonly source: Contact
  readonly why: Why
  /** Not started after: its source will be gone. */
  readonly until?: Instant
  /** Of an offer: the header says where else to ask, before anything is pulled. */
  readonly questioned?: Questioned & { readonly createdAt: Instant }
}

export type PullHandler = (isHeld: boolean, now: Instant) => void

interface Pull extends Wanted {
  readonly handlers: PullHandler[]
}

/**
 * Takes copies over from other holders: few at a time, each checked as an issuer would, some with holders elsewhere.
 * Nothing comes in that was not asked for here.
 *
 * source  offline-messaging.md section 3 "Copies are offered, never pushed"
 */
export class Puller {
  readonly #parts: UpkeepParts
  readonly #crossCheck: CrossCheck
  readonly #probation: Probation
  readonly #pulls = new Map<string, Pull>()
  readonly #waiting: Pull[] = []
  /** What there was no room for: not asked for again for a while. */
  readonly #unwanted = new ExpiringMap<string, true>(UNWANTED_FOR_MS, UNWANTED_MAX, 'upkeep: want again')
  #underWay = 0
  #leavingCount = 0

  constructor(parts: UpkeepParts) {
    this.#parts = parts
    this.#crossCheck = new CrossCheck(parts)
    this.#probation = new Probation(parts, this.#crossCheck)
  }

  get count(): number {
    return this.#pulls.size
  }

  /** Remembers that there is no room for a slot. */
  setUnwanted(tag: Uint8Array, now: Instant): void {
    this.#unwanted.expire(now)
    this.#unwanted.set(toHex(tag), true, now)
  }

  isUnwanted(tag: Uint8Array, now: Instant): boolean {
    return this.#unwanted.has(toHex(tag), now)
  }

  /** Gets a copy. `then` hears whether the slot is held now as its source has it. */
  want(wanted: Wanted, now: Instant, then: PullHandler): void {
    const name = toHex(wanted.tag)
    const known = this.#pulls.get(name)
    if (known) {
      known.handlers.push(then)
      return
    }
    const isRefused = this.#parts.offerers.isRefused(wanted.source, now) || this.isUnwanted(wanted.tag, now)
    if (isRefused || !this.#hasRoom(wanted.why)) return then(false, now)
    const pull = { ...wanted, handlers: [then] }
    this.#pulls.set(name, pull)
    if (pull.why === 'leaving') this.#leavingCount += 1
    this.#waiting.push(pull)
    this.#startNext(now)
  }

  #startNext(now: Instant): void {
    while (this.#underWay < UNDER_WAY_MAX) {
      const pull = this.#waiting.shift()
      if (!pull) return
      if (pull.until !== undefined && now >= pull.until) {
        this.#tell(pull, false, now)
        continue
      }
      this.#underWay += 1
      this.#start(pull, now)
    }
  }

  #end(pull: Pull, isHeld: boolean, now: Instant): void {
    this.#underWay -= 1
    this.#tell(pull, isHeld, now)
    this.#startNext(now)
  }

  #tell({ tag, why, handlers }: Pull, isHeld: boolean, now: Instant): void {
    this.#pulls.delete(toHex(tag))
    if (why === 'leaving') this.#leavingCount -= 1
    for (const then of handlers) then(isHeld, now)
  }

  #hasRoom(why: Why): boolean {
    return this.#pulls.size < WANTED_MAX && (why !== 'leaving' || this.#leavingCount < WANTED_OF_LEAVING_MAX)
  }

  #start(pull: Pull, now: Instant): void {
    const { questioned, ring, source } = pull
    if (!questioned || !this.#isToBeCrossChecked(pull, questioned.createdAt, now)) {
      return this.#ask(pull, undefined, now)
    }
    this.#crossCheck.run(questioned, ring, source, now, (verdict, at) => {
      if (verdict.kind === 'held') return this.#ask(pull, verdict, at)
      if (this.#isLeftOpen(verdict, source, questioned.createdAt, at)) return this.#ask(pull, undefined, at)
      if (verdict.kind === 'failed') this.#doubt(pull, questioned.createdAt, at)
      this.#end(pull, false, at)
    })
  }

  /**
   * Only the records of a whole range are too many to ask for each elsewhere, and there the first of each bringer are.
   * Single ones are what junk comes as: its date is its maker's to choose, so that an old one is no better than a young.
   */
  #isToBeCrossChecked({ why, source }: Pull, createdAt: Instant, now: Instant): boolean {
    const { random, offerers, rings } = this.#parts
    const isDrawn = randomBelow(random, CROSS_CHECKED_ONE_IN) === 0
    if (isDrawn || offerers.isWatched(source, now) || (why === 'offer' && offerers.isNew(source, now))) return true
    // Where nodes are few any copy may be the last.
    if (rings.knownMemberCount < SMALL_NETWORK) return false
    const isSingle = why === 'offer' || why === 'compared'
    return isSingle || isYoung(createdAt, now) || !offerers.isProven(source)
  }

  /** Nobody could be asked about what should be everywhere by now, and its bringer gave no reason for doubt. */
  #isLeftOpen({ kind }: CrossVerdict, source: Contact, createdAt: Instant, now: Instant): boolean {
    return kind === 'unknown' && !isYoung(createdAt, now) && !this.#parts.offerers.isWatched(source, now)
  }

  #ask(pull: Pull, verdict: Extract<CrossVerdict, { kind: 'held' }> | undefined, now: Instant): void {
    const { ring, place, tag, source } = pull
    const body = encode(copyRequest, { ring, place, tag, padding: new Uint8Array(32) })
    this.#parts.asks.ask(source, UPKEEP_KIND.copyRequest, body, now, (reply, at) =>
      this.#take(pull, verdict, reply, at),
    )
  }

  #take(
    pull: Pull,
    verdict: Extract<CrossVerdict, { kind: 'held' }> | undefined,
    reply: Reply | undefined,
    now: Instant,
  ): void {
    if (reply?.kind === UPKEEP_KIND.copy) return this.#check(pull, verdict, tryDecode(copyBody, reply.body), now)
    const ready = reply?.kind === STORAGE_KIND.transferReady ? tryDecode(transferReady, reply.body) : undefined
    if (!ready) return this.#end(pull, false, now)
    this.#parts.asks.receive(pull.source, ready, now, (bytes, at) =>
      this.#check(pull, verdict, bytes && tryDecode(copyBody, bytes), at),
    )
  }

  #check(
    pull: Pull,
    verdict: Extract<CrossVerdict, { kind: 'held' }> | undefined,
    copy: Copy | undefined,
    now: Instant,
  ): void {
    if (!copy || copy.kind === 'none') return this.#end(pull, false, now)
    const header = headerOf(copy)
    const places = header && this.#parts.rings.mailboxPlaces(header.mailbox)
    if (
      !header ||
      !equalBytes(slotTagOf(header.mailbox, header.slot), pull.tag) ||
      places?.[pull.ring] !== pull.place
    ) {
      this.#blame(pull.source, 'not what was asked for', now)
      return this.#end(pull, false, now)
    }
    if (verdict && !areProofsOf(verdict.proofs, copy, this.#parts.rings.selfKey)) {
      this.#blame(pull.source, 'not what others have', now)
      return this.#end(pull, false, now)
    }
    if (verdict) return this.#keepProved(pull, copy, now)
    if (copy.kind !== 'record') return this.#keep(pull, copy, now)
    if (pull.questioned || !this.#isToBeCrossChecked(pull, header.createdAt, now)) {
      return this.#keepUnproved(pull, copy, now)
    }
    this.#checkElsewhere(pull, copy, header, places, now)
  }

  #checkElsewhere(pull: Pull, copy: SlotContent, header: RecordHeader, places: readonly number[], now: Instant): void {
    this.#crossCheck.run(questionedOf(copy, header, pull.tag, places), pull.ring, pull.source, now, (verdict, at) => {
      const isSame = 'proofs' in verdict && areProofsOf(verdict.proofs, copy, this.#parts.rings.selfKey)
      if (isSame && verdict.kind === 'held') return this.#keepProved(pull, copy, at)
      if (this.#isLeftOpen(verdict, pull.source, header.createdAt, at)) return this.#keepUnproved(pull, copy, at)
      // A ring may have lost what is good; of whoever brought junk nothing is believed that is not in both.
      if (isSame && !this.#parts.offerers.isWatched(pull.source, at)) return this.#keepUnproved(pull, copy, at)
      if (verdict.kind === 'failed') this.#doubt(pull, header.createdAt, at)
      this.#end(pull, false, at)
    })
  }

  #keepProved(pull: Pull, copy: SlotContent, now: Instant): void {
    this.#parts.offerers.noteProof(pull.source)
    this.#keep(pull, copy, now)
  }

  #keepUnproved(pull: Pull, copy: SlotContent, now: Instant): void {
    const header = headerOf(copy)
    const { tag, ring, source } = pull
    if (header) this.#probation.note({ tag, mailbox: header.mailbox, slot: header.slot, ring, source }, now)
    this.#keep(pull, copy, now)
  }

  #keep(pull: Pull, copy: SlotContent, now: Instant): void {
    const { node, counters } = this.#parts
    const outcome: PutOutcome =
      copy.kind === 'record'
        ? node.takeCopy(copy.record, pull.source.address, now)
        : node.takeTombstone(copy.tombstone, now)
    if (isRefusal(outcome)) this.#noteRefusal(pull, outcome.reason, now)
    else counters.add('upkeep: copies taken')
    this.#end(pull, !isRefusal(outcome), now)
  }

  #noteRefusal(pull: Pull, reason: RefusalReason, now: Instant): void {
    this.#parts.counters.add(`upkeep: copy refused: ${reason}`)
    if (BLAMED.has(reason)) this.#blame(pull.source, reason, now)
    else if (reason !== 'unknownRecord') this.setUnwanted(pull.tag, now)
  }

  /**
   * Nobody else has it: junk, unless it is so young that it is not everywhere yet. Who lists it where its place is may
   * have it from a depositor who went no further, and is watched; who offers it should have looked.
   */
  #doubt({ source, why, tag }: Pull, createdAt: Instant, now: Instant): void {
    const { offerers, counters, exchange } = this.#parts
    counters.add('upkeep: junk declined')
    this.setUnwanted(tag, now)
    offerers.watch(source, now)
    this.#probation.lookAgain(source, now)
    if (why !== 'offer') return
    if (!isYoung(createdAt, now)) return this.#blame(source, 'nobody else has it', now)
    const isRefused = offerers.strike(source, exchange.hasAnswered(source, now), now)
    if (isRefused) counters.add('upkeep: offerer refused: nobody else has it')
  }

  #blame(source: Contact, why: string, now: Instant): void {
    const { offerers, counters, exchange } = this.#parts
    counters.add(`upkeep: offerer refused: ${why}`)
    offerers.refuse(source, exchange.hasAnswered(source, now), now)
  }
}

function isYoung(createdAt: Instant, now: Instant): boolean {
  return now - createdAt <= YOUNG_MS
}

export function headerOf(content: SlotContent): RecordHeader | undefined {
  if (content.kind === 'tombstone') return content.tombstone.signed.header
  return paidState(content.record.payments)?.signed.header
}

function questionedOf(
  content: SlotContent,
  header: RecordHeader,
  tag: Uint8Array,
  places: readonly number[],
): Questioned {
  const counter = content.kind === 'record' ? (paidState(content.record.payments)?.renewal?.counter ?? 0) : 0
  return { tag, places, idStart: recordIdOf(header).slice(0, ID_START_BYTES), kind: HELD_KIND.record, counter }
}
