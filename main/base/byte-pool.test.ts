import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pooledBytes } from './byte-pool.ts'
import { propertySeed } from './test-seed.ts'

test('gives zeros of the length asked for, which nobody else has', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 60 }), (lengths) => {
      const all = lengths.map((length) => pooledBytes(length))
      expect(all.map(({ length }) => length)).toEqual(lengths)
      expect(all.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true)
      for (const [at, bytes] of all.entries()) bytes.fill(at + 1)
      expect(all.every((bytes, at) => bytes.every((byte) => byte === at + 1))).toBe(true)
    }),
    { seed: propertySeed(), numRuns: 50 },
  )
})

test('what is made from a pooled array does not reach beyond it', () => {
  const bytes = pooledBytes(100)
  expect(bytes.subarray(90).length).toBe(10)
  expect(bytes.slice().buffer.byteLength).toBe(100)
  expect(bytes.byteOffset % 8).toBe(0)
})
