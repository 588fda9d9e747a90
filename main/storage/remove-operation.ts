import type { Instant } from '../base/time.ts'
import type { SigningKey } from '../crypto/sign.ts'
import type { FoundMember } from '../ring/ring-access.ts'
import { encode, type ValueOf } from '../wire/codec.ts'
import { DELETE_ENTRIES_MAX, DELETE_OUTCOME, deleteCommand, deleted, STORAGE_KIND } from '../wire/storage-packets.ts'
import { TOMBSTONE_KIND, type TombstoneEntry } from '../wire/storage-record.ts'
import type { ClientContext } from './client-context.ts'
import { HolderVisits } from './holder-visits.ts'
import type { Operation } from './operation.ts'
import { OwnerRequests } from './owner-requests.ts'
import { RingFinder } from './ring-finder.ts'
import type { OperationId, RemovedSlot } from './storage-events.ts'
import { tryDecode } from './try-decode.ts'

/** A removal is final when so many holders have it, or all that there are. */
const HOLDERS_FOR_FINAL = 4

type Outcome = ValueOf<typeof deleted>['outcomes'][number]

interface Tally {
  readonly entry: TombstoneEntry
  placedCount: number
  /** Held nothing there: nothing to delete, and nothing that speaks against it. */
  emptyCount: number
  refusedCount: number
  beatenBy: TombstoneEntry | undefined
}

export interface RemoveOperationOptions {
  readonly context: ClientContext
  readonly operationId: OperationId
  readonly signer: SigningKey
  readonly entries: readonly TombstoneEntry[]
  /** Whether a `collected` that beats ours is true: c against the header that the caller has. */
  readonly isTrue: (entry: TombstoneEntry) => boolean
}

/**
 * Puts tombstones in place of records at the first 4 nodes of each ring. Taking a message back is final only when 4
 * holders, or all nodes of the mailbox, have it and none shows that RECEIVER was there first.
 */
export class RemoveOperation implements Operation {
  readonly operationId: OperationId
  readonly #context: ClientContext
  readonly #requests: OwnerRequests
  readonly #finder: RingFinder
  readonly #visits = new HolderVisits()
  readonly #tallies: ReadonlyMap<number, Tally>
  readonly #batches: readonly (readonly TombstoneEntry[])[]
  readonly #isTrue: (entry: TombstoneEntry) => boolean
  #isOver = false

  constructor({ context, operationId, signer, entries, isTrue }: RemoveOperationOptions) {
    this.operationId = operationId
    this.#context = context
    this.#isTrue = isTrue
    this.#tallies = new Map(
      entries.map((entry) => [
        entry.slot,
        { entry, placedCount: 0, emptyCount: 0, refusedCount: 0, beatenBy: undefined },
      ]),
    )
    this.#batches = batchesOf(entries)
    this.#requests = new OwnerRequests(context, signer)
    this.#finder = new RingFinder({
      context,
      mailbox: signer.verifyKey,
      isChoosy: false,
      onRing: (found, now) => {
        this.#visits.addRing(found)
        this.#sendToAll(now)
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

  #sendToAll(now: Instant): void {
    for (const member of this.#visits.takeAll()) this.#send(member, 0, now)
  }

  #send(member: FoundMember, index: number, now: Instant): void {
    const entries = this.#batches[index]
    if (!entries) {
      this.#visits.settle(member, 'answered')
      return this.#finishIfDone(now)
    }
    const command = encode(deleteCommand, { entries })
    this.#requests.ask(member, STORAGE_KIND.delete, command, now, (answer, then) => {
      const value = answer?.kind === STORAGE_KIND.deleted ? tryDecode(deleted, answer.body) : undefined
      if (!value) {
        this.#visits.settle(member, 'silent')
        return this.#finishIfDone(then)
      }
      const asked = new Set(entries.map(({ slot }) => slot))
      for (const outcome of value.outcomes) if (asked.delete(outcome.slot)) this.#count(outcome, member)
      this.#send(member, index + 1, then)
    })
  }

  #count({ slot, outcome, standing }: Outcome, member: FoundMember): void {
    const tally = this.#tallies.get(slot)
    if (!tally) return
    const isCollected = standing?.kind === TOMBSTONE_KIND.collected && standing.slot === slot
    if (outcome === DELETE_OUTCOME.placed) tally.placedCount += 1
    else if (outcome === DELETE_OUTCOME.notHeld) tally.emptyCount += 1
    else if (outcome === DELETE_OUTCOME.beaten && isCollected && this.#isTrue(standing))
      this.#beat(tally, standing, member)
    else tally.refusedCount += 1
  }

  #beat(tally: Tally, standing: TombstoneEntry, member: FoundMember): void {
    const isFirst = tally.beatenBy === undefined
    tally.beatenBy = standing
    if (!isFirst || tally.entry.kind === TOMBSTONE_KIND.collected) return
    const { operationId } = this
    const { slot } = standing
    this.#context.emit({ kind: 'tombstone', operationId, slot, revision: 0, entry: standing, node: member.contact.key })
  }

  #finishIfDone(now: Instant): void {
    this.#sendToAll(now)
    if (this.#finder.isDone && this.#visits.pendingCount === 0) this.#finish('complete', now)
  }

  #finish(outcome: 'complete' | 'cancelled', now?: Instant): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#finder.stop()
    this.#requests.stop()
    if (now !== undefined) this.#visits.tellSilences(this.#context.trust, now)
    const areAllRingsHeard = this.#visits.areRingsHeard(this.#context.rings.ringCount)
    const hasAll = areAllRingsHeard && this.#visits.haveAllAnswered
    const slots = [...this.#tallies].map(([slot, tally]) => removedSlot(slot, tally, hasAll))
    const { operationId } = this
    this.#context.emit({ kind: 'finished', operation: 'remove', operationId, outcome, areAllRingsHeard, slots })
  }
}

function removedSlot(slot: number, tally: Tally, hasAll: boolean): RemovedSlot {
  const { placedCount, emptyCount, refusedCount, beatenBy } = tally
  const hasEnough = placedCount >= HOLDERS_FOR_FINAL || (hasAll && refusedCount === 0)
  const confirmedCount = placedCount + emptyCount
  return { slot, confirmedCount, beatenBy, isFinal: hasEnough && beatenBy === undefined }
}

function batchesOf(entries: readonly TombstoneEntry[]): TombstoneEntry[][] {
  const batches: TombstoneEntry[][] = []
  for (let at = 0; at < entries.length; at += DELETE_ENTRIES_MAX)
    batches.push(entries.slice(at, at + DELETE_ENTRIES_MAX))
  return batches
}
