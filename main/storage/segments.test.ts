import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { randomBelow, randomBytes, SeededRandom } from '../base/random.ts'
import { propertySeed } from '../base/test-seed.ts'
import { IncomingSegments, OutgoingSegments, segmentCount } from './segments.ts'

const seed = propertySeed()

test('what is sent arrives whole, whatever is lost, doubled or late', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 73_728 }),
      fc.integer(),
      fc.integer({ min: 0, max: 40 }),
      (length, chance, lossPercent) => {
        const random = new SeededRandom(chance)
        const bytes = randomBytes(random, length)
        const sender = new OutgoingSegments(bytes, 50, 0)
        const receiver = new IncomingSegments(length)
        let now = 0
        for (let round = 0; round < 3_000 && !sender.isDone; round += 1) {
          const arrived: { index: number; bytes: Uint8Array }[] = []
          for (let next = sender.poll(now); next; next = sender.poll(now)) {
            if (randomBelow(random, 100) >= lossPercent)
              arrived.splice(randomBelow(random, arrived.length + 1), 0, next)
          }
          now += 50
          for (const { index, bytes: part } of arrived) {
            const wantsAck = receiver.take(index, part) || receiver.isDone
            if (wantsAck && randomBelow(random, 100) >= lossPercent) sender.handleAck(receiver.received, now)
          }
          if (sender.hasFailed) return
          now = Math.max(now, arrived.length === 0 ? (sender.nextTimeout() ?? now) : now)
          sender.handleTimeout(now)
        }
        expect(receiver.isDone).toBe(true)
        expect(receiver.bytes).toEqual(bytes)
      },
    ),
    { seed, numRuns: 60 },
  )
})

test('a window holds back, and grows with what is acknowledged', () => {
  const sender = new OutgoingSegments(new Uint8Array(64 * 1_024), 50, 0)
  const drain = (now: number) => {
    const sent: number[] = []
    for (let next = sender.poll(now); next; next = sender.poll(now)) sent.push(next.index)
    return sent
  }
  expect(drain(0)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  const acked = new Uint8Array(9)
  acked[0] = 0xff
  sender.handleAck(acked, 100)
  expect(drain(100)).toHaveLength(16)
})

test('a segment that three later ones overtook is sent again at once', () => {
  const sender = new OutgoingSegments(new Uint8Array(8 * 1_024), 50, 0)
  for (let next = sender.poll(0); next; next = sender.poll(0)) expect(next.bytes.length).toBe(1_024)
  for (const [at, bits] of [0b10, 0b110, 0b1110].entries()) {
    const acked = new Uint8Array(9)
    acked[0] = bits
    sender.handleAck(acked, 50 + at)
  }
  expect(sender.poll(60)?.index).toBe(0)
})

test('a silent peer is given up, after waits that grow', () => {
  const sender = new OutgoingSegments(new Uint8Array(2_000), 50, 0)
  const waits: number[] = []
  let now = 0
  while (!sender.hasFailed) {
    for (let next = sender.poll(now); next; next = sender.poll(now)) expect(next.index).toBeLessThan(2)
    const at = sender.nextTimeout()
    if (at === undefined) throw new Error('nobody waits for the peer')
    waits.push(at - now)
    now = at
    sender.handleTimeout(now)
  }
  expect(waits.length).toBe(8)
  expect(waits.every((wait, at) => at === 0 || wait >= (waits[at - 1] ?? 0))).toBe(true)
  expect(sender.poll(now)).toBeUndefined()
  expect(sender.nextTimeout()).toBeUndefined()
})

test('acknowledgements of what was never sent are ignored', () => {
  const sender = new OutgoingSegments(new Uint8Array(20 * 1_024), 50, 0)
  sender.poll(0)
  sender.handleAck(new Uint8Array(9).fill(0xff), 10)
  expect(sender.isDone).toBe(false)
})

test('segments of a wrong place or length are not taken', () => {
  const receiver = new IncomingSegments(1_500)
  expect(receiver.take(0, new Uint8Array(1_023))).toBe(false)
  expect(receiver.take(1, new Uint8Array(1_024))).toBe(false)
  expect(receiver.take(2, new Uint8Array(1))).toBe(false)
  expect(receiver.received).toEqual(new Uint8Array(9))
  expect(receiver.take(1, new Uint8Array(476).fill(7))).toBe(true)
  expect(receiver.take(0, new Uint8Array(1_024))).toBe(true)
  expect(receiver.isDone).toBe(true)
  expect(receiver.bytes.at(-1)).toBe(7)
})

test('a transfer has a length from 1 byte to 72 KiB', () => {
  expect([1, 1_024, 1_025, 73_728].map(segmentCount)).toEqual([1, 1, 2, 72])
  expect(() => new IncomingSegments(73_729)).toThrow(AssertionError)
  expect(() => new OutgoingSegments(new Uint8Array(0), undefined, 0)).toThrow(AssertionError)
})
