import type { Instant } from '../base/time.ts'

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

  add(at: Instant, item: T): void {
    this.#scheduledCount += 1
    this.#heap.push({ at, order: this.#scheduledCount, item })
    this.#siftUp(this.#heap.length - 1)
  }

  /** Removes and returns the next item with its moment. */
  take(): { at: Instant; item: T } | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (!first || !last) return undefined
    if (this.#heap.length > 0) {
      this.#heap[0] = last
      this.#siftDown()
    }
    return { at: first.at, item: first.item }
  }

  #siftUp(start: number): void {
    let at = start
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #siftDown(): void {
    let at = 0
    for (;;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#heap.length && this.#isBefore(child, least)) least = child
      }
      if (least === at) return
      this.#swap(at, least)
      at = least
    }
  }

  #isBefore(left: number, right: number): boolean {
    const a = this.#heap[left] as Entry<T>
    const b = this.#heap[right] as Entry<T>
    return a.at < b.at || (a.at === b.at && a.order < b.order)
  }

  #swap(left: number, right: number): void {
    const moved = this.#heap[left] as Entry<T>
    this.#heap[left] = this.#heap[right] as Entry<T>
    this.#heap[right] = moved
  }
}
