import { assert } from '../base/assert.ts'
import { type Random, randomBelow } from '../base/random.ts'
import { SECOND_MS } from '../base/time.ts'
import { clockwise, compareClockwise, PLACE_COUNT } from '../ring/circle.ts'
import type { LookupId } from '../ring/ring-access.ts'
import { SimRingNode, type SimRingNodeOptions } from './sim-ring-node.ts'
import { Simulation, type SimulationOptions } from './simulation.ts'

/** Longest a lookup may take in a healthy network; they are waited for together. */
const LOOKUP_PATIENCE_MS = 20 * SECOND_MS
/** Lookups begin so far apart, so that the network is not one burst. */
const LOOKUP_SPACING_MS = 2

export interface LookupReport {
  readonly count: number
  readonly notFound: number
  /** Lines that say which lookups ended elsewhere than at the true owner. */
  readonly wrong: readonly string[]
  readonly meanHops: number
  readonly meanRequests: number
}

/** A simulated network of ring nodes, and the truth about it: who is alive, sorted by place. */
export class RingWorld {
  readonly simulation: Simulation
  readonly nodes: SimRingNode[] = []
  readonly #random: Random

  constructor(seed: number, options: SimulationOptions = {}) {
    this.simulation = new Simulation(seed, options)
    this.#random = this.simulation.createRandom()
  }

  /** Nodes that run and hold records. */
  get members(): SimRingNode[] {
    return this.nodes.filter(({ node, rings }) => node.isRunning && rings.isStorage)
  }

  get running(): SimRingNode[] {
    return this.nodes.filter(({ node }) => node.isRunning)
  }

  create(options: SimRingNodeOptions = {}): SimRingNode {
    const node = new SimRingNode(this.simulation, options)
    this.nodes.push(node)
    return node
  }

  /** `count` nodes join, one each `spacingMs`, each by way of a random one before it. */
  grow(count: number, spacingMs: number): SimRingNode[] {
    const grown: SimRingNode[] = []
    for (let index = 0; index < count; index += 1) {
      const candidates = grown.length > 0 ? grown : []
      const node = this.create()
      node.join(candidates[candidates.length === 0 ? 0 : randomBelow(this.#random, candidates.length)])
      grown.push(node)
      this.simulation.runFor(spacingMs)
    }
    return grown
  }

  /** The members in the order in which they stand on a circle. */
  sorted(ring: number, members: readonly SimRingNode[] = this.members): SimRingNode[] {
    return [...members].sort((a, b) => compareClockwise(0, placed(a, ring), placed(b, ring)))
  }

  /** The true owner of a place among `members`. */
  ownerOf(ring: number, place: number, members: readonly SimRingNode[] = this.members): SimRingNode {
    const sorted = [...members].sort((a, b) => compareClockwise(place, placed(a, ring), placed(b, ring)))
    assert(sorted[0] !== undefined, 'no members')
    return sorted[0]
  }

  /** Places for one lookup: random ones. */
  randomPlaces(ringCount: number): number[] {
    return Array.from({ length: ringCount }, () => randomBelow(this.#random, PLACE_COUNT))
  }

  /**
   * Every running node looks up places in all rings: `randomCount` random ones, and its own place, the one before and
   * the one after it of some other member, where off-by-one mistakes would show.
   */
  lookUpFromEveryNode(randomCount: number): LookupReport {
    const asked: { from: SimRingNode; lookupId: LookupId; places: readonly number[] }[] = []
    const members = this.members
    for (const from of this.running) {
      const places = Array.from({ length: randomCount }, () => this.randomPlaces(from.rings.ringCount))
      const other = members[randomBelow(this.#random, members.length)]
      if (other) places.push(...edgesOf(other))
      for (const each of places) {
        asked.push({ from, places: each, lookupId: from.act((rings, now) => rings.lookup(each, now)) })
        this.simulation.runFor(LOOKUP_SPACING_MS)
      }
    }
    const isDone = () => asked.every(({ from, lookupId }) => from.outcomesOf(lookupId).length === from.rings.ringCount)
    // Asking after each event would cost more than the lookups.
    const end = this.simulation.now + LOOKUP_PATIENCE_MS
    while (!isDone() && this.simulation.now < end) this.simulation.runFor(SECOND_MS)
    return this.#report(asked)
  }

  #report(asked: readonly { from: SimRingNode; lookupId: LookupId; places: readonly number[] }[]): LookupReport {
    const wrong: string[] = []
    let [count, notFound, hops, requests] = [0, 0, 0, 0]
    for (const { from, lookupId, places } of asked) {
      for (const ring of places.keys()) {
        count += 1
        const outcome = from.outcomesOf(lookupId).find((event) => event.ring === ring)
        if (outcome?.kind !== 'found') {
          notFound += 1
          continue
        }
        hops += outcome.hopCount
        requests += outcome.requestCount
        const owner = this.ownerOf(ring, outcome.place)
        const found = outcome.members[0]?.contact.key
        if (!found?.equals(owner.rings.selfKey)) {
          const steps = clockwise(outcome.place, placed(owner, ring).place) / PLACE_COUNT
          wrong.push(
            `ring ${ring} place ${outcome.place}: ${found?.hex.slice(0, 8)}, not ${owner.rings.selfKey.hex.slice(0, 8)} (${steps.toFixed(4)} on)`,
          )
        }
      }
    }
    const found = Math.max(1, count - notFound)
    return { count, notFound, wrong, meanHops: hops / found, meanRequests: requests / found }
  }
}

function placed({ rings }: SimRingNode, ring: number) {
  return { place: rings.nodePlaces(rings.selfKey)[ring] ?? 0, key: rings.selfKey }
}

/** A node's own places, those just before and those just after. */
function edgesOf({ rings }: SimRingNode): number[][] {
  const own = rings.nodePlaces(rings.selfKey)
  return [0, PLACE_COUNT - 1, 1].map((steps) => own.map((place) => (place + steps) % PLACE_COUNT))
}
