import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AssertionError } from './assert.ts'
import { LruMap } from './lru-map.ts'
import { propertySeed } from './test-seed.ts'

test('throws out what was not used for longest, and says what it was', () => {
  const map = new LruMap<string, number>(2)
  expect(map.set('a', 1)).toBeUndefined()
  map.set('b', 2)
  expect(map.get('a')).toBe(1)
  expect(map.set('c', 3)).toBe(2)
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3])
  expect(map.set('a', 10)).toBeUndefined()
  expect([...map.values()]).toEqual([3, 10])
  expect(map.delete('a')).toBe(true)
  expect(map.delete('a')).toBe(false)
  map.clear()
  expect(map.count).toBe(0)
  expect(() => new LruMap(0)).toThrow(AssertionError)
})

test('behaves like a list kept in order of use, and never outgrows its bound', () => {
  const step = fc.tuple(fc.constantFrom('get', 'set', 'delete'), fc.nat({ max: 9 }))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const map = new LruMap<number, number>(4)
      let model: [number, number][] = []
      for (const [index, [name, key]] of steps.entries()) {
        const known = model.find(([other]) => other === key)
        model = model.filter(([other]) => other !== key)
        if (name === 'get') {
          expect(map.get(key)).toBe(known?.[1])
          if (known) model.push(known)
        } else if (name === 'delete') expect(map.delete(key)).toBe(known !== undefined)
        else {
          model.push([key, index])
          const evicted = model.length > 4 ? model.shift() : undefined
          expect(map.set(key, index)).toBe(evicted?.[1])
        }
        expect([...map.values()]).toEqual(model.map(([, value]) => value))
        expect(map.count).toBeLessThanOrEqual(4)
      }
    }),
    { seed: propertySeed() },
  )
})
