import { toHex } from '../base/bytes.ts'
import { earliest, HOUR_MS, type Instant, MINUTE_MS, type Wake } from '../base/time.ts'
import type { OperationId } from '../storage/storage-events.ts'
import { decode, encode, type ValueOf } from '../wire/codec.ts'
import { KEY_LIFE_MS } from './epochs.ts'
import type { Journal } from './journal.ts'
import { collectRow, CURRENT } from './state-rows.ts'

/** Past it the oldest go: their records end by themselves. */
const DELETIONS_MAX = 10_000
const ENTRIES_MAX = 64
const RETRY_DELAY_MS = 10 * MINUTE_MS

export type Collected = Omit<ValueOf<typeof collectRow>, 'version'>

interface Entry {
  readonly friend: string
  readonly collected: Collected
  /** Undefined until the message is on disk. */
  nextAt: Instant | undefined
  operationId: OperationId | undefined
  retryCount: number
}

/** A batch of deletions in one mailbox. */
export interface DeletionBatch {
  readonly friend: string
  readonly epochId: Uint8Array
  readonly collected: readonly Collected[]
}

/** Records that are on our disk and still on the network: each is deleted until the network has it from us. */
export class Deletions {
  readonly #journal: Journal
  readonly #entries = new Map<string, Entry>()

  constructor(journal: Journal) {
    this.#journal = journal
  }

  get count(): number {
    return this.#entries.size
  }

  /** Throws DecodeError. */
  restore(friend: string, row: Uint8Array, now: Instant): void {
    const collected = detached(decode(collectRow, row))
    this.#entries.set(keyOf(friend, collected), {
      friend,
      collected,
      nextAt: now,
      operationId: undefined,
      retryCount: 0,
    })
  }

  /** Keeps a deletion; it starts only after `release`. */
  add(friend: string, collected: Collected): void {
    const key = keyOf(friend, collected)
    if (this.#entries.has(key)) return
    if (this.#entries.size >= DELETIONS_MAX) this.#dropOldest()
    this.#entries.set(key, {
      friend,
      collected: detached(collected),
      nextAt: undefined,
      operationId: undefined,
      retryCount: 0,
    })
    this.#journal.write(key, encode(collectRow, { ...CURRENT, ...collected }))
  }

  /** What came before this is on disk: the record may go. */
  release(friend: string, collected: Pick<Collected, 'epochId' | 'slot'>, now: Instant): void {
    const entry = this.#entries.get(keyOf(friend, collected))
    if (entry) entry.nextAt ??= now
  }

  /** What is to be deleted now, by mailbox. `isQuiet` says whether a mailbox is not being fetched at the moment. */
  due(isQuiet: (friend: string, epochId: Uint8Array) => boolean, now: Instant): DeletionBatch[] {
    const batches = new Map<string, { friend: string; epochId: Uint8Array; collected: Collected[] }>()
    for (const { friend, collected, nextAt, operationId } of this.#entries.values()) {
      if (nextAt === undefined || nextAt > now || operationId !== undefined) continue
      const mailbox = `${friend}/${toHex(collected.epochId)}`
      const batch = batches.get(mailbox) ?? { friend, epochId: collected.epochId, collected: [] }
      if (batch.collected.length < ENTRIES_MAX) batch.collected.push(collected)
      batches.set(mailbox, batch)
    }
    return [...batches.values()].filter(({ friend, epochId }) => isQuiet(friend, epochId))
  }

  started({ friend, collected }: DeletionBatch, operationId: OperationId): void {
    for (const one of collected) {
      const entry = this.#entries.get(keyOf(friend, one))
      if (entry) entry.operationId = operationId
    }
  }

  /** The operation ended; the network has those slots' deletions for good. */
  finished(operationId: OperationId, finalSlots: ReadonlySet<number>, now: Instant): void {
    for (const [key, entry] of this.#entries) {
      if (entry.operationId !== operationId) continue
      entry.operationId = undefined
      if (finalSlots.has(entry.collected.slot)) this.#drop(key)
      else {
        entry.retryCount += 1
        entry.nextAt = now + Math.min(RETRY_DELAY_MS * 2 ** entry.retryCount, HOUR_MS * 6)
      }
    }
  }

  /** Drops deletions of records that have ended, or of a mailbox whose key is gone. */
  expire(hasMailbox: (friend: string, epochId: Uint8Array) => boolean, now: Instant): void {
    for (const [key, { friend, collected }] of this.#entries) {
      const isOver = now - collected.openedAt >= KEY_LIFE_MS
      if (isOver || !hasMailbox(friend, collected.epochId)) this.#drop(key)
    }
  }

  /** Deletions of a mailbox that is not quiet wait for what ends there, not for time. */
  nextTimeout(isQuiet: (friend: string, epochId: Uint8Array) => boolean): Wake | undefined {
    let soonest: Wake | undefined
    for (const { friend, collected, nextAt, operationId } of this.#entries.values()) {
      if (nextAt === undefined || operationId !== undefined || !isQuiet(friend, collected.epochId)) continue
      soonest = earliest(soonest, { at: nextAt, why: 'delete what was collected' })
    }
    return soonest
  }

  #dropOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#drop(key)
      return
    }
  }

  #drop(key: string): void {
    this.#entries.delete(key)
    this.#journal.erase(key)
  }
}

function keyOf(friend: string, { epochId, slot }: Pick<Collected, 'epochId' | 'slot'>): string {
  return `collect/${friend}/${toHex(epochId)}/${slot}`
}

function detached(collected: Collected): Collected {
  return {
    ...collected,
    epochId: collected.epochId.slice(),
    bodyHash: collected.bodyHash.slice(),
    collectSecret: collected.collectSecret.slice(),
  }
}
