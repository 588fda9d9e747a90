/**
 * Rows sorted by their place in one ring, then by row: what a range of the circle holds is one stretch of it, or two.
 * Inserting moves the tail: 25 µs at 250,000 rows.
 */
export class PlaceOrder {
  readonly #placeOf: (row: number) => number
  #rows = new Uint32Array(256)
  #count = 0

  constructor(placeOf: (row: number) => number) {
    this.#placeOf = placeOf
  }

  add(row: number): void {
    if (this.#count === this.#rows.length) {
      const larger = new Uint32Array(Math.ceil(this.#rows.length * 1.5))
      larger.set(this.#rows)
      this.#rows = larger
    }
    const at = this.#firstAtOrAfter(this.#placeOf(row), row)
    this.#rows.copyWithin(at + 1, at, this.#count)
    this.#rows[at] = row
    this.#count += 1
  }

  /** The row's place must still be what it was when it was added. */
  remove(row: number): void {
    const at = this.#firstAtOrAfter(this.#placeOf(row), row)
    if (this.#rows[at] !== row) return
    this.#rows.copyWithin(at, at + 1, this.#count)
    this.#count -= 1
  }

  /**
   * Rows with a place in (from, to] clockwise, nearest to `from` first; all of the circle if from equals to. At most
   * `countMax` of those that `isWanted`.
   */
  rowsIn(from: number, to: number, countMax: number, isWanted: (row: number) => boolean = () => true): number[] {
    const rows: number[] = []
    for (const [start, end] of this.#stretches(from, to)) {
      for (let at = start; at < end && rows.length < countMax; at += 1) {
        const row = this.#rows[at] ?? 0
        if (isWanted(row)) rows.push(row)
      }
    }
    return rows
  }

  #stretches(from: number, to: number): readonly (readonly [number, number])[] {
    const [after, until] = [this.#firstAfter(from), this.#firstAfter(to)]
    if (from < to) return [[after, until]]
    return [
      [after, this.#count],
      [0, until],
    ]
  }

  #firstAfter(place: number): number {
    return this.#firstAtOrAfter(place, Number.POSITIVE_INFINITY)
  }

  #firstAtOrAfter(place: number, row: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#rows[middle] ?? 0
      const otherPlace = this.#placeOf(other)
      if (otherPlace < place || (otherPlace === place && other < row)) low = middle + 1
      else high = middle
    }
    return low
  }
}
