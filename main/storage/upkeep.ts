import type { Counters } from '../base/counters.ts'
import type { Random } from '../base/random.ts'
import { earliest, type Instant, type Wake } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { Contact } from '../ring/contact.ts'
import type { Exchange, ExchangeEvent } from '../ring/exchange.ts'
import type { RingAccess, RingsEvent } from '../ring/ring-access.ts'
import { decode, encode } from '../wire/codec.ts'
import {
  evictionNotice,
  NAMED_SLOTS_MAX,
  type NamedSlot,
  offer,
  offerAnswer,
  UPKEEP_KIND,
} from '../wire/upkeep-packets.ts'
import { Asks } from './asks.ts'
import { CrossRings } from './cross-rings.ts'
import type { EffortFormula } from './effort.ts'
import { Handover } from './handover.ts'
import { HolderSurvey } from './holder-survey.ts'
import { Leaving, LEAVE_MS_MAX } from './leaving.ts'
import { OfferDesk } from './offer.ts'
import { OffererBook } from './offerer-book.ts'
import { Puller } from './puller.ts'
import { RangeSync } from './range-sync.ts'
import { RateLimit } from './rate-limit.ts'
import { RepairDesk } from './repair.ts'
import { ReplicaView } from './replica-view.ts'
import { Rounds } from './rounds.ts'
import { slotTagOf } from './slot-tag.ts'
import type { StorageNode, StorageNodeEvent } from './storage-node.ts'
import type { TransferEvent, Transfers } from './transfers.ts'
import { UpkeepAnswers } from './upkeep-answers.ts'
import { UpkeepBudget } from './upkeep-budget.ts'
import type { UpkeepParts } from './upkeep-parts.ts'
import type { VaultEntry } from './vault.ts'

const BUDGET_BYTES_PER_SECOND = 1_000
const FIRST_KIND = 0x58
const LAST_KIND = 0x6f
/** Evictions named in one go; those beyond are found by the next check. */
const EVICTED_MAX = 1_024
/** Eviction notices that are heeded of one source: all that a node tells in one go, and then so many a second. */
const NOTICES_BURST = 64
const NOTICES_PER_SECOND = 4

/** All that was to be handed over is, or time is up: now leave the rings and clear the vault. */
export interface UpkeepEvent {
  readonly kind: 'left'
}

export interface UpkeepState {
  /** How far apart the checks of a range are now: 5 minutes unless the budget stretches it. */
  readonly checkIntervalMs: number
  /** Copies being fetched from others now. */
  readonly pulling: number
  /** Records of which a copy seems to be missing. */
  readonly missing: number
}

export interface UpkeepOptions {
  readonly node: StorageNode
  readonly rings: RingAccess
  readonly exchange: Exchange
  readonly transfers: Transfers
  readonly signingKey: SigningKey
  readonly random: Random
  readonly counters: Counters
  readonly formula?: EffortFormula
  readonly budgetBytesPerSecond?: number
}

/**
 * Keeps other people's records at their places: checks, repair, offers, hand-over, leaving and coming back. Front door.
 *
 * It answers kinds 0x58 to 0x6f, and is given the rings' events, the storage node's events, and those of exchange and
 * transfers that are of owner `upkeep`. It keeps nothing over a restart.
 *
 * source  offline-messaging.md sections 2, 3 and 7
 */
export class Upkeep {
  readonly #parts: UpkeepParts
  readonly #puller: Puller
  readonly #offers: OfferDesk
  readonly #repair: RepairDesk
  readonly #handover: Handover
  readonly #rounds: Rounds
  readonly #leaving: Leaving
  readonly #answers: UpkeepAnswers
  readonly #mates = new Map<number, readonly PublicKey[]>()
  readonly #noticeLimit = new RateLimit(NOTICES_BURST, NOTICES_PER_SECOND)
  #evicted: VaultEntry[] = []
  #isBack = false

  constructor({ formula, budgetBytesPerSecond, ...options }: UpkeepOptions) {
    const budget = new UpkeepBudget(budgetBytesPerSecond ?? BUDGET_BYTES_PER_SECOND)
    const asks = new Asks({ ...options, budget })
    const view = new ReplicaView(options.rings)
    this.#parts = { ...options, budget, asks, view, offerers: new OffererBook() }
    const parts = this.#parts
    const survey = new HolderSurvey(parts)
    this.#puller = new Puller(parts)
    this.#offers = new OfferDesk(parts, this.#puller, formula)
    this.#repair = new RepairDesk(parts, this.#offers, this.#puller, survey)
    const sync = new RangeSync(parts, this.#puller)
    this.#handover = new Handover(parts, sync, this.#repair)
    this.#rounds = new Rounds(parts, sync, this.#repair, new CrossRings(parts, survey, this.#offers))
    this.#leaving = new Leaving(parts, this.#puller, this.#offers)
    this.#answers = new UpkeepAnswers(parts, this.#offers, this.#leaving, this.#rounds)
  }

  get state(): UpkeepState {
    const { intervalMs } = this.#rounds
    return { checkIntervalMs: intervalMs, pulling: this.#puller.count, missing: this.#repair.suspectCount }
  }

  /** Returns false if the kind is not upkeep's. Throws DecodeError. */
  handleRequest(kind: number, from: Contact, requestId: Uint8Array, body: Uint8Array, now: Instant): boolean {
    if (kind < FIRST_KIND || kind > LAST_KIND) return false
    const { node, offerers, exchange } = this.#parts
    if (!node.isServing) return true
    offerers.note(from, now)
    const answer = this.#answer(kind, from, body, now)
    if (answer) exchange.respond(from, answer.kind, requestId, answer.body, now)
    return true
  }

  /** An event of the exchange for owner `upkeep`. */
  handleAnswer(event: ExchangeEvent, now: Instant): void {
    this.#parts.asks.handleAnswer(event, now)
    this.#settle(now)
  }

  handleTransferEvent(event: TransferEvent, now: Instant): void {
    this.#parts.asks.handleTransferEvent(event, now)
    this.#answers.handleTransferEvent(event, now)
    this.#settle(now)
  }

  handleRingsEvent(event: RingsEvent, now: Instant): void {
    if (this.#parts.asks.handleRingsEvent(event, now)) return this.#settle(now)
    switch (event.kind) {
      case 'roleChanged':
        return this.#handleRole(event.isStorage, event.why === 'suspended', now)
      case 'neighboursChanged':
        return this.#handleNeighbours(event.ring, now)
      case 'rangeChanged':
        return this.#handover.noteChange(event.ring, now)
      case 'memberGone':
        return event.wasClean ? undefined : this.#handleGone(event.contact, now)
      case 'found':
      case 'notFound':
      case 'payload':
        return
    }
  }

  handleStorageEvent(event: StorageNodeEvent, now: Instant): void {
    if (!this.#parts.rings.isStorage) return
    switch (event.kind) {
      case 'stored':
      case 'lost':
        return this.#rounds.noteStored(now)
      case 'buried':
        return this.#rounds.noteBuried(now)
      case 'evicted':
        this.#puller.setUnwanted(slotTagOf(event.entry.mailbox, event.entry.slot), now)
        if (event.entry.kind === 'record' && this.#evicted.length < EVICTED_MAX) this.#evicted.push(event.entry)
        return
      case 'expired':
        return
    }
  }

  /** Hands over what is here and then raises `left`. timeMs: at most 10,000; 5,000 when a signal ends the program. */
  leave(timeMs: number, now: Instant): void {
    this.#rounds.stop()
    this.#leaving.leave(Math.min(timeMs, LEAVE_MS_MAX), (entry) => this.#repair.isMissing(entry), now)
  }

  pollEvent(): UpkeepEvent | undefined {
    return this.#leaving.takeHasLeft() ? { kind: 'left' } : undefined
  }

  nextTimeout(): Wake | undefined {
    const evictions = this.#evicted.length > 0 ? { at: 0, why: 'upkeep: tell of evictions' } : undefined
    return earliest(
      evictions,
      this.#repair.nextTimeout(),
      this.#handover.nextTimeout(),
      this.#rounds.nextTimeout(),
      this.#leaving.nextTimeout(),
    )
  }

  handleTimeout(now: Instant): void {
    this.#handover.handleTimeout(now)
    this.#repair.handleTimeout(now)
    this.#rounds.handleTimeout(now)
    this.#leaving.handleTimeout(now)
    this.#tellEvictions(now)
    this.#settle(now)
  }

  #answer(kind: number, from: Contact, body: Uint8Array, now: Instant) {
    switch (kind) {
      case UPKEEP_KIND.offer: {
        const verdict = this.#offers.handleOffer(decode(offer, body), from, now)
        return verdict === undefined
          ? undefined
          : { kind: UPKEEP_KIND.offerAnswer, body: encode(offerAnswer, { verdict }) }
      }
      case UPKEEP_KIND.leavingNotice: {
        const answer = this.#leaving.handleNotice(body, from, now)
        return answer && { kind: UPKEEP_KIND.leavingAnswer, body: answer }
      }
      case UPKEEP_KIND.evictionNotice: {
        this.#handleEvictions(from, body, now)
        return undefined
      }
      default:
        return this.#answers.answer(kind, from, body, now)
    }
  }

  #handleRole(isStorage: boolean, isSuspended: boolean, now: Instant): void {
    const { node } = this.#parts
    if (isSuspended) {
      this.#isBack = true
      node.setServing(false)
    }
    if (isStorage) {
      this.#handover.restart(now)
      this.#rounds.start(now)
    } else {
      this.#handover.stop()
      this.#rounds.stop()
    }
    this.#settle(now)
  }

  #handleNeighbours(ring: number, now: Instant): void {
    const { rings } = this.#parts
    if (!rings.isStorage) return
    const [successor] = rings.successors(ring)
    const [predecessor] = rings.predecessors(ring)
    this.#mates.set(
      ring,
      [successor, predecessor].flatMap((mate) => (mate ? [mate.key] : [])),
    )
    this.#repair.noteChange(ring, now)
    this.#handover.noteChange(ring, now)
    this.#rounds.noteNeighbours(now)
  }

  #handleGone({ key }: Contact, now: Instant): void {
    for (const [ring, mates] of this.#mates) if (mates.some((mate) => mate.equals(key))) this.#rounds.hurry(ring, now)
  }

  /** Coming back from a suspend, we serve again once every range was compared. */
  #settle(_now: Instant): void {
    const { node, rings } = this.#parts
    if (!this.#isBack || !rings.isStorage || !this.#handover.isComplete) return
    this.#isBack = false
    node.setServing(true)
  }

  #tellEvictions(now: Instant): void {
    const { view, exchange } = this.#parts
    const evicted = this.#evicted
    this.#evicted = []
    const notices = new Map<string, { to: Contact; ring: number; slots: NamedSlot[] }>()
    for (const entry of evicted) {
      for (let ring = 0; ring < view.ringCount; ring += 1) {
        const place = entry.places[ring] ?? 0
        for (const { contact } of view.others(ring, place)) {
          const name = `${contact.key.hex} ${ring}`
          const notice = notices.get(name) ?? { to: contact, ring, slots: [] }
          if (notice.slots.length < NAMED_SLOTS_MAX)
            notice.slots.push({ place, tag: slotTagOf(entry.mailbox, entry.slot) })
          notices.set(name, notice)
        }
      }
    }
    for (const { to, ring, slots } of notices.values()) {
      exchange.notify(to, UPKEEP_KIND.evictionNotice, encode(evictionNotice, { ring, slots }), now, true)
    }
  }

  #handleEvictions({ address }: Contact, body: Uint8Array, now: Instant): void {
    const { ring, slots } = decode(evictionNotice, body)
    const { node, rings, counters } = this.#parts
    // What is not heeded here is found by the next check.
    if (!this.#noticeLimit.take(address, now)) return counters.add('upkeep: rate limited')
    if (ring >= rings.ringCount) return
    for (const { place, tag } of slots) {
      const entry = node.vault.findTagged(ring, place, tag, now)
      if (entry?.kind === 'record') this.#repair.suspect(entry, ring, now)
    }
  }
}
