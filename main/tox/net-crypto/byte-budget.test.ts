import { expect, test } from 'vitest'
import { ByteBudget } from './byte-budget.ts'

test('has room until the bytes taken reach the bound, and again after a release', () => {
  const budget = new ByteBudget(100)
  expect(budget.has(100)).toBe(true)
  expect(budget.has(101)).toBe(false)
  budget.take(60)
  expect(budget.usedBytes).toBe(60)
  expect(budget.has(40)).toBe(true)
  expect(budget.has(41)).toBe(false)
  budget.release(60)
  expect(budget.usedBytes).toBe(0)
  expect(budget.has(100)).toBe(true)
})
