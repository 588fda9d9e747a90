import { type Instant, MINUTE_MS } from '../base/time.ts'

/** Which rows end in which minute: as many entries as there are rows, for whoever removes a row takes it out here. */
export class ExpiryCalendar {
  readonly #rowsByMinute = new Map<number, Set<number>>()
  /** Minutes with rows, sorted. */
  readonly #minutes: number[] = []

  add(row: number, endsAt: Instant): void {
    const minute = minuteOf(endsAt)
    const rows = this.#rowsByMinute.get(minute)
    if (rows) rows.add(row)
    else {
      this.#rowsByMinute.set(minute, new Set([row]))
      this.#minutes.splice(this.#firstNotBefore(minute), 0, minute)
    }
  }

  /** endsAt: as it was added. A row that is not there is no error: it was taken out as due. */
  remove(row: number, endsAt: Instant): void {
    const minute = minuteOf(endsAt)
    const rows = this.#rowsByMinute.get(minute)
    if (!rows?.delete(row) || rows.size > 0) return
    this.#rowsByMinute.delete(minute)
    this.#minutes.splice(this.#firstNotBefore(minute), 1)
  }

  /** At most `countMax` rows whose minute is over; they are taken out. */
  takeDue(now: Instant, countMax: number): number[] {
    const due: number[] = []
    while (due.length < countMax && (this.nextAt() ?? Number.POSITIVE_INFINITY) <= now) {
      const minute = this.#minutes[0] ?? 0
      const rows = this.#rowsByMinute.get(minute) ?? new Set()
      for (const row of rows) {
        if (due.length === countMax) return due
        rows.delete(row)
        due.push(row)
      }
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

function minuteOf(endsAt: Instant): number {
  return Math.floor(endsAt / MINUTE_MS)
}
