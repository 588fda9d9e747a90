import type { Instant } from '../base/time.ts'
import type { VaultIndex } from './vault-index.ts'

/** A row that may go, and what its going would waste. */
export interface Victim {
  readonly row: number
  readonly worth: number
  readonly isRepair: boolean
}

/**
 * Who goes first when room is short: copies taken over in repair before deposits; of either, the heaviest prefix
 * pays, with the row of which the least paid effort per byte is left (price x remaining time). Yields victims one
 * after another, each as if those before it were gone.
 *
 * source  offline-messaging.md section 7
 */
export function* victims(index: VaultIndex, now: Instant): Generator<Victim, void> {
  for (const kind of ['repair', 'deposit'] as const) {
    const shares = index.shares.sharesOf(kind).map(({ rows, bytes }) => ({ rows, bytes, order: undefined }))
    const heaviest = new Heap<PrefixShare>((left, right) => right.bytes - left.bytes, shares)
    for (let share = heaviest.pop(); share; share = heaviest.pop()) {
      share.order ??= new Heap(compareWorth, worths(index, share.rows, now))
      const next = share.order.pop()
      if (!next) continue
      yield { row: next.row, worth: next.worth, isRepair: kind === 'repair' }
      share.bytes -= next.sizeBytes
      heaviest.push(share)
    }
  }
}

interface PrefixShare {
  readonly rows: ReadonlySet<number>
  bytes: number
  order: Heap<Worth> | undefined
}

interface Worth {
  readonly row: number
  readonly worth: number
  readonly sizeBytes: number
}

function worths(index: VaultIndex, rows: ReadonlySet<number>, now: Instant): Worth[] {
  return Array.from(rows, (row) => ({ row, worth: index.worthOf(row, now), sizeBytes: index.sizeOf(row) }))
}

function compareWorth(left: Worth, right: Worth): number {
  return left.worth === right.worth ? left.row - right.row : left.worth - right.worth
}

/** The least item first. Building one costs as much as looking at each item. */
class Heap<T> {
  readonly #compare: (left: T, right: T) => number
  readonly #items: T[]

  constructor(compare: (left: T, right: T) => number, items: readonly T[]) {
    this.#compare = compare
    this.#items = [...items]
    for (let at = (this.#items.length >>> 1) - 1; at >= 0; at -= 1) this.#sink(at)
  }

  push(item: T): void {
    let at = this.#items.push(item) - 1
    while (at > 0 && this.#isBefore(at, (at - 1) >>> 1)) {
      this.#swap(at, (at - 1) >>> 1)
      at = (at - 1) >>> 1
    }
  }

  pop(): T | undefined {
    const first = this.#items[0]
    const last = this.#items.pop()
    if (this.#items.length > 0 && last !== undefined) {
      this.#items[0] = last
      this.#sink(0)
    }
    return first
  }

  #sink(start: number): void {
    for (let at = start; ; ) {
      const left = 2 * at + 1
      const least = left + 1 < this.#items.length && this.#isBefore(left + 1, left) ? left + 1 : left
      if (left >= this.#items.length || !this.#isBefore(least, at)) return
      this.#swap(at, least)
      at = least
    }
  }

  #isBefore(left: number, right: number): boolean {
    return this.#compare(this.#items[left] as T, this.#items[right] as T) < 0
  }

  #swap(left: number, right: number): void {
    const moved = this.#items[left] as T
    this.#items[left] = this.#items[right] as T
    this.#items[right] = moved
  }
}
