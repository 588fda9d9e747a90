import { type Instant, MINUTE_MS } from '../base/time.ts'

/**
 * Which rows end in which minute. A row that ends otherwise by now, or is gone, still comes up: whoever takes it out
 * looks at what the row says today.
 */
export class ExpiryCalendar {
  readonly #rowsByMinute = new Map<number, number[]>()
  /** Minutes with rows, sorted. */
  readonly #minutes: number[] = []

  add(row: number, endsAt: Instant): void {
    const minute = Math.floor(endsAt / MINUTE_MS)
    const rows = this.#rowsByMinute.get(minute)
    if (rows) rows.push(row)
    else {
      this.#rowsByMinute.set(minute, [row])
      this.#minutes.splice(this.#firstNotBefore(minute), 0, minute)
    }
  }

  /** At most `countMax` rows whose minute is over; they are taken out. */
  takeDue(now: Instant, countMax: number): number[] {
    const due: number[] = []
    while (due.length < countMax && (this.nextAt() ?? Number.POSITIVE_INFINITY) <= now) {
      const minute = this.#minutes[0] ?? 0
      const rows = this.#rowsByMinute.get(minute) ?? []
      due.push(...rows.splice(0, countMax - due.length))
      if (rows.length > 0) break
      this.#rowsByMinute.delete(minute)
      this.#minutes.shift()
    }
    return due
  }

  /** When the first minute with rows is over. */
  nextAt(): Instant | undefined {
    const minute = this.#minutes[0]
    return minute === undefined ? undefined : (minute + 1) * MINUTE_MS
  }

  clear(): void {
    this.#rowsByMinute.clear()
    this.#minutes.length = 0
  }

  #firstNotBefore(minute: number): number {
    let low = 0
    let high = this.#minutes.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#minutes[middle] ?? 0) < minute) low = middle + 1
      else high = middle
    }
    return low
  }
}
