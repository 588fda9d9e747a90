import { expect, test } from 'vitest'
import { RequestSchedule } from './request-schedule.ts'

function requestedAt(now: number, hasGaps = false) {
  const schedule = new RequestSchedule()
  schedule.noteRequested(hasGaps, now)
  return schedule
}

test('the first request is due at once, the next a second later', () => {
  const schedule = new RequestSchedule()
  expect(schedule.dueAt(false)).toBeLessThan(0)
  schedule.noteRequested(false, 5_000)
  expect(schedule.dueAt(false)).toBe(6_000)
})

test('data is acknowledged after 10 ms, but not sooner than 50 ms after the last request, and once more', () => {
  const schedule = requestedAt(5_000)
  schedule.noteOwed(5_500)
  schedule.noteOwed(5_505)
  expect(schedule.dueAt(false)).toBe(5_510)
  schedule.noteRequested(false, 5_510)
  schedule.noteOwed(5_512)
  expect(schedule.dueAt(false)).toBe(5_560)
  schedule.noteRequested(false, 5_560)
  expect(schedule.dueAt(false)).toBe(5_710)
  schedule.noteRequested(false, 5_710)
  expect(schedule.dueAt(false)).toBe(6_710)
})

test('packets of ours that carried the acknowledgement twice save the request', () => {
  const schedule = requestedAt(5_000)
  schedule.noteOwed(5_500)
  schedule.noteCarried(5_505)
  expect(schedule.dueAt(false)).toBe(5_655)
  schedule.noteCarried(5_600)
  expect(schedule.dueAt(false)).toBe(6_000)
})

test('gaps are asked for again, ever slower while nothing comes', () => {
  const schedule = requestedAt(5_000, true)
  const waits: number[] = []
  let now = 5_000
  for (let round = 0; round < 7; round += 1) {
    const dueAt = schedule.dueAt(true)
    waits.push(dueAt - now)
    now = dueAt
    schedule.noteRequested(true, now)
  }
  expect(waits).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000])
  schedule.noteProgress(30)
  expect(schedule.dueAt(true)).toBe(now + 50)
})
