import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { SeededRandom } from '../../base/random.ts'
import { HOUR_MS, MINUTE_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { ReturnKeys } from './return-keys.ts'

await sodiumReady

const SOURCE = new Address(Uint8Array.of(10, 1, 2, 3), 33_445)
const NOW = 1_700_000_000_000

test('wraps the way back three times into 59, 118 and 177 bytes', () => {
  const keys = new ReturnKeys(new SeededRandom(1))
  const one = keys.seal(SOURCE, new Uint8Array(0), NOW)
  const two = keys.seal(SOURCE, one, NOW)
  const three = keys.seal(SOURCE, two, NOW)
  expect([one.length, two.length, three.length]).toEqual([59, 118, 177])
  const opened = keys.open(three, NOW)
  expect(opened?.source.equals(SOURCE)).toBe(true)
  expect(opened?.previous).toEqual(two)
})

test('does not open what another relay sealed, or what was altered', () => {
  const keys = new ReturnKeys(new SeededRandom(1))
  expect(keys.open(new ReturnKeys(new SeededRandom(2)).seal(SOURCE, new Uint8Array(0), NOW), NOW)).toBeUndefined()
  const sealed = keys.seal(SOURCE, new Uint8Array(0), NOW)
  sealed[58] = (sealed[58] ?? 0) ^ 1
  expect(keys.open(sealed, NOW)).toBeUndefined()
  expect(keys.open(new Uint8Array(0), NOW)).toBeUndefined()
})

test('changes the key every two hours, and opens with the last one for five minutes more', () => {
  const keys = new ReturnKeys(new SeededRandom(1))
  const first = keys.seal(SOURCE, new Uint8Array(0), NOW)
  const later = NOW + 2 * HOUR_MS
  expect(keys.open(first, later - 1)).toBeDefined()
  expect(keys.open(first, later)).toBeDefined()
  expect(keys.open(first, later + 5 * MINUTE_MS - 1)).toBeDefined()
  expect(keys.open(first, later + 5 * MINUTE_MS)).toBeUndefined()
  const second = keys.seal(SOURCE, new Uint8Array(0), later + 5 * MINUTE_MS)
  expect(keys.open(second, later + 6 * MINUTE_MS)).toBeDefined()
})
