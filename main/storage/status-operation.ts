import { equalBytes } from '../base/bytes.ts'
import type { Instant } from '../base/time.ts'
import type { PublicKey } from '../crypto/keys.ts'
import { isCurveKeyOf, type SigningKey, type VerifyKey } from '../crypto/sign.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { encode } from '../wire/codec.ts'
import { getCommand, type ListedSlot, type Listing, standing, STORAGE_KIND } from '../wire/storage-packets.ts'
import type { Receipt } from '../wire/storage-proof.ts'
import type { RecordHeader } from '../wire/storage-record.ts'
import type { ClientContext } from './client-context.ts'
import { copiesWanted } from './holder-choice.ts'
import { HolderVisits } from './holder-visits.ts'
import { readListing } from './listing-pages.ts'
import type { Operation } from './operation.ts'
import { OwnerRequests } from './owner-requests.ts'
import { isEntryAuthentic, recordIdOf } from './record.ts'
import { RingFinder } from './ring-finder.ts'
import { SlotUnion } from './slot-union.ts'
import type { OperationId } from './storage-events.ts'
import { tryDecode } from './try-decode.ts'

/** Proofs asked of a node that lists what is not ours; one that has none is a liar, and uses up nobody else's. */
const PROOFS_PER_NODE_MAX = 4

export interface StatusOperationOptions {
  readonly context: ClientContext
  readonly operationId: OperationId
  readonly signer: SigningKey
  /** The newest header of each slot that is asked about, as it was sent. */
  readonly records: readonly RecordHeader[]
  /** Slots that we have not written: whatever a node proves to lie there was written by another copy of our state. */
  readonly watchedSlots: readonly number[]
  /** Earlier receipts: who gave one, answers, and lists nothing in that slot has lost the record. */
  readonly receipts: readonly Receipt[]
}

/**
 * Asks the first 4 nodes of each ring what became of our records. Tombstones are told only if they prove themselves
 * against our header, and that a slot holds what we did not write only if its holder shows our signature on it.
 */
export class StatusOperation implements Operation {
  readonly operationId: OperationId
  readonly #context: ClientContext
  readonly #requests: OwnerRequests
  readonly #finder: RingFinder
  readonly #visits = new HolderVisits()
  readonly #union = new SlotUnion()
  readonly #headers: ReadonlyMap<number, RecordHeader>
  readonly #watched: ReadonlySet<number>
  readonly #mailbox: VerifyKey
  readonly #receipts: readonly Receipt[]
  /** Slots, by hex of the node's key. */
  readonly #proofsAsked = new Map<string, Set<number>>()
  #proofsUnderWay = 0
  #isOver = false

  constructor({ context, operationId, signer, records, watchedSlots, receipts }: StatusOperationOptions) {
    this.operationId = operationId
    this.#context = context
    this.#headers = new Map(records.map((header) => [header.slot, header]))
    this.#watched = new Set(watchedSlots)
    this.#mailbox = signer.verifyKey
    this.#receipts = receipts
    this.#requests = new OwnerRequests(context, signer)
    this.#finder = new RingFinder({
      context,
      mailbox: signer.verifyKey,
      isChoosy: false,
      onRing: (found, now) => {
        this.#visits.addRing(found)
        this.#askAll(now)
      },
      onDone: (now) => this.#finishIfDone(now),
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
    return this.#finder.nextTimeout()
  }

  handleTimeout(now: Instant): void {
    this.#finder.handleTimeout(now)
  }

  #askAll(now: Instant): void {
    for (const member of this.#visits.takeAll()) this.#ask(member, now)
  }

  #ask(member: FoundMember, now: Instant): void {
    const slots = [...this.#headers.keys(), ...this.#watched]
    const range = { fromSlot: Math.min(...slots, 0xffffffff), toSlot: Math.max(...slots, 0) }
    const listed = new Set<number>()
    readListing(this.#requests, member, { ...range, wantsBody: false, known: () => [] }, now, {
      onPage: (page, then) => this.#handlePage(member, page, listed, then),
      onEnd: (isWhole, then) => {
        this.#visits.settle(member, isWhole ? 'answered' : 'silent')
        if (isWhole) this.#noteLosses(member.contact.key, listed, then)
        this.#finishIfDone(then)
      },
    })
  }

  #handlePage(member: FoundMember, { slots }: Listing, listed: Set<number>, now: Instant): void {
    let isNews = false
    for (const entry of slots) {
      const header = this.#headers.get(slotOf(entry))
      if (!header && this.#watched.has(slotOf(entry))) this.#askProof(entry, member, now)
      if (!header) continue
      listed.add(header.slot)
      if (this.#isBelievable(entry, header, member, now) && this.#union.add(entry, member)) isNews = true
    }
    if (!isNews) return
    const { answeredCount, answeredPrefixCount } = this.#visits
    const counts = { answeredCount, answeredPrefixCount }
    this.#context.emit({ kind: 'listed', operationId: this.operationId, slots: this.#union.provedViews(), ...counts })
  }

  #isBelievable(entry: ListedSlot, header: RecordHeader, member: FoundMember, now: Instant): boolean {
    if (entry.kind === 'gone') {
      if (!isEntryAuthentic(entry.entry, header)) return false
      this.#tellTombstone(entry, member)
      return true
    }
    if (entry.revision === header.revision && equalBytes(entry.bodyHash, header.bodyHash)) return true
    // An older revision of ours is no news; anything else must show our signature before it is believed.
    if (entry.revision >= header.revision) this.#askProof(entry, member, now)
    return false
  }

  #tellTombstone({ revision, entry }: Extract<ListedSlot, { kind: 'gone' }>, member: FoundMember): void {
    const { operationId } = this
    const node = member.contact.key
    this.#context.emit({ kind: 'tombstone', operationId, slot: entry.slot, revision, entry, node })
  }

  #askProof(entry: ListedSlot, member: FoundMember, now: Instant): void {
    const [slot, revision] = [slotOf(entry), entry.revision]
    const { hex } = member.contact.key
    const asked = this.#proofsAsked.get(hex) ?? new Set()
    if (asked.has(slot) || asked.size >= PROOFS_PER_NODE_MAX) return
    this.#proofsAsked.set(hex, asked.add(slot))
    this.#proofsUnderWay += 1
    const command = encode(getCommand, { slot, revision, wantsBody: false })
    this.#requests.ask(member, STORAGE_KIND.get, command, now, (answer, then) => {
      this.#proofsUnderWay -= 1
      const found = answer?.kind === STORAGE_KIND.standing ? tryDecode(standing, answer.body) : undefined
      const signed = found?.kind === 'record' ? found.signed : undefined
      if (signed && this.#isOfOurs(signed.header, slot) && this.#context.isHeaderRight(signed)) {
        const { bodyHash } = signed.header
        if (this.#watched.has(slot) && isAbout(entry, signed.header)) this.#union.add(entry, member)
        const node = member.contact.key
        this.#context.emit({ kind: 'stale', operationId: this.operationId, node, slot, revision, bodyHash })
      } else if (answer) this.#context.trust.noteFailure(member.contact.key, then)
      this.#finishIfDone(then)
    })
  }

  /** A header of this mailbox and slot that is not the one we know, and not older. */
  #isOfOurs(other: RecordHeader, slot: number): boolean {
    if (other.slot !== slot || !other.mailbox.equals(this.#mailbox)) return false
    const header = this.#headers.get(slot)
    if (!header) return true
    return other.revision >= header.revision && !equalBytes(recordIdOf(other), recordIdOf(header))
  }

  #noteLosses(node: PublicKey, listed: ReadonlySet<number>, now: Instant): void {
    for (const { issuer, recordId, notAfter } of this.#receipts) {
      if (notAfter <= now || !isCurveKeyOf(issuer, node)) continue
      const header = [...this.#headers.values()].find((each) => equalBytes(recordIdOf(each), recordId))
      if (header && !listed.has(header.slot)) this.#context.trust.noteLoss(node, now)
    }
  }

  #finishIfDone(now: Instant): void {
    this.#askAll(now)
    if (!this.#finder.isDone || this.#visits.pendingCount > 0 || this.#proofsUnderWay > 0) return
    this.#finish('complete', now)
  }

  #finish(outcome: 'complete' | 'cancelled', now?: Instant): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#finder.stop()
    this.#requests.stop()
    if (now !== undefined) this.#visits.tellSilences(this.#context.trust, now)
    const { ringCount } = this.#context.rings
    const copiesPerRing = [...this.#headers.values()].some((header) => header.copiesPerRing === 3) ? 3 : 2
    this.#context.emit({
      kind: 'finished',
      operation: 'status',
      operationId: this.operationId,
      outcome,
      areAllRingsHeard: this.#visits.areRingsHeard(ringCount),
      slots: this.#union.provedViews(),
      answeredCount: this.#visits.answeredCount,
      wanted: Math.min(copiesWanted(copiesPerRing, ringCount), this.#visits.count),
    })
  }
}

/** What a node lists is what it showed the header of; a tombstone proves itself against that. */
function isAbout(entry: ListedSlot, header: RecordHeader): boolean {
  return entry.kind === 'gone' ? isEntryAuthentic(entry.entry, header) : equalBytes(entry.bodyHash, header.bodyHash)
}

function slotOf(entry: ListedSlot): number {
  return entry.kind === 'gone' ? entry.entry.slot : entry.slot
}
