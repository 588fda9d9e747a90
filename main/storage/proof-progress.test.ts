import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { ProofProgress } from './proof-progress.ts'
import type { JobId } from './storage-events.ts'

const job = (id: number) => id as JobId

test('jobs whose price is not known yet count like those that are', () => {
  const progress = new ProofProgress()
  progress.add(job(1), 100)
  expect(progress.read(6)).toEqual({ done: 0, total: 600 })
  progress.add(job(2), 200)
  progress.set(job(1), 0.5)
  expect(progress.read(6)).toEqual({ done: 50, total: 900 })
  for (const id of [1, 2]) progress.set(job(id), 1)
  expect(progress.read(2)).toEqual({ done: 300, total: 900 })
})

test('what is told never goes back, whatever is added or said later', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), effort: fc.integer({ min: 1, max: 1_000_000 }) }),
    fc.record({
      kind: fc.constant('set' as const),
      id: fc.integer({ min: 1, max: 12 }),
      fraction: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (steps, planned) => {
      const progress = new ProofProgress()
      let added = 0
      let before = { done: 0, total: 0 }
      for (const next of steps) {
        if (next.kind === 'add') progress.add(job((added += 1)), next.effort)
        else progress.set(job(next.id), next.fraction)
        const after = progress.read(planned)
        expect(after.done).toBeGreaterThanOrEqual(before.done)
        expect(after.done).toBeLessThanOrEqual(after.total)
        if (before.total > 0) expect(after.done / after.total).toBeGreaterThanOrEqual(before.done / before.total)
        before = after
      }
    }),
    { seed: propertySeed() },
  )
})
