import { expect, test } from 'vitest'
import { timelineOf } from './delivery-timeline.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 27, 12, minute)).toISOString()

test('tells the way of a message in order, and marks where it stands', () => {
  const lines = timelineOf([
    { at: at(0), state: 'queued', reason: 'offline' },
    { at: at(1), state: 'proving' },
    { at: at(2), state: 'storing' },
    { at: at(3), state: 'stored' },
    { at: at(9), state: 'collected' },
  ])
  expect(lines.map(({ sentence }) => sentence)).toEqual(['queued-offline', 'proving', 'storing', 'stored', 'collected'])
  expect(lines.map(({ isCurrent }) => isCurrent)).toEqual([false, false, false, false, true])
})

test('makes one line of steps that say the same, with the time of the first', () => {
  const lines = timelineOf([
    { at: at(1), state: 'storing' },
    { at: at(2), state: 'storing' },
    { at: at(3), state: 'stored' },
    { at: at(4), state: 'stored', reason: 'expiring' },
    { at: at(5), state: 'stored' },
  ])
  expect(lines.map(({ sentence, at: time }) => [sentence, time])).toEqual([
    ['storing', at(1)],
    ['stored', at(3)],
    ['stored-expiring', at(4)],
    ['stored', at(5)],
  ])
  expect(new Set(lines.map(({ key }) => key)).size).toBe(4)
})

test('has nothing to tell of a message without steps', () => {
  expect(timelineOf([])).toEqual([])
})
