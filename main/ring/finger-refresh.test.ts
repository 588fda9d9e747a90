import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { clockwise } from './circle.ts'
import { FingerRefresh } from './finger-refresh.ts'
import { testPeer, testRing } from './test-peers.ts'

beforeAll(() => sodiumReady)

test('does nothing before there are members, nor where everybody is known', () => {
  const ring = testRing(0)
  const refresh = new FingerRefresh([ring], new SeededRandom(1))
  expect(refresh.nextTimeout().at).toBe(Number.POSITIVE_INFINITY)
  refresh.start(0)
  expect(refresh.takeDue(500)).toBeUndefined()
  expect(refresh.takeDue(1_000)).toBeUndefined()
  expect(refresh.nextTimeout().at).toBeGreaterThan(30_000)
})

test('goes through the intervals beyond the successors once a second, then slows down', () => {
  const ring = testRing(0)
  const step = 2 ** 40
  for (let index = 1; index <= 20; index += 1)
    ring.offer(testPeer(index * step, index), { asSuccessor: true, asPredecessor: false })
  const refresh = new FingerRefresh([ring], new SeededRandom(1))
  refresh.start(0)
  const wanted = ring.fingers.unsettledIntervals()
  let now = 0
  const places = wanted.map(() => {
    now = refresh.nextTimeout().at
    return refresh.takeDue(now)?.place ?? 0
  })
  expect(now).toBeLessThan(wanted.length * 1_200)
  wanted.forEach(({ from, width }, index) => expect(clockwise(from, places[index] ?? 0)).toBeLessThan(width))
  now = refresh.nextTimeout().at
  refresh.takeDue(now)
  expect(refresh.nextTimeout().at - now).toBeGreaterThan(30_000)
})
