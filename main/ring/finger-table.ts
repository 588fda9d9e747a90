import { clockwise, PLACE_COUNT } from './circle.ts'
import type { Peer } from './peer.ts'

const BASE = 16
const LEVELS = 12
/** An interval's finger is the quickest of so many nodes that were met in it. */
const TRIED_MAX = 16
/** Fingers and spares together; spares are kept only below it. */
const SPARES_UNTIL_COUNT = 30
/** At 10^8 nodes some six levels lie beyond the successors. */
const FINGERS_MAX = 96

interface Slot {
  finger: Peer
  /** The second quickest, for when the first falls silent. */
  spare: Peer | undefined
  triedCount: number
}

/** An interval of the table: places from `from` on, `width` of them. */
export interface FingerInterval {
  readonly from: number
  readonly width: number
}

type RoundTripOf = (peer: Peer) => number | undefined

/**
 * Shortcuts across the circle: per level l and digit d (1 to 15) the quickest node met among those d·16^l to
 * (d+1)·16^l places after us. Only speed depends on it. Intervals that the successor list covers are left out.
 */
export class FingerTable {
  readonly #selfPlace: number
  readonly #ring: number
  readonly #slots = new Map<number, Slot>()
  #coveredSteps = PLACE_COUNT

  constructor(selfPlace: number, ring: number) {
    this.#selfPlace = selfPlace
    this.#ring = ring
  }

  /** How far the successor list reaches; all of the circle if it is not full. Drops what it now covers. */
  setCovered(steps: number): void {
    this.#coveredSteps = steps
    for (const [index, slot] of this.#slots) {
      if (slot.spare && this.#stepsTo(slot.spare) <= steps) slot.spare = undefined
      if (this.#stepsTo(slot.finger) > steps) continue
      if (slot.spare) this.#slots.set(index, { finger: slot.spare, spare: undefined, triedCount: slot.triedCount })
      else this.#slots.delete(index)
    }
  }

  peers(): Peer[] {
    return [...this.#slots.values()].flatMap(({ finger, spare }) => (spare ? [finger, spare] : [finger]))
  }

  has(peer: Peer): boolean {
    const slot = this.#slots.get(this.#indexOf(peer.placeIn(this.#ring)))
    return slot?.finger === peer || slot?.spare === peer
  }

  /** Whether a node there would fill an empty interval. */
  wants(place: number): boolean {
    const steps = clockwise(this.#selfPlace, place)
    return steps > this.#coveredSteps && this.#slots.size < FINGERS_MAX && !this.#slots.has(this.#indexOf(place))
  }

  /** Keeps the peer if its interval is empty or it is quicker than what is there. */
  offer(peer: Peer, rttOf: RoundTripOf): void {
    const place = peer.placeIn(this.#ring)
    if (clockwise(this.#selfPlace, place) <= this.#coveredSteps || this.has(peer)) return
    const index = this.#indexOf(place)
    const slot = this.#slots.get(index)
    if (slot) return this.#compete(slot, peer, rttOf)
    if (this.#slots.size >= FINGERS_MAX) return
    if (this.peers().length >= SPARES_UNTIL_COUNT) this.#dropSpare()
    this.#slots.set(index, { finger: peer, spare: undefined, triedCount: 1 })
  }

  remove(peer: Peer): void {
    const index = this.#indexOf(peer.placeIn(this.#ring))
    const slot = this.#slots.get(index)
    if (slot?.spare === peer) slot.spare = undefined
    if (slot?.finger !== peer) return
    if (slot.spare) this.#slots.set(index, { finger: slot.spare, spare: undefined, triedCount: 1 })
    else this.#slots.delete(index)
  }

  /** Intervals beyond the successors, widest first, that hold nobody or saw fewer than 16 nodes. */
  unsettledIntervals(): FingerInterval[] {
    const intervals: FingerInterval[] = []
    for (let level = LEVELS - 1; level >= 0; level -= 1) {
      const width = BASE ** level
      if (BASE * width <= this.#coveredSteps) break
      for (let digit = BASE - 1; digit >= 1; digit -= 1) {
        const slot = this.#slots.get(level * BASE + digit)
        if ((digit + 1) * width <= this.#coveredSteps || (slot && slot.triedCount >= TRIED_MAX)) continue
        intervals.push({ from: (this.#selfPlace + digit * width) % PLACE_COUNT, width })
      }
    }
    return intervals
  }

  #compete(slot: Slot, peer: Peer, rttOf: RoundTripOf): void {
    const rtt = (each: Peer) => rttOf(each) ?? Number.POSITIVE_INFINITY
    slot.triedCount = Math.min(TRIED_MAX, slot.triedCount + 1)
    const loser = rtt(peer) < rtt(slot.finger) ? slot.finger : peer
    if (loser !== peer) slot.finger = peer
    if (slot.spare && rtt(slot.spare) <= rtt(loser)) return
    if (slot.spare || this.peers().length < SPARES_UNTIL_COUNT) slot.spare = loser
  }

  #dropSpare(): void {
    for (const slot of this.#slots.values()) {
      if (!slot.spare) continue
      slot.spare = undefined
      return
    }
  }

  #stepsTo(peer: Peer): number {
    return clockwise(this.#selfPlace, peer.placeIn(this.#ring))
  }

  #indexOf(place: number): number {
    const steps = clockwise(this.#selfPlace, place)
    if (steps === 0) return 0
    let level = 0
    let width = 1
    while (steps >= width * BASE) {
      width *= BASE
      level += 1
    }
    return level * BASE + Math.floor(steps / width)
  }
}
