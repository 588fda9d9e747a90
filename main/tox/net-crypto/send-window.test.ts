import { expect, test } from 'vitest'
import { ByteBudget } from './byte-budget.ts'
import { encodePacketRequest } from './packet-request.ts'
import { SendWindow } from './send-window.ts'

const data = Uint8Array.of(64, 1, 2, 3)

function filled(count: number, budget = new ByteBudget(1_000_000)) {
  const window = new SendWindow(budget)
  for (let number = 0; number < count; number += 1) window.push(data, 1_000 + number)
  return { window, budget }
}

/** The request of a peer that has taken all below `start` and has these of what follows. */
function request(start: number, end: number, ...had: number[]): Uint8Array {
  return encodePacketRequest({ start, end, has: (number) => had.includes(number) })
}

test('numbers packets from 0 and lets go what the peer took in order', () => {
  const { window, budget } = filled(5)
  expect(window.end).toBe(5)
  expect(budget.usedBytes).toBe(20)
  expect(window.acknowledge(3)).toBe(true)
  expect(window.start).toBe(3)
  expect(window.heldCount).toBe(2)
  expect(budget.usedBytes).toBe(8)
  expect(window.get(2)).toBeUndefined()
  expect(window.get(3)?.data).toBe(data)
  expect(window.acknowledge(1)).toBe(true)
  expect(window.start).toBe(3)
})

test('does not believe an acknowledgement of what was never sent', () => {
  const { window } = filled(2)
  expect(window.acknowledge(3)).toBe(false)
  expect(window.start).toBe(0)
  expect(window.heldCount).toBe(2)
})

test('a request names what to send again, and lets go what came out of order', () => {
  const { window } = filled(6)
  expect(window.handleRequest(request(0, 6, 1, 2, 4), 10, 5_000)).toEqual([0, 3, 5])
  expect(window.heldCount).toBe(3)
  expect(window.start).toBe(0)
  expect(window.takeDelivery()).toEqual({ count: 3, cleanSentAt: 1_004 })
  expect(window.takeDelivery()).toEqual({ count: 0, cleanSentAt: undefined })
})

test('what was sent within a round trip, or is about to be sent again, is not named twice', () => {
  const { window } = filled(2)
  expect(window.handleRequest(request(0, 2), 50, 1_050)).toEqual([0])
  expect(window.handleRequest(request(0, 2), 50, 1_060)).toEqual([1])
})

test('a resent packet does not measure the round trip', () => {
  const { window } = filled(1)
  const held = window.get(0)
  if (held) held.wasResent = true
  window.acknowledge(1)
  expect(window.takeDelivery()).toEqual({ count: 1, cleanSentAt: undefined })
})

test('finds what was sent more than once and long ago, near the start', () => {
  const { window } = filled(400)
  for (const [number, sentAt] of [
    [3, 5_000],
    [4, 9_000],
    [5, 5_000],
    [300, 5_000],
  ] as const) {
    const held = window.get(number)
    if (held) Object.assign(held, { wasResent: true, sentAt })
  }
  expect(window.resentBefore(6_000, 8)).toEqual([3, 5])
  expect(window.resentBefore(6_000, 1)).toEqual([3])
  window.acknowledge(60)
  expect(window.resentBefore(6_000, 8)).toEqual([300])
})

test('is full with 32,768 numbers between the first unacknowledged and the next', () => {
  const { window } = filled(32_768)
  expect(window.freeCount).toBe(0)
  expect(window.push(data, 0)).toBeUndefined()
  window.handleRequest(request(0, 32_768, 1, 2, 3), 0, 100_000)
  expect(window.push(data, 0)).toBeUndefined()
  window.acknowledge(1)
  expect(window.push(data, 0)).toBe(32_768)
})

test('is full when the memory for all is used up, and gives it back at the end', () => {
  const { window, budget } = filled(3, new ByteBudget(12))
  expect(window.push(data, 0)).toBeUndefined()
  window.clear()
  expect(budget.usedBytes).toBe(0)
  expect(window.push(data, 0)).toBe(3)
})
