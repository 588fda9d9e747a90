import type { z } from 'zod'
import type { LookupView, RingView } from '../../../shared/model/network.ts'

export type Ring = z.infer<typeof RingView>
export type RingLookup = z.infer<typeof LookupView>
export type ContactRole = 'successor' | 'predecessor' | 'finger'

export interface RingMark {
  readonly key: string
  readonly place: number
  readonly role: ContactRole
  readonly rttMs: number | undefined
}

/** Everybody this node knows on a ring, each once: a neighbour that is a finger too is shown as the neighbour. */
export function ringMarks({ successors, predecessors, fingers }: Ring): RingMark[] {
  const byKey = new Map<string, RingMark>()
  const add = (role: ContactRole, contacts: Ring['fingers']): void => {
    for (const { key, place, rttMs } of contacts) if (!byKey.has(key)) byKey.set(key, { key, place, role, rttMs })
  }
  add('successor', successors)
  add('predecessor', predecessors)
  add('finger', fingers)
  return [...byKey.values()]
}

/** The way of a lookup: from here over everybody who answered to the owner. */
export function lookupWay(selfPlace: number, { hops, place }: RingLookup): { from: number; to: number }[] {
  const stops = [selfPlace, ...hops.filter(({ outcome }) => outcome === 'answered').map((hop) => hop.place)]
  if (stops.length === 1) stops.push(place)
  return stops.slice(1).map((to, index) => ({ from: stops[index] ?? selfPlace, to }))
}

/** The median of what was measured; undefined where nothing was. */
export function medianRttMs(marks: readonly RingMark[]): number | undefined {
  const known = marks.flatMap(({ rttMs }) => (rttMs === undefined ? [] : [rttMs])).sort((a, b) => a - b)
  return known[Math.floor(known.length / 2)]
}
