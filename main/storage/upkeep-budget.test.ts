import { expect, test } from 'vitest'
import { UpkeepBudget } from './upkeep-budget.ts'

test('opens again once the overdraft is paid back at the rate', () => {
  const budget = new UpkeepBudget(1_000)
  expect(budget.isOpen(0)).toBe(true)
  budget.spend(32_000, 0)
  expect(budget.isOpen(0)).toBe(false)
  const opensAt = budget.opensAt(0)
  expect(opensAt).toBeGreaterThanOrEqual(2_000)
  expect(budget.isOpen(opensAt - 2)).toBe(false)
  expect(budget.isOpen(opensAt)).toBe(true)
})

test('saves up half a minute at most', () => {
  const budget = new UpkeepBudget(1_000)
  expect(budget.isOpen(3_600_000)).toBe(true)
  budget.spend(30_000, 3_600_000)
  expect(budget.isOpen(3_600_000)).toBe(false)
})

test('over an hour no more is started than the rate allows', () => {
  const budget = new UpkeepBudget(1_000)
  let spent = 0
  for (let now = 0; now < 3_600_000; now += 100) {
    if (!budget.isOpen(now)) continue
    budget.spend(500, now)
    spent += 500
  }
  expect(spent).toBeLessThan(3_700_000)
  expect(spent).toBeGreaterThan(3_500_000)
})
