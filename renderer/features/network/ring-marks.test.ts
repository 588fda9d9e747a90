import { expect, test } from 'vitest'
import { lookupWay, medianRttMs, type Ring, type RingLookup, ringMarks } from './ring-marks.ts'

const contact = (key: string, place: number, rttMs?: number) => ({
  key,
  place,
  ...(rttMs === undefined ? {} : { rttMs }),
})

const RING: Ring = {
  ring: 0,
  place: 10,
  successors: [contact('A', 20, 30)],
  predecessors: [contact('B', 5)],
  fingers: [contact('A', 20, 30), contact('C', 90, 10)],
}

test('a neighbour that is a finger too is shown once, as the neighbour', () => {
  expect(ringMarks(RING).map(({ key, role }) => `${key} ${role}`)).toEqual(['A successor', 'B predecessor', 'C finger'])
})

test('the median leaves out what was never measured', () => {
  expect(medianRttMs(ringMarks(RING))).toBe(30)
  expect(medianRttMs([])).toBeUndefined()
})

test('a lookup goes over those who answered, silent ones left out', () => {
  const lookup: RingLookup = {
    ring: 0,
    place: 95,
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 100,
    hops: [
      { key: 'B', place: 50, outcome: 'silent' },
      { key: 'C', place: 90, outcome: 'answered' },
      { key: 'D', place: 99, outcome: 'answered' },
    ],
  }
  expect(lookupWay(10, lookup)).toEqual([
    { from: 10, to: 90 },
    { from: 90, to: 99 },
  ])
})

test('a lookup that needed nobody goes to its place', () => {
  const lookup: RingLookup = { ring: 0, place: 95, startedAt: '2026-01-01T00:00:00.000Z', durationMs: 0, hops: [] }
  expect(lookupWay(10, lookup)).toEqual([{ from: 10, to: 95 }])
})
