import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { RecentAddresses } from './recent-addresses.ts'

const HORIZON_MS = 1_000

test('knows exactly who was quiet, up to its horizon, though nothing is kept for much longer', () => {
  const recent = new RecentAddresses(HORIZON_MS, 100)
  const [often, once, never] = addresses(3)
  if (!often || !once || !never) throw new Error('there are three')
  recent.note(once, 950)
  for (let now = 0; now <= 10_000; now += 100) {
    recent.note(often, now)
    if (now < 950) continue
    expect(recent.isQuiet(once, HORIZON_MS, now), `at ${now}`).toBe(now >= 1_950)
    expect(recent.isQuiet(often, 100, now + 99)).toBe(false)
    expect(recent.isQuiet(never, HORIZON_MS, now)).toBe(true)
  }
  expect(recent.isQuiet(often, HORIZON_MS, 11_000)).toBe(true)
  expect(recent.count).toBe(2)
})

test('stays bounded, and says of whom it had to forget that it does not know', () => {
  const recent = new RecentAddresses(HORIZON_MS, 100)
  const [first, ...others] = addresses(250)
  if (!first) throw new Error('there is a first')
  recent.note(first, 0)
  for (const [at, other] of others.entries()) recent.note(other, 1 + at)
  expect(recent.count).toBeLessThanOrEqual(200)
  expect(recent.isQuiet(first, HORIZON_MS, 900)).toBe(false)
  const unknown = new Address(Uint8Array.of(198, 18, 0, 1), 33_445)
  // The last that was forgotten was noted at 99.
  expect([recent.isQuiet(unknown, HORIZON_MS, 900), recent.isQuiet(unknown, HORIZON_MS, 1_100)]).toEqual([false, true])
  for (const kept of others.slice(-100)) expect(recent.isQuiet(kept, HORIZON_MS, 1_100)).toBe(false)
})

function addresses(count: number): Address[] {
  return Array.from({ length: count }, (_, at) => new Address(Uint8Array.of(203, 0, at >> 8, at & 255), 1_024))
}
