import { expect, test } from 'vitest'
import { arcPath, CIRCLE_RADIUS, chordPath, PICTURE_UNITS, pointOf } from './ring-geometry.ts'

const QUARTER = 2 ** 46

test('places grow clockwise from the top', () => {
  const middle = PICTURE_UNITS / 2
  expect(pointOf(0)).toEqual({ x: middle, y: middle - CIRCLE_RADIUS })
  expect(pointOf(QUARTER)).toEqual({ x: middle + CIRCLE_RADIUS, y: middle })
  expect(pointOf(3 * QUARTER)).toEqual({ x: middle - CIRCLE_RADIUS, y: middle })
})

test('an arc runs clockwise, the long way round where it has to', () => {
  expect(arcPath(0, QUARTER)).toContain(' 0 0 1 ')
  expect(arcPath(QUARTER, 0)).toContain(' 0 1 1 ')
})

test('a range that is the whole circle is drawn as two halves', () => {
  expect(arcPath(5, 5).match(/M /g)).toHaveLength(2)
})

test('a chord begins and ends at its places', () => {
  const { x, y } = pointOf(QUARTER)
  expect(chordPath(0, QUARTER)).toMatch(new RegExp(`${x} ${y}$`))
})
