import { expect, test } from 'vitest'
import { SeededRandom } from '../../base/random.ts'
import { ANSWER_TIMEOUT_MS, PingTracker } from './ping-tracker.ts'
import { testAddress, testKey, testNode } from './test-nodes.ts'

const node = testNode(1)

test('takes an answer once, from the key and the address that were asked', () => {
  const tracker = new PingTracker<string>(new SeededRandom(1), 8)
  const pingId = tracker.add(node, 'why', 100)
  expect(tracker.take(pingId, { ...node, publicKey: testKey(2) }, 100)).toBeUndefined()
  expect(tracker.take(pingId, { ...node, address: testAddress(2) }, 100)).toBeUndefined()
  expect(tracker.take(pingId, node, 120)).toMatchObject({ about: 'why', sentAt: 100 })
  expect(tracker.take(pingId, node, 120)).toBeUndefined()
})

test('takes no answer after five seconds, and none to another id', () => {
  const tracker = new PingTracker<undefined>(new SeededRandom(1), 8)
  const pingId = tracker.add(node, undefined, 0)
  const guessed = pingId.slice()
  guessed[3] = (guessed[3] ?? 0) ^ 1
  expect(tracker.take(guessed, node, 0)).toBeUndefined()
  expect(tracker.take(new Uint8Array(8).fill(0xff), node, 0)).toBeUndefined()
  expect(tracker.take(pingId, node, ANSWER_TIMEOUT_MS)).toBeUndefined()
})

test('forgets the oldest request when it is full', () => {
  const tracker = new PingTracker<number>(new SeededRandom(1), 4)
  const pingIds = Array.from({ length: 5 }, (_, index) => tracker.add(node, index, 0))
  const taken = pingIds.map((pingId) => tracker.take(pingId, node, 0)?.about)
  expect(taken).toEqual([undefined, 1, 2, 3, 4])
})

test('keeps nothing for long, and goes on past the last slot number', () => {
  const tracker = new PingTracker<number>(new SeededRandom(1), 4)
  for (let index = 0; index < 70_000; index += 1) {
    const pingId = tracker.add(node, index, index * 2_000)
    expect(tracker.count).toBeLessThanOrEqual(3)
    if (index % 10_000 === 0) expect(tracker.take(pingId, node, index * 2_000)?.about).toBe(index)
  }
})

test('ping ids are never zero, even if chance fails', () => {
  const tracker = new PingTracker<undefined>({ fill: (target) => target.fill(0) }, 4)
  expect([...tracker.add(node, undefined, 0)]).toEqual([0x80, 0, 0, 0, 0, 0, 0, 0])
})
