import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AssertionError } from './assert.ts'
import { ExpiringMap } from './expiring-map.ts'
import { propertySeed } from './test-seed.ts'

test('an entry ends when its life is over, and setting it again starts its life anew', () => {
  const map = new ExpiringMap<string, number>(100, 10, 'test: end')
  map.set('a', 1, 0)
  map.set('b', 2, 10)
  expect(map.get('a', 99)).toBe(1)
  expect(map.get('a', 100)).toBeUndefined()
  expect(map.has('b', 100)).toBe(true)
  expect(map.nextTimeout()).toEqual({ at: 100, why: 'test: end' })
  map.set('a', 3, 50)
  expect(map.nextTimeout()?.at).toBe(110)
  expect(map.expire(149)).toEqual([['b', 2]])
  expect(map.take('a', 149)).toBe(3)
  expect(map.count).toBe(0)
  expect(map.nextTimeout()).toBeUndefined()
})

test('taking an entry that has ended gives nothing, and it is gone', () => {
  const map = new ExpiringMap<string, number>(100, 10, 'test')
  map.set('a', 1, 0)
  expect(map.take('a', 100)).toBeUndefined()
  expect(map.count).toBe(0)
  map.set('a', 1, 0)
  map.delete('a')
  expect(map.has('a', 0)).toBe(false)
})

test('when full, the oldest goes', () => {
  const map = new ExpiringMap<string, number>(100, 2, 'test')
  for (const [at, key] of ['a', 'b', 'a', 'c'].entries()) map.set(key, at, at)
  expect([map.get('a', 5), map.get('b', 5), map.get('c', 5)]).toEqual([2, undefined, 3])
  expect(map.count).toBe(2)
  expect(() => new ExpiringMap(0, 1, 'test')).toThrow(AssertionError)
  expect(() => new ExpiringMap(1, 0, 'test')).toThrow(AssertionError)
})

test('never returns what has ended, never forgets what has not, never outgrows its bound', () => {
  const step = fc.record({ key: fc.nat({ max: 7 }), passMs: fc.nat({ max: 60 }), isExpiring: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const map = new ExpiringMap<number, number>(100, 5, 'test')
      let model: { key: number; value: number; at: number }[] = []
      let now = 0
      for (const [index, { key, passMs, isExpiring }] of steps.entries()) {
        now += passMs
        if (isExpiring) {
          const ended = model.filter(({ at }) => at + 100 <= now)
          model = model.filter(({ at }) => at + 100 > now)
          expect(map.expire(now)).toEqual(ended.map((entry) => [entry.key, entry.value]))
        } else {
          model = model.filter((entry) => entry.key !== key)
          if (model.length >= 5) model.shift()
          model.push({ key, value: index, at: now })
          map.set(key, index, now)
        }
        for (let each = 0; each < 8; each += 1) {
          const entry = model.find((candidate) => candidate.key === each)
          expect(map.get(each, now)).toBe(entry && entry.at + 100 > now ? entry.value : undefined)
        }
        expect(map.count).toBeLessThanOrEqual(5)
      }
    }),
    { seed: propertySeed() },
  )
})
