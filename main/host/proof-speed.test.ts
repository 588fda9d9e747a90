import { expect, test } from 'vitest'
import { ProofSpeed } from './proof-speed.ts'
import { createMemorySettings } from './test-settings-table.ts'

function createSolver(...speeds: number[]) {
  const asked: number[] = []
  const measure = (algorithm: 1 | 2): Promise<number> => {
    asked.push(algorithm)
    return Promise.resolve(speeds.shift() ?? 0)
  }
  return { asked, measure }
}

test('the speed is measured once, and known after a restart', async () => {
  const { table } = createMemorySettings()
  const solver = createSolver(1_000, 2_000)
  expect(await new ProofSpeed(table).known('argon2id', solver)).toBe(1_000)
  const again = new ProofSpeed(table)
  expect(await again.known('argon2id', solver)).toBe(1_000)
  expect(await again.known('sha512d', solver)).toBe(2_000)
  expect(solver.asked).toEqual([2, 1])
})

test('who measures anew is believed, unless it failed', async () => {
  const { table } = createMemorySettings({ 'proof-speed': { argon2id: 5 } })
  const solver = createSolver(7, 0)
  const speed = new ProofSpeed(table)
  await speed.measure('argon2id', solver)
  expect(await speed.measure('argon2id', solver)).toBe(0)
  expect(await speed.known('argon2id', solver)).toBe(7)
})
