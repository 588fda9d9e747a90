import { clockwise } from '../ring/circle.ts'
import type { SimHolder } from './sim-holder.ts'

interface Standing {
  readonly place: number
  readonly holder: SimHolder
}

/** Who stands where at one moment, in every ring: made once, asked often. */
export class Census {
  readonly #rings: readonly (readonly Standing[])[]

  constructor(members: readonly SimHolder[], ringCount: number) {
    this.#rings = Array.from({ length: ringCount }, (_, ring) =>
      members
        .map((holder) => ({ place: holder.rings.nodePlaces(holder.contact.key)[ring] ?? 0, holder }))
        .sort((left, right) => left.place - right.place),
    )
  }

  /** The first `count` members from a place on, clockwise. */
  first(ring: number, place: number, count: number): SimHolder[] {
    const standings = this.#rings[ring] ?? []
    const start = firstAtOrAfter(standings, place)
    return Array.from({ length: Math.min(count, standings.length) }, (_, index) => {
      const standing = standings[(start + index) % standings.length]
      return standing ? [standing.holder] : []
    }).flat()
  }

  /** All of them, nearest first. */
  order(ring: number, place: number): SimHolder[] {
    const steps = ({ place: other }: Standing) => clockwise(place, other)
    return [...(this.#rings[ring] ?? [])].sort((left, right) => steps(left) - steps(right)).map(({ holder }) => holder)
  }
}

function firstAtOrAfter(standings: readonly Standing[], place: number): number {
  let low = 0
  let high = standings.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((standings[middle]?.place ?? 0) < place) low = middle + 1
    else high = middle
  }
  return low
}
