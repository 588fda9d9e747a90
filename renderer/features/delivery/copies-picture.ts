import type { Delivery, Message } from '../../../shared/model/message.ts'

type Holder = Delivery['holders'][number]

/**
 * One copy of a message on a ring. `held` a storage node gave a receipt or answered a check; `lost` it does not answer
 * for it any more; `repairing` lost, and the other holders are replacing it; `missing` the place has not been filled yet;
 * `unknown` nobody has looked.
 */
export interface Copy {
  readonly status: 'held' | 'lost' | 'repairing' | 'missing' | 'unknown'
  /** Absent where no node is known. */
  readonly nodeKey?: string
  readonly checkedAt?: string
}

/** The copies of one ring. */
export interface RingCopies {
  readonly ring: number
  readonly copies: readonly Copy[]
}

export const RINGS = 3

/** Holders make a lost copy anew only below so many live ones (design, section 3). */
const REPAIR_BELOW = 5

/** Lays out the copies of a message by ring, with a place for each copy that is wanted and not there. */
export function copiesByRing(holders: readonly Holder[], copies: Message['copies']): RingCopies[] {
  const wanted = copies?.wanted ?? 0
  const heldCount = holders.filter(({ status }) => status === 'held').length
  const isRepairing = heldCount > 0 && heldCount < Math.min(REPAIR_BELOW, wanted)
  const rings = Array.from({ length: RINGS }, (_, ring) => ({
    ring,
    copies: holders.filter((holder) => holder.ring === ring).map((holder) => copyOf(holder, isRepairing)),
  }))
  for (let open = wanted - holders.length; open > 0; open -= 1) {
    const emptiest = rings.toSorted((a, b) => a.copies.length - b.copies.length || a.ring - b.ring)[0]
    emptiest?.copies.push({ status: 'missing' })
  }
  return rings
}

function copyOf({ nodeKey, status, checkedAt }: Holder, isRepairing: boolean): Copy {
  const shown = status === 'lost' && isRepairing ? 'repairing' : status
  return { status: shown, nodeKey, ...(checkedAt === undefined ? {} : { checkedAt }) }
}

/** How many copies there are of each kind, for the words beside the picture. */
export function countByStatus(rings: readonly RingCopies[]): ReadonlyMap<Copy['status'], number> {
  const counts = new Map<Copy['status'], number>()
  for (const { copies } of rings) {
    for (const { status } of copies) counts.set(status, (counts.get(status) ?? 0) + 1)
  }
  return counts
}

/** The last moment at which a storage node was seen to hold the message. */
export function lastCheckedAt(holders: readonly Holder[]): string | undefined {
  return holders
    .flatMap(({ checkedAt }) => checkedAt ?? [])
    .toSorted()
    .at(-1)
}

export interface Point {
  readonly x: number
  readonly y: number
}

/**
 * Where the copies of a ring stand on its circle: side by side from a start that turns with the ring, so that
 * the rings' copies do not cover one another.
 */
export function placesOnRing(count: number, ring: number, radius: number, centre: number): Point[] {
  return Array.from({ length: count }, (_, index) => {
    const turn = ring / (RINGS * Math.max(count, 1)) + index / Math.max(count, 1)
    const angle = 2 * Math.PI * turn - Math.PI / 2
    return { x: centre + radius * Math.cos(angle), y: centre + radius * Math.sin(angle) }
  })
}
