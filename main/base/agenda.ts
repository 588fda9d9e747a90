import type { Instant } from './time.ts'

interface Entry<T> {
  readonly at: Instant
  readonly order: number
  readonly item: T
}

/** What is to happen when, soonest first; of two things at the same moment the one that was scheduled first. */
export class Agenda<T> {
  readonly #heap: Entry<T>[] = []
  #scheduledCount = 0

  get count(): number {
    return this.#heap.length
  }

  /** The moment of the next item. */
  get nextAt(): Instant | undefined {
    return this.#heap[0]?.at
  }

  /** The next item, without taking it. */
  get next(): T | undefined {
    return this.#heap[0]?.item
  }

  add(at: Instant, item: T): void {
    this.#scheduledCount += 1
    this.#heap.push({ at, order: this.#scheduledCount, item })
    this.#siftUp(this.#heap.length - 1)
  }

  /** Removes and returns the next item with its moment. */
  take(): { readonly at: Instant; readonly item: T } | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (!first || !last) return undefined
    if (this.#heap.length > 0) {
      this.#heap[0] = last
      this.#siftDown()
    }
    return first
  }

  /** Throws out what is not to be kept. The order of the rest stays. */
  retain(isKept: (at: Instant, item: T) => boolean): void {
    const kept = this.#heap.filter(({ at, item }) => isKept(at, item)).sort((a, b) => (isBefore(a, b) ? -1 : 1))
    // A sorted list is a heap.
    this.#heap.length = 0
    for (const entry of kept) this.#heap.push(entry)
  }

  #siftUp(start: number): void {
    const heap = this.#heap
    const moved = heap[start] as Entry<T>
    let at = start
    while (at > 0) {
      const parent = (at - 1) >> 1
      const other = heap[parent] as Entry<T>
      if (!isBefore(moved, other)) break
      heap[at] = other
      at = parent
    }
    heap[at] = moved
  }

  #siftDown(): void {
    const heap = this.#heap
    const moved = heap[0] as Entry<T>
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      const right = child + 1
      if (right < heap.length && isBefore(heap[right] as Entry<T>, heap[child] as Entry<T>)) child = right
      const other = heap[child] as Entry<T>
      if (!isBefore(other, moved)) break
      heap[at] = other
      at = child
    }
    heap[at] = moved
  }
}

function isBefore(left: Entry<unknown>, right: Entry<unknown>): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}
