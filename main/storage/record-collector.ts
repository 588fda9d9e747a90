import type { Instant } from '../base/time.ts'
import type { VerifyKey } from '../crypto/sign.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { encode } from '../wire/codec.ts'
import { type FetchedRecord, fetchedRecord, getCommand, STORAGE_KIND, transferReady } from '../wire/storage-packets.ts'
import type { Answer, ClientContext } from './client-context.ts'
import type { OwnerRequests } from './owner-requests.ts'
import { headerFault, isBodyOf, isRenewalAuthentic } from './record.ts'
import type { Claim, SlotUnion } from './slot-union.ts'
import type { TransferId } from './transfers.ts'
import { tryDecode } from './try-decode.ts'

const GETS_MAX = 8
const GETS_PER_NODE_MAX = 2
/** A node that listed so much that it did not give, with a word or without, is not asked for more. */
const EMPTY_WORDS_MAX = 3

/** Slot and revision of a record that need not come again. */
export interface KnownSlot {
  readonly slot: number
  readonly revision: number
}

export interface RecordCollectorOptions {
  readonly context: ClientContext
  readonly requests: OwnerRequests
  readonly mailbox: VerifyKey
  readonly union: SlotUnion
  readonly known: readonly KnownSlot[]
  /** A record whose header signature and body hash are right, newer than any before in its slot. */
  readonly onRecord: (record: FetchedRecord, now: Instant) => void
  /** A request ended: there may be nothing left to wait for. */
  readonly onIdle: (now: Instant) => void
}

/**
 * Brings the bodies of what nodes list, from whoever holds them, a few at a time. A claim counts for nothing until a
 * record proves it; who lists what it cannot give is left alone.
 */
export class RecordCollector {
  readonly #options: RecordCollectorOptions
  readonly #revisions = new Map<number, number>()
  readonly #tried = new Set<string>()
  readonly #emptyWords = new Map<string, number>()
  readonly #busy = new Map<string, number>()
  readonly #slotsUnderWay = new Set<number>()
  readonly #transfers = new Set<TransferId>()

  constructor(options: RecordCollectorOptions) {
    this.#options = options
    for (const { slot, revision } of options.known) this.#note(slot, revision)
  }

  get isIdle(): boolean {
    return this.#slotsUnderWay.size === 0
  }

  /** What is had already, lowest slots first. */
  known(): KnownSlot[] {
    const all = [...this.#revisions].map(([slot, revision]) => ({ slot, revision }))
    return all.sort((left, right) => left.slot - right.slot)
  }

  /** Takes a record that some node gave; false if it is not what it should be. */
  take(record: FetchedRecord, now: Instant): boolean {
    const { signed, renewal, body } = record
    const { header } = signed
    const { context, mailbox } = this.#options
    if (!header.mailbox.equals(mailbox) || headerFault(header) || !isBodyOf(header, body)) return false
    if (!context.isHeaderRight(signed)) return false
    if ((this.#revisions.get(header.slot) ?? -1) >= header.revision) return true
    this.#note(header.slot, header.revision)
    const isRenewed = renewal !== undefined && isRenewalAuthentic(renewal, header)
    this.#options.onRecord({ signed, renewal: isRenewed ? renewal : undefined, body }, now)
    return true
  }

  /** Asks for the bodies that are missing, as far as there is room. */
  pump(now: Instant): void {
    for (const slot of this.#options.union.slots()) {
      if (this.#slotsUnderWay.size >= GETS_MAX) return
      if (this.#slotsUnderWay.has(slot)) continue
      const next = this.#nextFor(slot)
      if (next) this.#get(next.claim, next.holder, now)
    }
  }

  /** Slots that somebody lists in a revision that nobody gave. */
  missing(): number[] {
    return this.#options.union.slots().filter((slot) => this.#wanted(slot).length > 0)
  }

  stop(): void {
    for (const transferId of this.#transfers) this.#options.context.forgetTransfer(transferId)
    this.#transfers.clear()
  }

  #note(slot: number, revision: number): void {
    this.#revisions.set(slot, Math.max(revision, this.#revisions.get(slot) ?? 0))
  }

  #wanted(slot: number): Claim[] {
    const have = this.#revisions.get(slot) ?? -1
    return this.#options.union.claimsOf(slot).filter(({ revision }) => revision > have)
  }

  #nextFor(slot: number): { claim: Claim; holder: FoundMember } | undefined {
    for (const claim of this.#wanted(slot)) {
      const holder = claim.holders.find((member) => this.#mayAsk(claim, member))
      if (holder) return { claim, holder }
    }
    return undefined
  }

  #mayAsk({ slot, revision }: Claim, { contact }: FoundMember): boolean {
    const { hex } = contact.key
    const isFree = (this.#busy.get(hex) ?? 0) < GETS_PER_NODE_MAX
    const isTrusted = (this.#emptyWords.get(hex) ?? 0) < EMPTY_WORDS_MAX
    return isFree && isTrusted && !this.#tried.has(`${slot} ${revision} ${hex}`)
  }

  #get({ slot, revision }: Claim, holder: FoundMember, now: Instant): void {
    const { hex } = holder.contact.key
    this.#tried.add(`${slot} ${revision} ${hex}`)
    this.#slotsUnderWay.add(slot)
    this.#busy.set(hex, (this.#busy.get(hex) ?? 0) + 1)
    const command = encode(getCommand, { slot, revision, wantsBody: true })
    this.#options.requests.ask(holder, STORAGE_KIND.get, command, now, (answer, then) => {
      if (answer?.kind === STORAGE_KIND.transferReady) return this.#receive(slot, holder, answer.body, then)
      this.#end(slot, holder, recordIn(answer), then)
    })
  }

  #receive(slot: number, holder: FoundMember, readyBody: Uint8Array, now: Instant): void {
    const { context } = this.#options
    const ready = tryDecode(transferReady, readyBody)
    const transferId = ready && context.transfers.receive(holder.contact, ready, 'client', now)
    if (!transferId) return this.#end(slot, holder, undefined, now)
    this.#transfers.add(transferId)
    context.watchTransfer(transferId, (event, then) => {
      this.#transfers.delete(transferId)
      const record = event.kind === 'received' ? tryDecode(fetchedRecord, event.bytes) : undefined
      this.#end(slot, holder, record, then)
    })
  }

  #end(slot: number, holder: FoundMember, record: FetchedRecord | undefined, now: Instant): void {
    const { hex } = holder.contact.key
    this.#slotsUnderWay.delete(slot)
    this.#busy.set(hex, (this.#busy.get(hex) ?? 1) - 1)
    const isRight = record !== undefined && this.take(record, now)
    if (!isRight) this.#emptyWords.set(hex, (this.#emptyWords.get(hex) ?? 0) + 1)
    this.pump(now)
    this.#options.onIdle(now)
  }
}

function recordIn(answer: Answer): FetchedRecord | undefined {
  return answer?.kind === STORAGE_KIND.record ? tryDecode(fetchedRecord, answer.body) : undefined
}
