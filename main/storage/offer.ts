import { toHex } from '../base/bytes.ts'
import { ExpiringMap } from '../base/expiring-map.ts'
import { type Instant, MINUTE_MS } from '../base/time.ts'
import type { Contact } from '../ring/contact.ts'
import { encode } from '../wire/codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from '../wire/extension-packet.ts'
import {
  HELD_KIND,
  ID_START_BYTES,
  type Offer,
  OFFER_VERDICT,
  type OfferVerdict,
  offer,
  offerAnswer,
  UPKEEP_KIND,
} from '../wire/upkeep-packets.ts'
import { stateOfEntry } from './check.ts'
import { paymentsFault } from './copy-check.ts'
import type { EffortFormula } from './effort.ts'
import { paidState } from './payments.ts'
import type { Puller } from './puller.ts'
import { Hearsay } from './hearsay.ts'
import { RateLimit } from './rate-limit.ts'
import { LIVE_RANKS } from './replica-view.ts'
import type { SlotContent } from './range-digest.ts'
import { compareSlotStates, copyTimeFault, headerFault, isHeaderAuthentic, recordIdOf } from './record.ts'
import { slotTagOf } from './slot-tag.ts'
import { tryDecode } from './try-decode.ts'
import type { UpkeepParts } from './upkeep-parts.ts'
import type { VaultEntry } from './vault.ts'

/** How long who was offered a slot may ask for it. */
const OFFERED_FOR_MS = 5 * MINUTE_MS
const OFFERED_MAX = 16_384
const PROVED_BURST = 512
const PROVED_PER_SECOND = 32
const UNPROVED_BURST = 64
const UNPROVED_PER_SECOND = 8
const KIND_OF_NUMBER = ['record', 'cancelled', 'collected'] as const

export type VerdictHandler = (verdict: OfferVerdict | undefined, now: Instant) => void

/** Makes offers, and judges those of others: a copy is pulled by who wants it, never pushed. */
export class OfferDesk {
  readonly #parts: UpkeepParts
  readonly #puller: Puller
  readonly #formula: EffortFormula | undefined
  readonly #hearsay: Hearsay
  readonly #proved = new RateLimit(PROVED_BURST, PROVED_PER_SECOND)
  readonly #unproved = new RateLimit(UNPROVED_BURST, UNPROVED_PER_SECOND)
  readonly #offered = new ExpiringMap<string, true>(OFFERED_FOR_MS, OFFERED_MAX, 'upkeep: forget offers')

  constructor(parts: UpkeepParts, puller: Puller, formula: EffortFormula | undefined) {
    this.#parts = parts
    this.#puller = puller
    this.#formula = formula
    this.#hearsay = new Hearsay(parts)
  }

  /**
   * Offers what we hold in a slot, unless nobody but us has it: then it would be taken for junk of ours. `then` hears
   * the verdict; undefined: silence, or nothing was offered.
   */
  offer(to: Contact, entry: VaultEntry, ring: number, now: Instant, then: VerdictHandler): void {
    this.#hearsay.ask(entry, ring, to, now, (isKnown, at) => {
      if (isKnown) return this.#send(to, entry, ring, at, then)
      this.#parts.counters.add('upkeep: offers withheld')
      then(undefined, at)
    })
  }

  #send(to: Contact, entry: VaultEntry, ring: number, now: Instant, then: VerdictHandler): void {
    const { asks, node, counters } = this.#parts
    const content = node.vault.get(entry.mailbox, entry.slot, now)
    const value = content && offerOf(content, entry, ring)
    if (!value) return then(undefined, now)
    counters.add('upkeep: offers made')
    this.noteOffered(to, slotTagOf(entry.mailbox, entry.slot), now)
    asks.ask(to, UPKEEP_KIND.offer, encode(offer, value), now, (reply, at) => {
      const answer = reply?.kind === UPKEEP_KIND.offerAnswer ? tryDecode(offerAnswer, reply.body) : undefined
      if (answer?.verdict === OFFER_VERDICT.differs) this.#fetchNewer(to, entry, ring, at)
      then(answer?.verdict, at)
    })
  }

  /** What we offered is old there: whoever was away while it was replaced or deleted hears of it here. */
  #fetchNewer(from: Contact, { mailbox, slot, places }: VaultEntry, ring: number, now: Instant): void {
    const wanted = { ring, place: places[ring] ?? 0, tag: slotTagOf(mailbox, slot), source: from }
    this.#puller.want({ ...wanted, why: 'compared' }, now, () => {})
  }

  noteOffered(to: Contact, tag: Uint8Array, now: Instant): void {
    this.#offered.expire(now)
    this.#offered.set(offeredName(to, tag), true, now)
  }

  wasOffered(to: Contact, tag: Uint8Array, now: Instant): boolean {
    return this.#offered.has(offeredName(to, tag), now)
  }

  /** Somebody offers a copy. Undefined: not a word, there are too many offers. */
  handleOffer(value: Offer, from: Contact, now: Instant): OfferVerdict | undefined {
    if (this.#isWithinRate(from, now)) return this.#judge(value, from, now)
    this.#parts.counters.add('upkeep: offers rate limited')
    return undefined
  }

  /** Judging costs signatures and puzzles. Addresses can be made up: those that never answered share one allowance. */
  #isWithinRate(from: Contact, now: Instant): boolean {
    const isProved = this.#parts.exchange.hasAnswered(from, now)
    return isProved ? this.#proved.take(from.address, now) : this.#unproved.takeFor('all', now)
  }

  #judge(value: Offer, from: Contact, now: Instant): OfferVerdict {
    const { rings, node, offerers } = this.#parts
    const { header } = value.signed
    const places = rings.mailboxPlaces(header.mailbox)
    const place = places[value.ring]
    const rank = place === undefined ? undefined : rings.rank(value.ring, place)
    if (place === undefined || rank === undefined || rank >= LIVE_RANKS) return OFFER_VERDICT.refused
    if (offerers.isRefused(from, now)) return OFFER_VERDICT.refused
    const held = node.vault.entry(header.mailbox, header.slot, now)
    const order = held ? compareSlotStates(stateOfOffer(value), stateOfEntry(held)) : undefined
    if (order === 0) return OFFER_VERDICT.held
    const tag = slotTagOf(header.mailbox, header.slot)
    if (order !== undefined && order < 0) {
      // Whoever has the record, be it of another ring, may know what became of it.
      if (isHeaderAuthentic(value.signed)) this.noteOffered(from, tag, now)
      return OFFER_VERDICT.differs
    }
    if (this.#puller.isUnwanted(tag, now)) return OFFER_VERDICT.refused
    const isTombstone = value.kind !== HELD_KIND.record
    if (isTombstone ? !held : !this.#isAdmissible(value, from, now)) return OFFER_VERDICT.refused
    const { kind, counter, ring } = value
    const { createdAt } = header
    const questioned = { createdAt, tag, places, idStart: recordIdOf(header).slice(0, ID_START_BYTES), kind, counter }
    const wanted = { ring, place, tag, source: from, why: 'offer' as const }
    this.#puller.want(isTombstone ? wanted : { ...wanted, questioned }, now, () => {})
    return OFFER_VERDICT.pulls
  }

  /** Everything that can be known of a record before its body is here. */
  #isAdmissible({ signed, notAfter, payments }: Offer, from: Contact, now: Instant): boolean {
    const { header } = signed
    const { node, random, offerers, exchange } = this.#parts
    if (headerFault(header) || copyTimeFault(header, notAfter, now) || !isHeaderAuthentic(signed)) return false
    const origin = { kind: 'repair' as const, prefix: from.address.isLan ? undefined : from.address.prefix }
    if (node.vault.admissionFault(header, notAfter, origin, now)) return false
    // A chain too long for a datagram comes with the record, and is checked then.
    const fault = payments.length > 0 && paymentsFault(payments, random, now, this.#formula)
    // Anybody can write an honest holder's address on a datagram: only who answered from it is to blame.
    if (fault && exchange.hasAnswered(from, now)) offerers.refuse(from, true, now)
    return !fault
  }
}

function offerOf(content: SlotContent, entry: VaultEntry, ring: number): Offer | undefined {
  const isRecord = content.kind === 'record'
  const signed = isRecord ? paidState(content.record.payments)?.signed : content.tombstone.signed
  if (!signed) return undefined
  const plain = { ring, signed, kind: HELD_KIND[entry.kind], counter: entry.counter, notAfter: entry.notAfter }
  const whole = { ...plain, payments: isRecord ? content.record.payments : [] }
  return encode(offer, whole).length <= EXTENSION_BODY_BYTES_MAX ? whole : { ...plain, payments: [] }
}

function stateOfOffer({ signed, kind, counter }: Offer) {
  const recordId = recordIdOf(signed.header).slice(0, 16)
  return { recordId, revision: signed.header.revision, kind: KIND_OF_NUMBER[kind], counter }
}

function offeredName({ key }: Contact, tag: Uint8Array): string {
  return `${key.hex} ${toHex(tag)}`
}
