import { expect, test } from 'vitest'
import { Congestion } from './congestion.ts'

/** A path that delivers up to `packetsPerSecond`, each packet after `rttMs`; what does not fit its queue is lost. */
function sendFor(durationMs: number, path: { packetsPerSecond: number; rttMs: number; lossRatio?: number }) {
  const congestion = new Congestion(0)
  const perTick = path.packetsPerSecond / 100
  let held = 0
  let queue = 0
  let delivered = 0
  const arrivals: number[] = []
  for (let now = 0; now < durationMs; now += 10) {
    congestion.advance(path.rttMs, now)
    const slots = congestion.freeSlots(held)
    congestion.handleSent(slots)
    held += slots
    queue += slots
    const through = Math.min(queue, perTick)
    queue -= through
    arrivals.push(through)
    if (arrivals.length <= path.rttMs / 10) continue
    const arrived = arrivals.shift() ?? 0
    const lost = arrived * (path.lossRatio ?? 0)
    congestion.handleLost(lost)
    congestion.handleDelivered(arrived - lost)
    held -= arrived
    delivered += arrived - lost
  }
  return { congestion, perSecond: (delivered * 1_000) / durationMs, queue, held }
}

test('finds the rate of the path, and keeps the queue before it short', () => {
  for (const packetsPerSecond of [100, 1_000, 8_000]) {
    const { perSecond, queue } = sendFor(10_000, { packetsPerSecond, rttMs: 100 })
    expect(perSecond).toBeGreaterThan(0.75 * packetsPerSecond)
    expect(queue).toBeLessThan(packetsPerSecond * 0.4 + 64)
  }
})

test('a tenth lost at random costs about a tenth', () => {
  const { perSecond } = sendFor(10_000, { packetsPerSecond: 1_000, rttMs: 100, lossRatio: 0.1 })
  expect(perSecond).toBeGreaterThan(600)
})

test('a path that loses most of what it gets is sent less and less', () => {
  const { held } = sendFor(10_000, { packetsPerSecond: 1_000, rttMs: 100, lossRatio: 0.6 })
  const { held: heldOnGoodPath } = sendFor(10_000, { packetsPerSecond: 1_000, rttMs: 100 })
  expect(held).toBeLessThan(heldOnGoodPath / 2)
})

test('a new connection may send 32 at once, and no more than 64 before anything is acknowledged', () => {
  const congestion = new Congestion(0)
  expect(congestion.freeSlots(0)).toBe(32)
  let held = 0
  for (let now = 0; now < 60_000; now += 10) {
    congestion.advance(1_000, now)
    const slots = congestion.freeSlots(held)
    congestion.handleSent(slots)
    held += slots
  }
  expect(held).toBe(64)
})

test('idle time saves up no burst beyond 32 packets', () => {
  const { congestion } = sendFor(100, { packetsPerSecond: 100, rttMs: 20 })
  congestion.advance(20, 1_000_000)
  expect(congestion.freeSlots(0)).toBeLessThanOrEqual(128)
  congestion.handleSent(5_000)
  expect(congestion.freeSlots(0)).toBe(0)
  expect(congestion.resendSlots).toBe(1)
})
