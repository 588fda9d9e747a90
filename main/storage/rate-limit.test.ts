import { expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { RateLimit } from './rate-limit.ts'

test('a prefix has its burst and then its rate; other prefixes are not slowed by it', () => {
  const limit = new RateLimit(3, 2)
  const [one, sameNet, other] = [
    [192, 0, 2, 1],
    [192, 0, 2, 9],
    [198, 51, 100, 1],
  ].map((ip) => new Address(Uint8Array.from(ip), 1))
  if (!one || !sameNet || !other) throw new Error('three addresses')
  expect([one, sameNet, one, one].map((address) => limit.take(address, 0))).toEqual([true, true, true, false])
  expect(limit.take(other, 0)).toBe(true)
  expect(limit.take(one, 400)).toBe(false)
  expect(limit.take(one, 500)).toBe(true)
  expect(limit.take(one, 500)).toBe(false)
  for (let turn = 0; turn < 3; turn += 1) expect(limit.take(one, 60_000)).toBe(true)
  expect(limit.take(one, 60_000)).toBe(false)
})

test('at home each address counts for itself', () => {
  const limit = new RateLimit(1, 1)
  const [one, two] = [1, 2].map((host) => new Address(Uint8Array.of(192, 168, 1, host), 1))
  if (!one || !two) throw new Error('two addresses')
  expect([limit.take(one, 0), limit.take(two, 0), limit.take(one, 0)]).toEqual([true, true, false])
})

test('a clock that steps back gives nothing for free', () => {
  const limit = new RateLimit(1, 1)
  const address = new Address(Uint8Array.of(192, 0, 2, 1), 1)
  expect([limit.take(address, 10_000), limit.take(address, 0), limit.take(address, 500)]).toEqual([true, false, false])
})
