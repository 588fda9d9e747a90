import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { REPLAY_PACKETS, ReplayWindow } from './replay-window.ts'

test('takes each count once, in any order within the window', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -9_000, max: 20_000 })), {
    maxLength: 200,
  })
  fc.assert(
    fc.property(steps, (offsets) => {
      const window = new ReplayWindow()
      const seen = new Set<number>()
      let highest = 0
      for (const offset of offsets) {
        const count = highest + offset
        const isInWindow = count >= 0 && (seen.size === 0 || count > highest - REPLAY_PACKETS)
        expect(window.isFresh(count)).toBe(isInWindow && !seen.has(count))
        if (!window.isFresh(count)) continue
        window.mark(count)
        seen.add(count)
        highest = Math.max(highest, count)
      }
    }),
    { seed: propertySeed() },
  )
})

test('a count as old as the window is refused, the next one not', () => {
  const window = new ReplayWindow()
  window.mark(REPLAY_PACKETS + 5)
  expect(window.isFresh(5)).toBe(false)
  expect(window.isFresh(6)).toBe(true)
})
