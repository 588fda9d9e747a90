import { expect, test } from 'vitest'
import { Newcomers } from './newcomers.ts'
import { testKey, testNode } from './test-nodes.ts'

test('pings a newcomer at once, and only once in two seconds', () => {
  const newcomers = new Newcomers(testKey())
  expect(newcomers.admit(testNode(1), 0)).toBe(true)
  expect(newcomers.admit(testNode(1), 1_999)).toBe(false)
  expect(newcomers.nextAt).toBe(Number.POSITIVE_INFINITY)
  expect(newcomers.admit(testNode(1), 2_000)).toBe(true)
})

test('pings 32 in two seconds, and of the others the 32 nearest when the next two seconds begin', () => {
  const newcomers = new Newcomers(testKey())
  const admitted = Array.from({ length: 200 }, (_, first) => newcomers.admit(testNode(first), 10))
  expect(admitted.filter((isAdmitted) => isAdmitted).length).toBe(32)
  expect(newcomers.nextAt).toBe(2_010)
  expect(newcomers.takeDue(2_009)).toEqual([])
  const waited = newcomers.takeDue(2_010)
  expect(waited).toEqual(Array.from({ length: 32 }, (_, index) => testNode(32 + index)))
  expect(newcomers.admit(testNode(0), 2_010)).toBe(false)
  expect(newcomers.takeDue(4_010)).toEqual([testNode(0)])
})
