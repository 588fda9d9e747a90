import { isInRange, type PlaceRange, rangeChange, rangeLength } from './circle.ts'

/** Gained ranges that storage has not pulled yet; the oldest is given up when more come. */
const CATCHING_UP_MAX = 32

export interface OwnedChange {
  readonly gained: readonly PlaceRange[]
  readonly lost: readonly PlaceRange[]
}

/** What this node owns in one ring, as told to storage, and which part of it storage has yet to pull. */
export class OwnedRanges {
  #owned: PlaceRange | undefined
  #catchingUp: PlaceRange[] = []

  get owned(): PlaceRange | undefined {
    return this.#owned
  }

  /** Takes what the ring says now (undefined: nothing, we are a client). Returns what differs from before, if anything. */
  update(range: PlaceRange | undefined): OwnedChange | undefined {
    const { gained, lost } = rangeChange(this.#owned, range)
    this.#owned = range
    if (!gained && !lost) return undefined
    if (gained) this.#catchingUp = [...this.#catchingUp, gained].slice(-CATCHING_UP_MAX)
    if (!range) this.#catchingUp = []
    else if (lost) this.#catchingUp = this.#catchingUp.flatMap((open) => cut(open, range))
    return { gained: gained ? [gained] : [], lost: lost ? [lost] : [] }
  }

  isCatchingUp(place: number): boolean {
    return this.#catchingUp.some((range) => isInRange(range, place))
  }

  /** Storage has what lies in this range (one that it was told of, or one that holds such). */
  pulled(range: PlaceRange): void {
    this.#catchingUp = this.#catchingUp.filter((open) => {
      const isSame = open.from === range.from && open.to === range.to
      const isInside = isInRange(range, open.to) && (isInRange(range, open.from) || open.from === range.from)
      return !isSame && !(isInside && open.from !== open.to)
    })
  }
}

/** What is left of an open range once only `owned` is ours: what was lost is nobody's to wait for, here. */
function cut(open: PlaceRange, owned: PlaceRange): PlaceRange[] {
  if (!isInRange(owned, open.to)) return []
  const isWithin = rangeLength(open) <= rangeLength({ from: owned.from, to: open.to })
  return [isWithin ? open : { from: owned.from, to: open.to }]
}
