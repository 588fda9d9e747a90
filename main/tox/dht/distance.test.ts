import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import type { PublicKey } from '../../crypto/keys.ts'
import { compareDistance, sharedPrefixBits } from './distance.ts'
import { anyKey, testKey } from './test-nodes.ts'

const options = { seed: propertySeed(), numRuns: 1_000 }

test('orders keys by the number that XOR with the target makes of them', () => {
  fc.assert(
    fc.property(anyKey(), anyKey(), anyKey(), (target, left, right) => {
      const expected = xor(target, left) - xor(target, right)
      const order = compareDistance(target.bytes, left.bytes, right.bytes)
      expect(Math.sign(order)).toBe(expected > 0n ? 1 : expected < 0n ? -1 : 0)
    }),
    options,
  )
})

test('is a total order: only equal keys are equally far, and it never goes round in a circle', () => {
  fc.assert(
    fc.property(anyKey(), anyKey(), anyKey(), anyKey(), (target, first, second, third) => {
      const compare = (left: PublicKey, right: PublicKey): number =>
        Math.sign(compareDistance(target.bytes, left.bytes, right.bytes))
      expect(compare(first, second) + compare(second, first)).toBe(0)
      expect(compare(first, second) === 0).toBe(first.equals(second))
      const [nearest, middle, farthest] = [first, second, third].toSorted(compare)
      if (!nearest || !middle || !farthest) throw new Error('three keys stay three')
      expect([compare(nearest, middle), compare(middle, farthest), compare(nearest, farthest)]).not.toContain(1)
    }),
    options,
  )
})

test('counts the leading bits that two keys share', () => {
  fc.assert(
    fc.property(anyKey(), anyKey(), (left, right) => {
      expect(sharedPrefixBits(left.bytes, right.bytes)).toBe(256 - bitLength(xor(left, right)))
    }),
    options,
  )
  expect(sharedPrefixBits(testKey().bytes, testKey().bytes)).toBe(256)
  expect(sharedPrefixBits(testKey().bytes, testKey(0x80).bytes)).toBe(0)
  expect(sharedPrefixBits(testKey().bytes, testKey(0, 0x20).bytes)).toBe(10)
})

function xor(left: PublicKey, right: PublicKey): bigint {
  return BigInt(`0x${left.hex}`) ^ BigInt(`0x${right.hex}`)
}

function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length
}
