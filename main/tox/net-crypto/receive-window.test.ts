import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { ByteBudget } from './byte-budget.ts'
import { ReceiveWindow } from './receive-window.ts'

const packet = (number: number) => Uint8Array.of(64, number >>> 8, number)

function takeAll(window: ReceiveWindow): Uint8Array[] {
  const taken: Uint8Array[] = []
  for (let data = window.take(); data; data = window.take()) taken.push(data)
  return taken
}

test('gives out in order, once, whatever comes in whatever order', () => {
  const numbers = fc.array(fc.nat(60), { maxLength: 300 })
  fc.assert(
    fc.property(numbers, (arrivals) => {
      const budget = new ByteBudget(1_000_000)
      const window = new ReceiveWindow(budget)
      const came = new Set<number>()
      let expected = 0
      for (const number of arrivals) {
        expect(window.insert(number, packet(number))).toBe(came.has(number) ? 'duplicate' : 'new')
        came.add(number)
        for (const data of takeAll(window)) {
          expect(data).toEqual(packet(expected))
          expected += 1
        }
        while (came.has(expected)) throw new Error('held back')
        expect(window.start).toBe(expected)
        expect(window.hasGaps).toBe(Math.max(...came) + 1 > expected)
        expect(budget.usedBytes).toBe(3 * (came.size - expected))
      }
    }),
    { seed: propertySeed() },
  )
})

test('refuses what lies beyond 32,768 packets, and takes the last one within', () => {
  const window = new ReceiveWindow(new ByteBudget(1_000_000))
  expect(window.insert(32_768, packet(0))).toBe('refused')
  expect(window.insert(32_767, packet(1))).toBe('new')
  expect(window.has(32_767)).toBe(true)
  expect(window.has(0)).toBe(false)
  expect(window.end).toBe(32_768)
})

test('a number that the peer announces makes gaps, but none beyond the window and none backwards', () => {
  const window = new ReceiveWindow(new ByteBudget(1_000_000))
  expect(window.noteNext(0)).toBe(false)
  expect(window.noteNext(3)).toBe(true)
  expect(window.hasGaps).toBe(true)
  expect(window.noteNext(2)).toBe(false)
  expect(window.noteNext(32_769)).toBe(false)
  expect(window.end).toBe(3)
})

test('with no memory left only the next packet is taken', () => {
  const budget = new ByteBudget(6)
  const window = new ReceiveWindow(budget)
  expect(window.insert(2, packet(2))).toBe('new')
  expect(window.insert(3, packet(3))).toBe('new')
  expect(window.insert(4, packet(4))).toBe('refused')
  expect(window.insert(0, packet(0))).toBe('new')
  expect(takeAll(window)).toEqual([packet(0)])
  window.clear()
  expect(budget.usedBytes).toBe(0)
  expect(window.hasGaps).toBe(false)
})

test('one peer may hold 16 MiB out of order', () => {
  const window = new ReceiveWindow(new ByteBudget(2 ** 30))
  const large = new Uint8Array(1_373)
  let held = 0
  while (window.insert(held + 1, large) === 'new') held += 1
  expect(held).toBe(Math.floor((16 * 2 ** 20) / 1_373))
})
