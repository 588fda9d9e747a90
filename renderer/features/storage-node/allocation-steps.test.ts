import { expect, test } from 'vitest'
import { allocationSteps } from './allocation-steps.ts'

const MIB = 2 ** 20

test('begins with off and ends at half of the free space', () => {
  const steps = allocationSteps(256 * MIB, 4_096 * MIB)
  expect(steps[0]).toBe(0)
  expect(steps.at(-1)).toBe(2_048 * MIB)
})

test('keeps an odd present setting among the steps, in order', () => {
  const steps = allocationSteps(300 * MIB, 4_096 * MIB)
  expect(steps).toContain(300 * MIB)
  expect(steps).toEqual([...steps].sort((a, b) => a - b))
})

test('offers the default even where the disk is nearly full', () => {
  expect(allocationSteps(0, 10 * MIB)).toContain(256 * MIB)
})
