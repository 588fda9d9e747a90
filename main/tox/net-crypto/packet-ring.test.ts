import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AssertionError } from '../../base/assert.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { PacketRing, WINDOW_PACKETS } from './packet-ring.ts'

test('holds what a map would hold, while the run of numbers moves on and grows', () => {
  const step = fc.record({ ahead: fc.nat(300), advance: fc.nat(40) })
  fc.assert(
    fc.property(fc.nat(2 ** 33), fc.array(step, { maxLength: 100 }), (first, steps) => {
      const ring = new PacketRing<number>()
      const twin = new Map<number, number>()
      let start = first
      for (const { ahead, advance } of steps) {
        ring.put(start + ahead, ahead, start)
        twin.set(start + ahead, ahead)
        for (const end = start + advance; start < end; start += 1) {
          ring.delete(start)
          twin.delete(start)
        }
        for (const [number, item] of twin) expect(ring.get(number)).toBe(item)
      }
      ring.clear()
      for (const number of twin.keys()) expect(ring.get(number)).toBeUndefined()
    }),
    { seed: propertySeed() },
  )
})

test('takes the whole window and asserts that nobody puts anything beyond', () => {
  const ring = new PacketRing<string>()
  ring.put(WINDOW_PACKETS - 1, 'last', 0)
  ring.put(0, 'first', 0)
  expect(ring.get(WINDOW_PACKETS - 1)).toBe('last')
  expect(ring.get(0)).toBe('first')
  expect(() => ring.put(WINDOW_PACKETS, 'beyond', 0)).toThrow(AssertionError)
  expect(() => ring.put(4, 'before', 5)).toThrow(AssertionError)
})
