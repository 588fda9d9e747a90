import { expect, test } from 'vitest'
import { type Copy, copiesByRing, countByStatus, lastCheckedAt, placesOnRing } from './copies-picture.ts'

function holder(ring: number, status: 'held' | 'lost' | 'unknown' = 'held', checkedAt?: string) {
  return { nodeKey: 'A'.repeat(64), ring, status, ...(checkedAt === undefined ? {} : { checkedAt }) }
}

function statuses(rings: readonly { readonly copies: readonly Copy[] }[]): string[][] {
  return rings.map(({ copies }) => copies.map(({ status }) => status))
}

test('shows two copies on each of three rings', () => {
  const holders = [0, 0, 1, 1, 2, 2].map((ring) => holder(ring))
  expect(statuses(copiesByRing(holders, { held: 6, wanted: 6 }))).toEqual([
    ['held', 'held'],
    ['held', 'held'],
    ['held', 'held'],
  ])
})

test('keeps a place for each copy that is wanted and not there, on the ring that has least', () => {
  const rings = copiesByRing([holder(0), holder(0), holder(1)], { held: 3, wanted: 6 })
  expect(statuses(rings)).toEqual([
    ['held', 'held'],
    ['held', 'missing'],
    ['missing', 'missing'],
  ])
})

test('shows three empty rings before anything was asked', () => {
  expect(statuses(copiesByRing([], undefined))).toEqual([[], [], []])
})

test('says that a lost copy is replaced only where so few live that the holders do that', () => {
  const five = [0, 0, 1, 1, 2].map((ring) => holder(ring))
  const lost = holder(2, 'lost')
  expect(countByStatus(copiesByRing([...five, lost], { held: 5, wanted: 6 })).get('lost')).toBe(1)
  expect(countByStatus(copiesByRing([...five.slice(1), lost], { held: 4, wanted: 6 })).get('repairing')).toBe(1)
})

test('promises no repair where no copy lives', () => {
  const counts = countByStatus(copiesByRing([holder(0, 'lost'), holder(1, 'lost')], { held: 0, wanted: 2 }))
  expect(counts.get('lost')).toBe(2)
  expect(counts.has('repairing')).toBe(false)
})

test('knows when a holder was last seen', () => {
  const early = '2026-11-27T04:00:00.000Z'
  const late = '2026-11-27T05:00:00.000Z'
  expect(lastCheckedAt([holder(0, 'held', late), holder(1, 'held', early), holder(2)])).toBe(late)
  expect(lastCheckedAt([holder(0)])).toBeUndefined()
})

test('puts copies on their circle, apart from each other and from those of the other rings', () => {
  const places = [0, 1, 2].map((ring) => placesOnRing(2, ring, 10, 20))
  for (const { x, y } of places.flat()) expect(Math.hypot(x - 20, y - 20)).toBeCloseTo(10)
  const seen = new Set(places.flat().map(({ x, y }) => `${x.toFixed(3)} ${y.toFixed(3)}`))
  expect(seen.size).toBe(6)
})
