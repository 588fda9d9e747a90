import { concat, toHex, utf8Encode } from '../base/bytes.ts'
import { type Instant, MINUTE_MS, SECOND_MS, type Wake } from '../base/time.ts'
import { isCurveKeyOf, isSignatureOf } from '../crypto/sign.ts'
import type { Contact } from '../ring/contact.ts'
import { decode, encode } from '../wire/codec.ts'
import {
  isWanted,
  leavingAnswer,
  type LeavingNotice,
  leavingNotice,
  leavingStatement,
  NAMED_SLOTS_MAX,
  type NamedSlot,
  UPKEEP_KIND,
  wantedBitmap,
} from '../wire/upkeep-packets.ts'
import type { OfferDesk } from './offer.ts'
import type { Puller } from './puller.ts'
import { slotTagOf } from './slot-tag.ts'
import { tryDecode } from './try-decode.ts'
import type { UpkeepParts } from './upkeep-parts.ts'
import type { VaultEntry } from './vault.ts'

/** Leaving takes at most so long. */
export const LEAVE_MS_MAX = 10 * SECOND_MS
/** A copy that went out may be lost, and is asked for again: so long it is still here. */
const GIVEN_AGAIN_MS = 2 * SECOND_MS
/** A notice is good about the time it was signed. */
const CLOCK_MS_MAX = 10 * MINUTE_MS
const LABEL = concat(utf8Encode('ampoule leaving 1'), Uint8Array.of(0))

interface Receiver {
  readonly contact: Contact
  readonly ring: number
  readonly slots: NamedSlot[]
}

/**
 * Going without loss: says which records are to be kept by whom from now on, and stays until they were fetched or time
 * is up. On the other side: fetches what a leaving node names and what becomes ours without it.
 *
 * source  offline-messaging.md section 3 "Leaving"
 */
export class Leaving {
  readonly #parts: UpkeepParts
  readonly #puller: Puller
  readonly #offers: OfferDesk
  /** What receivers said they would fetch, and have not yet: key and tag. */
  readonly #owed = new Set<string>()
  readonly #given = new Set<string>()
  #unanswered = 0
  #givenAt: Instant = 0
  #endsAt: Instant | undefined
  #hasLeft = false
  #departureCount = 0

  constructor(parts: UpkeepParts, puller: Puller, offers: OfferDesk) {
    this.#parts = parts
    this.#puller = puller
    this.#offers = offers
  }

  /** True once, when everything was fetched or the time is over. A node that came back may leave again. */
  takeHasLeft(): boolean {
    if (!this.#hasLeft) return false
    this.#hasLeft = false
    this.#endsAt = undefined
    return true
  }

  handleTimeout(now: Instant): void {
    if (this.#endsAt !== undefined && now >= Math.min(this.#endsAt, this.#doneAt())) this.#hasLeft = true
  }

  /** isMissed: whether fewer copies than wanted are known of a record; those go first. */
  leave(timeMs: number, isMissed: (entry: VaultEntry) => boolean, now: Instant): void {
    if (this.#endsAt !== undefined) return
    this.#departureCount += 1
    this.#owed.clear()
    this.#given.clear()
    this.#unanswered = 0
    this.#givenAt = now - GIVEN_AGAIN_MS
    this.#endsAt = now + Math.min(timeMs, LEAVE_MS_MAX)
    for (const receiver of this.#receivers(isMissed, now)) {
      for (let start = 0; start < receiver.slots.length; start += NAMED_SLOTS_MAX) {
        this.#notify(receiver, receiver.slots.slice(start, start + NAMED_SLOTS_MAX), now)
      }
    }
  }

  nextTimeout(): Wake | undefined {
    return this.#endsAt === undefined || this.#hasLeft
      ? undefined
      : { at: Math.min(this.#endsAt, this.#doneAt()), why: 'upkeep: leave' }
  }

  /** A copy went out, whole. */
  noteGiven(to: Contact, tag: Uint8Array, now: Instant): void {
    if (this.#endsAt === undefined) return
    const name = owedName(to, tag)
    this.#given.add(name)
    this.#owed.delete(name)
    this.#givenAt = now
  }

  #doneAt(): Instant {
    const isOpen = this.#unanswered > 0 || this.#owed.size > 0
    return isOpen ? Number.POSITIVE_INFINITY : this.#givenAt + GIVEN_AGAIN_MS
  }

  /** Somebody leaves. Returns the body of the answer; undefined: not a word of its own. Throws DecodeError. */
  handleNotice(body: Uint8Array, from: Contact, now: Instant): Uint8Array | undefined {
    const notice = decode(leavingNotice, body)
    const { ring, slots } = notice.statement
    if (ring >= this.#parts.rings.ringCount || !isAuthentic(notice, from, now)) return undefined
    const indices = slots.flatMap((slot, index) => (this.#isOurs(slot, ring, from, now) ? [index] : []))
    for (const index of indices) {
      const slot = slots[index]
      if (!slot) continue
      const wanted = { ring, place: slot.place, tag: slot.tag.slice(), source: from, why: 'leaving' as const }
      this.#puller.want({ ...wanted, until: now + LEAVE_MS_MAX }, now, () => {})
    }
    return encode(leavingAnswer, { wanted: wantedBitmap(indices) })
  }

  /** Whether a slot is ours to keep once `leaver` is gone, and not here yet. */
  #isOurs({ place, tag }: NamedSlot, ring: number, leaver: Contact, now: Instant): boolean {
    const { rings, node, view, offerers } = this.#parts
    const rank = rings.rank(ring, place)
    if (rank === undefined || offerers.isRefused(leaver, now) || this.#puller.isUnwanted(tag, now)) return false
    const isBeforeUs = view.others(ring, place).findIndex(({ contact }) => contact.key.equals(leaver.key))
    const rankThen = isBeforeUs >= 0 && isBeforeUs < rank ? rank - 1 : rank
    return rankThen < 3 && node.vault.findTagged(ring, place, tag, now) === undefined
  }

  /** Per ring, the node that becomes one of the first when we are gone, with what it should fetch. */
  #receivers(isMissed: (entry: VaultEntry) => boolean, now: Instant): Receiver[] {
    const { node, view } = this.#parts
    const receivers = new Map<string, Receiver>()
    const entries = node.vault
      .entriesIn(0, 0, 0, Number.MAX_SAFE_INTEGER, now)
      .filter(({ kind }) => kind === 'record')
      .map((entry) => ({ entry, isMissed: isMissed(entry) }))
      .sort((left, right) => Number(right.isMissed) - Number(left.isMissed))
    for (const { entry, isMissed: isRare } of entries) {
      for (let ring = 0; ring < view.ringCount; ring += 1) {
        if (!view.isNeededIn(entry, ring)) continue
        const place = entry.places[ring] ?? 0
        // Of a rare record all are told that should have it then: any of them may lack it.
        const others = view.others(ring, place).slice(0, entry.copiesPerRing)
        const told = isRare ? others : others.slice(-1)
        for (const { contact } of told) addSlot(receivers, contact, ring, entry)
      }
    }
    return [...receivers.values()]
  }

  #notify({ contact, ring }: Receiver, slots: readonly NamedSlot[], now: Instant): void {
    const { signingKey, asks } = this.#parts
    const createdAt = Math.floor(now / SECOND_MS) * SECOND_MS
    const statement = { issuer: signingKey.verifyKey, createdAt, ring, slots }
    const signature = signingKey.sign(concat(LABEL, encode(leavingStatement, statement)))
    this.#unanswered += 1
    for (const { tag } of slots) this.#offers.noteOffered(contact, tag, now)
    const body = encode(leavingNotice, { statement, signature })
    const departure = this.#departureCount
    asks.ask(contact, UPKEEP_KIND.leavingNotice, body, now, (reply) => {
      if (departure !== this.#departureCount) return
      this.#unanswered -= 1
      const answer = reply?.kind === UPKEEP_KIND.leavingAnswer ? tryDecode(leavingAnswer, reply.body) : undefined
      if (!answer) return
      slots.forEach(({ tag }, index) => {
        const name = owedName(contact, tag)
        // A request for a copy may overtake the answer that announces it.
        if (isWanted(answer.wanted, index) && !this.#given.has(name)) this.#owed.add(name)
      })
    })
  }
}

function isAuthentic({ statement, signature }: LeavingNotice, from: Contact, now: Instant): boolean {
  const { issuer, createdAt } = statement
  if (Math.abs(now - createdAt) > CLOCK_MS_MAX || !isCurveKeyOf(issuer, from.key)) return false
  return isSignatureOf(issuer, concat(LABEL, encode(leavingStatement, statement)), signature)
}

function addSlot(receivers: Map<string, Receiver>, contact: Contact, ring: number, entry: VaultEntry): void {
  const name = `${contact.key.hex} ${ring}`
  const receiver = receivers.get(name) ?? { contact, ring, slots: [] }
  receiver.slots.push({ place: entry.places[ring] ?? 0, tag: slotTagOf(entry.mailbox, entry.slot) })
  receivers.set(name, receiver)
}

function owedName({ key }: Contact, tag: Uint8Array): string {
  return `${key.hex} ${toHex(tag)}`
}
