import type { Instant } from '../base/time.ts'
import { decode, encode } from '../wire/codec.ts'
import { decodeContent } from './content.ts'
import type { Journal } from './journal.ts'
import { CURRENT, heldRow, MISSING_MAX, orderRow } from './state-rows.ts'

/** Messages of one friend that wait for an earlier one, and their bytes in all; past either nothing waits longer. */
const HELD_MAX = 512
const HELD_BYTES_MAX = 4 * 1_048_576
/** A jump over more than this is no loss of messages but a new beginning: nothing is shown for it. */
const GAP_SHOWN_MAX = 64
/** Numbers from here on are ours, for messages that have none or one that was taken already. */
const UNNUMBERED_BASE = 2 ** 52

/** A message on its way into the history. */
export interface Arrival {
  readonly historyId: Uint8Array
  readonly sequence: number
  readonly sentAtMs: number
  /** Encoded mailContent. */
  readonly content: Uint8Array
}

/** What the history gets, in this order. */
export type Release =
  | { readonly kind: 'message'; readonly arrival: Arrival }
  | { readonly kind: 'missing'; readonly sequence: number }

/**
 * Puts one friend's messages into the order of SENDER's sequence. What comes too early waits on disk until what is
 * before it came or was asked for in vain; then a place is kept in the history, which a later arrival fills.
 */
export class IncomingOrder {
  readonly #friend: string
  readonly #journal: Journal
  /** The number expected next; 0 before the first message. */
  #next = 0
  #missing: number[] = []
  readonly #held = new Map<number, Arrival>()
  #heldBytes = 0
  #waitingSince: Instant | undefined

  constructor(friend: string, journal: Journal) {
    this.#friend = friend
    this.#journal = journal
  }

  /** Throws DecodeError. */
  restoreOrder(row: Uint8Array): void {
    const { next, missing } = decode(orderRow, row)
    this.#next = next
    this.#missing = [...missing]
  }

  /** Throws DecodeError. */
  restoreHeld(row: Uint8Array, now: Instant): void {
    const { historyId, sequence, sentAtMs, content } = decode(heldRow, row)
    decodeContent(content)
    this.#hold({ historyId: historyId.slice(), sequence, sentAtMs, content: content.slice() }, now)
  }

  /** Since when messages wait for an earlier one; undefined: none does. */
  get waitingSince(): Instant | undefined {
    return this.#waitingSince
  }

  /** Takes one message; returns what the history gets now. `unnumbered` gives numbers that nothing else has. */
  take(arrival: Arrival, unnumbered: () => number, now: Instant): Release[] {
    const { sequence } = arrival
    if (sequence === 0 || sequence >= UNNUMBERED_BASE) return [renumbered(arrival, unnumbered())]
    if (sequence === Math.max(1, this.#next)) return this.#pass(arrival)
    if (sequence < this.#next) return [this.#fill(arrival, unnumbered)]
    if (this.#held.has(sequence)) return [renumbered(arrival, unnumbered())]
    this.#hold(arrival, now)
    this.#journal.write(this.#heldKey(sequence), encode(heldRow, { ...CURRENT, ...arrival }))
    const isFull = this.#held.size > HELD_MAX || this.#heldBytes > HELD_BYTES_MAX
    return isFull ? this.release(0) : []
  }

  /**
   * What is before the waiting messages was asked for in vain: they wait no longer.
   *
   * withdrawnCount   numbers of which we know that SENDER took them back: no place is kept for so many
   */
  release(withdrawnCount: number): Release[] {
    const released: Release[] = []
    let withdrawn = withdrawnCount
    for (const sequence of [...this.#held.keys()].sort((left, right) => left - right)) {
      const arrival = this.#unhold(sequence)
      if (!arrival) continue
      const gap = sequence - Math.max(1, this.#next)
      if (gap > 0) released.push(...this.#skip(sequence, gap <= withdrawn))
      if (gap <= withdrawn) withdrawn -= gap
      released.push({ kind: 'message', arrival })
      this.#next = sequence + 1
    }
    this.#save()
    return released
  }

  eraseAll(): void {
    for (const sequence of this.#held.keys()) this.#unhold(sequence)
    this.#journal.erase(`order/${this.#friend}`)
  }

  #pass(arrival: Arrival): Release[] {
    const released: Release[] = [{ kind: 'message', arrival }]
    this.#next = arrival.sequence + 1
    for (let held = this.#unhold(this.#next); held; held = this.#unhold(this.#next)) {
      released.push({ kind: 'message', arrival: held })
      this.#next += 1
    }
    this.#save()
    return released
  }

  #fill(arrival: Arrival, unnumbered: () => number): Release {
    if (!this.#missing.includes(arrival.sequence)) return renumbered(arrival, unnumbered())
    this.#missing = this.#missing.filter((sequence) => sequence !== arrival.sequence)
    this.#save()
    return { kind: 'message', arrival }
  }

  /** Passes over the numbers before `sequence`, and keeps places in the history for them. */
  #skip(sequence: number, isWithdrawn: boolean): Release[] {
    const from = Math.max(1, this.#next)
    if (sequence - from > GAP_SHOWN_MAX) return []
    const numbers = Array.from({ length: sequence - from }, (_, index) => from + index)
    this.#missing = [...this.#missing, ...numbers].slice(-MISSING_MAX)
    return isWithdrawn ? [] : numbers.map((number) => ({ kind: 'missing', sequence: number }))
  }

  #hold(arrival: Arrival, now: Instant): void {
    this.#held.set(arrival.sequence, arrival)
    this.#heldBytes += arrival.content.length
    this.#waitingSince ??= now
  }

  #unhold(sequence: number): Arrival | undefined {
    const arrival = this.#held.get(sequence)
    if (!arrival) return undefined
    this.#held.delete(sequence)
    this.#heldBytes -= arrival.content.length
    if (this.#held.size === 0) this.#waitingSince = undefined
    this.#journal.erase(this.#heldKey(sequence))
    return arrival
  }

  #save(): void {
    this.#journal.write(
      `order/${this.#friend}`,
      encode(orderRow, { ...CURRENT, next: this.#next, missing: this.#missing }),
    )
  }

  #heldKey(sequence: number): string {
    return `held/${this.#friend}/${sequence}`
  }
}

/** A number above all that friends may use, for the nth message without one of its own. */
export function unnumberedSequence(count: number): number {
  return UNNUMBERED_BASE + count
}

function renumbered(arrival: Arrival, sequence: number): Release {
  return { kind: 'message', arrival: { ...arrival, sequence } }
}
