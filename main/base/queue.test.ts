import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AssertionError } from './assert.ts'
import { Queue } from './queue.ts'
import { propertySeed } from './test-seed.ts'

test('gives back in the order of coming, and refuses what exceeds its bound', () => {
  const queue = new Queue<number>(2)
  expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false])
  expect(queue.count).toBe(2)
  expect([queue.poll(), queue.poll(), queue.poll()]).toEqual([1, 2, undefined])
  expect(queue.push(4)).toBe(true)
  expect(() => new Queue(0)).toThrow(AssertionError)
})

test('behaves like a plain list, also past the point where it makes room', () => {
  const step = fc.oneof(fc.integer({ min: 1, max: 900 }), fc.integer({ min: -900, max: -1 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const bound = 2_000
      const queue = new Queue<number>(bound)
      const model: number[] = []
      let next = 0
      for (const amount of steps) {
        for (let count = 0; count < Math.abs(amount); count += 1) {
          if (amount < 0) expect(queue.poll()).toBe(model.shift())
          else {
            expect(queue.push(next)).toBe(model.length < bound)
            if (model.length < bound) model.push(next)
            next += 1
          }
        }
        expect(queue.count).toBe(model.length)
      }
    }),
    { seed: propertySeed(), numRuns: 50 },
  )
})
