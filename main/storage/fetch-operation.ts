import type { Instant } from '../base/time.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import type { Listing } from '../wire/storage-packets.ts'
import type { ClientContext } from './client-context.ts'
import { HolderVisits } from './holder-visits.ts'
import { readListing } from './listing-pages.ts'
import type { Operation } from './operation.ts'
import { OwnerRequests } from './owner-requests.ts'
import { type KnownSlot, RecordCollector } from './record-collector.ts'
import { type FoundRing, RingFinder } from './ring-finder.ts'
import { SlotUnion } from './slot-union.ts'
import type { OperationId } from './storage-events.ts'

const SLOT_MAX = 0xffffffff

export interface FetchOptions {
  /** Slots whose record at this revision need not come again; they are listed all the same. */
  readonly skip?: readonly KnownSlot[]
  /** Slots below it are of no interest: all of them were collected. */
  readonly fromSlot?: number
  /**
   * `replicas`: the first 4 nodes of each ring, as a reader must who wants to miss nothing. `owners`: one of each ring,
   * and another only where that one is silent: enough to see whether something is there.
   */
  readonly breadth?: 'owners' | 'replicas'
}

export interface FetchOperationOptions extends FetchOptions {
  readonly context: ClientContext
  readonly operationId: OperationId
  readonly signer: SigningKey
}

/**
 * Brings what lies in a mailbox: the union of what its holders list, each record once. One node of each ring is asked
 * first, another when nine in ten would have answered, the rest once those are heard; bodies come from any holder.
 *
 * source  offline-messaging.md section 5
 */
export class FetchOperation implements Operation {
  readonly operationId: OperationId
  readonly #context: ClientContext
  readonly #requests: OwnerRequests
  readonly #finder: RingFinder
  readonly #visits = new HolderVisits()
  readonly #union = new SlotUnion()
  readonly #collector: RecordCollector
  readonly #fromSlot: number
  readonly #breadth: 'owners' | 'replicas'
  readonly #hedgeAt = new Map<number, Instant>()
  #isOver = false

  constructor({ context, operationId, signer, skip = [], fromSlot = 0, breadth = 'replicas' }: FetchOperationOptions) {
    this.operationId = operationId
    this.#context = context
    this.#fromSlot = fromSlot
    this.#breadth = breadth
    this.#requests = new OwnerRequests(context, signer)
    this.#finder = new RingFinder({
      context,
      mailbox: signer.verifyKey,
      isChoosy: false,
      onRing: (found, now) => this.#handleRing(found, now),
      onDone: (now) => this.#advance(now),
    })
    this.#collector = new RecordCollector({
      context,
      requests: this.#requests,
      mailbox: signer.verifyKey,
      union: this.#union,
      known: skip,
      onRecord: (record) => context.emit({ kind: 'record', operationId, record }),
      onIdle: (now) => this.#advance(now),
    })
  }

  get isOver(): boolean {
    return this.#isOver
  }

  start(now: Instant): void {
    this.#finder.start(now)
  }

  cancel(): void {
    this.#finish('cancelled')
  }

  nextTimeout(): Instant | undefined {
    const at = Math.min(this.#finder.nextTimeout() ?? Number.POSITIVE_INFINITY, ...this.#hedgeAt.values())
    return at === Number.POSITIVE_INFINITY ? undefined : at
  }

  handleTimeout(now: Instant): void {
    this.#finder.handleTimeout(now)
    for (const [ring, at] of this.#hedgeAt) {
      if (at > now) continue
      this.#hedgeAt.delete(ring)
      this.#askNext(ring, now)
    }
  }

  #handleRing(found: FoundRing, now: Instant): void {
    this.#visits.addRing(found)
    this.#askNext(found.ring, now)
  }

  #askNext(ring: number, now: Instant): void {
    const member = this.#visits.takeNext(ring, ({ contact }) => !this.#context.trust.isAvoided(contact.key, now))
    if (!member) return
    if (!member.isSelf) this.#hedgeAt.set(ring, now + this.#context.exchange.hedgeAfterMs(member.contact))
    this.#ask(member, now, ring)
  }

  #ask(member: FoundMember, now: Instant, ring?: number): void {
    const request = {
      fromSlot: this.#fromSlot,
      toSlot: SLOT_MAX,
      wantsBody: true,
      known: () => this.#collector.known(),
    }
    readListing(this.#requests, member, request, now, {
      onPage: (page, then) => this.#handlePage(member, page, then),
      onEnd: (isWhole, then) => {
        if (ring !== undefined) this.#hedgeAt.delete(ring)
        this.#visits.settle(member, isWhole ? 'answered' : 'silent')
        this.#advance(then)
      },
    })
  }

  #handlePage(member: FoundMember, { slots, record }: Listing, now: Instant): void {
    if (record && !this.#collector.take(record, now)) this.#context.trust.noteFailure(member.contact.key, now)
    const isNews = slots.map((slot) => this.#union.add(slot, member)).includes(true)
    if (isNews) this.#tell()
    this.#collector.pump(now)
  }

  #tell(): void {
    const { answeredCount, answeredPrefixCount } = this.#visits
    const counts = { answeredCount, answeredPrefixCount }
    this.#context.emit({ kind: 'listed', operationId: this.operationId, slots: this.#union.views(), ...counts })
  }

  #advance(now: Instant): void {
    if (this.#isOver) return
    for (const ring of this.#visits.ringsWithoutHope()) this.#askNext(ring, now)
    const isFirstRoundOver = this.#finder.isDone && this.#visits.pendingCount === 0
    if (!isFirstRoundOver) return
    if (this.#breadth === 'replicas') for (const member of this.#visits.takeAll()) this.#ask(member, now)
    if (this.#visits.pendingCount === 0 && this.#collector.isIdle) this.#finish('complete', now)
  }

  #finish(outcome: 'complete' | 'cancelled', now?: Instant): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#finder.stop()
    this.#requests.stop()
    this.#collector.stop()
    if (now !== undefined) this.#visits.tellSilences(this.#context.trust, now)
    const { ringCount } = this.#context.rings
    this.#context.emit({
      kind: 'finished',
      operation: 'fetch',
      operationId: this.operationId,
      outcome,
      isEmptyProven: outcome === 'complete' && !this.#union.hasClaims && this.#visits.isSilenceProof(ringCount),
      areAllRingsHeard: this.#visits.areRingsHeard(ringCount),
      missingSlots: this.#collector.missing(),
      answeredCount: this.#visits.answeredCount,
    })
  }
}
