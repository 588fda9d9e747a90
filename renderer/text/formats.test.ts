import { expect, test } from 'vitest'
import { createFormats } from './formats.ts'

const en = createFormats('en-GB')
const de = createFormats('de-DE')
/** Noon in this computer's zone, so many days before. */
const now = new Date(2026, 10, 27, 12)
const daysAgo = (days: number) => new Date(2026, 10, 27 - days, 9, 5).toISOString()

test('the friend list says the time today, then the day, then the date', () => {
  expect(en.moment(daysAgo(0), now)).toBe('09:05')
  expect(en.moment(daysAgo(1), now)).toBe('Yesterday')
  expect(en.moment(daysAgo(3), now)).toBe('Tue')
  expect(en.moment(daysAgo(20), now)).toBe('7 Nov')
  expect(en.moment(daysAgo(400), now)).toBe('23/10/2025')
  expect(de.moment(daysAgo(1), now)).toBe('Gestern')
})

test('day separators name the day', () => {
  expect(en.day(daysAgo(0), now)).toBe('Today')
  expect(en.day(daysAgo(3), now)).toBe('Tuesday 24 November')
  expect(de.day(daysAgo(3), now)).toBe('Dienstag, 24. November')
})

test('sizes have one unit and few digits', () => {
  expect(en.bytes(1)).toBe('1 byte')
  expect(en.bytes(1_536)).toBe('1.5 kB')
  expect(en.bytes(256 * 1_024 * 1_024)).toBe('256 MB')
  expect(de.bytes(1_536)).toBe('1,5 kB')
})

test('durations are said in the largest unit that fits', () => {
  expect(en.duration(1)).toBe('1 second')
  expect(en.duration(0.4)).toBe('0.4 seconds')
  expect(en.duration(60)).toBe('60 seconds')
  expect(en.duration(3_600)).toBe('1 hour')
  expect(en.duration(86_400)).toBe('1 day')
  expect(en.duration(14 * 86_400)).toBe('14 days')
  expect(de.duration(14 * 86_400)).toBe('14 Tage')
})
