import { expect, test } from 'vitest'
import { OwnedRanges } from './owned-ranges.ts'

test('says what was gained and lost, once', () => {
  const ranges = new OwnedRanges()
  expect(ranges.update({ from: 10, to: 100 })).toEqual({ gained: [{ from: 10, to: 100 }], lost: [] })
  expect(ranges.update({ from: 10, to: 100 })).toBeUndefined()
  expect(ranges.update({ from: 60, to: 100 })).toEqual({ gained: [], lost: [{ from: 10, to: 60 }] })
  expect(ranges.update({ from: 20, to: 100 })).toEqual({ gained: [{ from: 20, to: 60 }], lost: [] })
  expect(ranges.update(undefined)).toEqual({ gained: [], lost: [{ from: 20, to: 100 }] })
})

test('a gained range is catching up until it was pulled', () => {
  const ranges = new OwnedRanges()
  ranges.update({ from: 60, to: 100 })
  ranges.pulled({ from: 60, to: 100 })
  ranges.update({ from: 20, to: 100 })
  expect([ranges.isCatchingUp(21), ranges.isCatchingUp(60), ranges.isCatchingUp(61)]).toEqual([true, true, false])
  ranges.pulled({ from: 20, to: 60 })
  expect(ranges.isCatchingUp(21)).toBe(false)
})

test('pulling all of what is owned settles each part of it', () => {
  const ranges = new OwnedRanges()
  ranges.update({ from: 60, to: 100 })
  ranges.update({ from: 20, to: 100 })
  ranges.pulled({ from: 20, to: 100 })
  expect([30, 70].map((place) => ranges.isCatchingUp(place))).toEqual([false, false])
})

test('pulling one part leaves the others open', () => {
  const ranges = new OwnedRanges()
  ranges.update({ from: 60, to: 100 })
  ranges.update({ from: 20, to: 100 })
  ranges.pulled({ from: 20, to: 60 })
  expect([30, 70].map((place) => ranges.isCatchingUp(place))).toEqual([false, true])
})

test('what a newcomer took of a gained range before it was pulled is not waited for', () => {
  const ranges = new OwnedRanges()
  ranges.update({ from: 60, to: 100 })
  ranges.update({ from: 20, to: 100 })
  ranges.update({ from: 40, to: 100 })
  ranges.pulled({ from: 40, to: 100 })
  expect([45, 60, 100].map((place) => ranges.isCatchingUp(place))).toEqual([false, false, false])
  ranges.update({ from: 20, to: 100 })
  expect([30, 45].map((place) => ranges.isCatchingUp(place))).toEqual([true, false])
})

test('what a newcomer left of a gained range still has to be pulled, and the rest of the circle no more', () => {
  const ranges = new OwnedRanges()
  ranges.update({ from: 100, to: 100 })
  ranges.update({ from: 60, to: 100 })
  expect([61, 100].map((place) => ranges.isCatchingUp(place))).toEqual([true, true])
  ranges.pulled({ from: 60, to: 100 })
  ranges.update({ from: 80, to: 100 })
  ranges.update({ from: 20, to: 100 })
  expect([30, 70, 90].map((place) => ranges.isCatchingUp(place))).toEqual([true, true, false])
})

test('alone, the whole circle is one range that can be pulled', () => {
  const ranges = new OwnedRanges()
  ranges.update({ from: 5, to: 5 })
  expect(ranges.isCatchingUp(9)).toBe(true)
  ranges.pulled({ from: 5, to: 5 })
  expect(ranges.isCatchingUp(9)).toBe(false)
})
