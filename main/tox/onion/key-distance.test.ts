import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../../base/bytes.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { compareDistance } from './key-distance.ts'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 })

function distanceOf(target: Uint8Array, other: Uint8Array): bigint {
  return BigInt(`0x${toHex(target)}`) ^ BigInt(`0x${toHex(other)}`)
}

test('orders keys as their XOR with the target does, read as numbers', () => {
  fc.assert(
    fc.property(key, key, key, (target, left, right) => {
      const difference = distanceOf(target, left) - distanceOf(target, right)
      expect(Math.sign(compareDistance(target, left, right))).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0)
    }),
    { seed: propertySeed() },
  )
})

test('only the same key has the same distance', () => {
  const target = new Uint8Array(32).fill(0xff)
  expect(compareDistance(target, new Uint8Array(32), new Uint8Array(32))).toBe(0)
  expect(compareDistance(target, target, new Uint8Array(32))).toBeLessThan(0)
})
