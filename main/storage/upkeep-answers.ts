import { toHex } from '../base/bytes.ts'
import { ExpiringMap } from '../base/expiring-map.ts'
import { type Instant, MINUTE_MS } from '../base/time.ts'
import type { Contact } from '../ring/contact.ts'
import { decode, encode } from '../wire/codec.ts'
import { EXTENSION_BODY_BYTES_MAX } from '../wire/extension-packet.ts'
import { STORAGE_KIND, transferReady } from '../wire/storage-packets.ts'
import {
  type AskedSlot,
  type Copy,
  copyBody,
  copyRequest,
  LISTED_COPIES_MAX,
  LISTED_COPY_BYTES,
  PROOF_DIGEST_BYTES,
  RANGE_LISTING_OVERHEAD,
  RANGE_OUTCOME,
  rangeCheck,
  rangeDigestBody,
  rangeList,
  rangeListing,
  SLOT_STANDING,
  slotsCheck,
  slotsProof,
  UPKEEP_KIND,
} from '../wire/upkeep-packets.ts'
import {
  digestOfRecords,
  digestOfSlot,
  inOrder,
  isJust,
  listedCopyOf,
  RECORDS_PER_DIGEST_MAX,
  recordsIn,
  SLOTS_AT_PLACE_MAX,
} from './check.ts'
import type { Leaving } from './leaving.ts'
import type { OfferDesk } from './offer.ts'
import { RateLimit } from './rate-limit.ts'
import type { Rounds } from './rounds.ts'
import type { TransferEvent } from './transfers.ts'
import type { UpkeepParts } from './upkeep-parts.ts'

/** Checks cost reading and hashing: so many a source at once, and in a second. */
const BURST = 512
const PER_SECOND = 32
/** Nodes that may be told what lies at a place: the first 4, and those that our view may have wrong. */
const TOLD_RANKS = 8
const GIVEN_MS = 3 * MINUTE_MS
const GIVEN_MAX = 256

export interface Answer {
  readonly kind: number
  readonly body: Uint8Array
}

/** Answers other holders' checks and requests for copies. */
export class UpkeepAnswers {
  readonly #parts: UpkeepParts
  readonly #offers: OfferDesk
  readonly #rateLimit = new RateLimit(BURST, PER_SECOND)

  readonly #leaving: Leaving
  readonly #rounds: Pick<Rounds, 'noteCompared'>
  /** Copies on their way in segments. */
  readonly #given = new ExpiringMap<string, { to: Contact; tag: Uint8Array }>(
    GIVEN_MS,
    GIVEN_MAX,
    'upkeep: forget copies',
  )

  constructor(parts: UpkeepParts, offers: OfferDesk, leaving: Leaving, rounds: Pick<Rounds, 'noteCompared'>) {
    this.#parts = parts
    this.#offers = offers
    this.#leaving = leaving
    this.#rounds = rounds
  }

  /** A copy went through in segments. */
  handleTransferEvent(event: TransferEvent, now: Instant): void {
    const given = this.#given.take(event.transferId, now)
    if (given && event.kind === 'sent') this.#leaving.noteGiven(given.to, given.tag, now)
  }

  /** Undefined: nothing is said to this. Throws DecodeError. */
  answer(kind: number, from: Contact, body: Uint8Array, now: Instant): Answer | undefined {
    if (!this.#rateLimit.take(from.address, now)) {
      this.#parts.counters.add('upkeep: rate limited')
      return undefined
    }
    switch (kind) {
      case UPKEEP_KIND.rangeCheck:
        return this.#digest(body, from, now)
      case UPKEEP_KIND.rangeList:
        return this.#list(body, from, now)
      case UPKEEP_KIND.slotsCheck:
        return this.#prove(body, from, now)
      case UPKEEP_KIND.copyRequest:
        return this.#give(body, from, now)
      default:
        return undefined
    }
  }

  #digest(body: Uint8Array, from: Contact, now: Instant): Answer | undefined {
    const { ring, nonce, ...range } = decode(rangeCheck, body)
    const { node, rings } = this.#parts
    if (ring >= rings.ringCount || !this.#isNear(from, ring, range.to)) return undefined
    const entries = recordsIn(node.vault, ring, range, RECORDS_PER_DIGEST_MAX + 1, now)
    const isTooMany = entries.length > RECORDS_PER_DIGEST_MAX
    const outcome = isTooMany ? RANGE_OUTCOME.tooMany : RANGE_OUTCOME.digest
    const challenge = { nonce, asker: from.key, holder: rings.selfKey }
    const digest = isTooMany ? new Uint8Array(32) : digestOfRecords(node.vault, entries, challenge, now)
    const answer = encode(rangeDigestBody, { outcome, count: entries.length, digest })
    this.#rounds.noteCompared(ring, range, now)
    return { kind: UPKEEP_KIND.rangeDigest, body: answer }
  }

  #list(body: Uint8Array, from: Contact, now: Instant): Answer | undefined {
    const { ring, from: start, to, skip } = decode(rangeList, body)
    const { node, rings, exchange } = this.#parts
    if (ring >= rings.ringCount) return undefined
    const roomBytes = exchange.hasAnswered(from, now) ? EXTENSION_BODY_BYTES_MAX : body.length
    const room = Math.floor((roomBytes - RANGE_LISTING_OVERHEAD) / LISTED_COPY_BYTES)
    const countMax = Math.min(LISTED_COPIES_MAX, Math.max(0, room))
    // Read on beyond the last one listed, so that no place is cut through before its slots are in order.
    const countRead = skip + countMax + SLOTS_AT_PLACE_MAX
    const entries = inOrder(node.vault.entriesIn(ring, start, to, countRead, now), ring, start)
    const told = entries.filter(({ places }) => this.#isNear(from, ring, places[ring] ?? 0))
    const copies = told.slice(skip, skip + countMax).map((entry) => listedCopyOf(entry, ring))
    const isLast = told.length <= skip + countMax
    return { kind: UPKEEP_KIND.rangeListing, body: encode(rangeListing, { isLast, copies }) }
  }

  #prove(body: Uint8Array, from: Contact, now: Instant): Answer | undefined {
    const { ring, nonce, slots } = decode(slotsCheck, body)
    if (ring >= this.#parts.rings.ringCount) return undefined
    const answers = slots.map((slot) => this.#standingOf(slot, ring, nonce, from, now))
    return { kind: UPKEEP_KIND.slotsProof, body: encode(slotsProof, { slots: answers }) }
  }

  #standingOf(asked: AskedSlot, ring: number, nonce: Uint8Array, from: Contact, now: Instant) {
    const { node, view, rings } = this.#parts
    const none = new Uint8Array(PROOF_DIGEST_BYTES)
    const entry = node.vault.findTagged(ring, asked.place, asked.tag, now)
    if (!entry) return { standing: SLOT_STANDING.notHeld, digest: none }
    if (!isJust(entry, asked)) return { standing: SLOT_STANDING.differs, digest: none }
    const digest = digestOfSlot(node.vault, entry, { nonce, asker: from.key, holder: rings.selfKey }, now)
    if (!digest) return { standing: SLOT_STANDING.notHeld, digest: none }
    const standing = view.isSharedIn(entry, ring) ? SLOT_STANDING.heldForOtherRing : SLOT_STANDING.held
    return { standing, digest }
  }

  #give(body: Uint8Array, from: Contact, now: Instant): Answer | undefined {
    const { ring, place, tag } = decode(copyRequest, body)
    const { node, rings, exchange, transfers } = this.#parts
    if (ring >= rings.ringCount) return undefined
    const isAllowed = this.#offers.wasOffered(from, tag, now) || this.#isNear(from, ring, place)
    const entry = isAllowed ? node.vault.findTagged(ring, place, tag, now) : undefined
    const content: Copy = (entry && node.vault.get(entry.mailbox, entry.slot, now)) ?? { kind: 'none' }
    const bytes = encode(copyBody, content)
    const roomBytes = exchange.hasAnswered(from, now) ? EXTENSION_BODY_BYTES_MAX : body.length
    if (bytes.length <= roomBytes) {
      this.#leaving.noteGiven(from, tag, now)
      return { kind: UPKEEP_KIND.copy, body: bytes }
    }
    const ready = transfers.offer(from, bytes, 'upkeep', now)
    if (!ready) return undefined
    this.#given.expire(now)
    this.#given.set(toHex(ready.transferId), { to: from, tag: tag.slice() }, now)
    return { kind: STORAGE_KIND.transferReady, body: encode(transferReady, ready) }
  }

  /** Whether a node stands, by its key, among the first ones of a place, as far as we see. */
  #isNear({ key }: Contact, ring: number, place: number): boolean {
    const rank = this.#parts.view.rankOf(key, ring, place)
    return rank !== undefined && rank < TOLD_RANKS
  }
}
