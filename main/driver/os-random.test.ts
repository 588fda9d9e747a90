import { expect, test } from 'vitest'
import { toHex } from '../base/bytes.ts'
import { randomBytes } from '../base/random.ts'
import { osRandom } from './os-random.ts'

test('fills every length wholly, across the refills of its pool', () => {
  for (const length of [0, 1, 23, 24, 1_024, 1_025, 5_000]) {
    const bitsSeen = new Uint8Array(length)
    for (let round = 0; round < 64; round += 1) {
      const bytes = randomBytes(osRandom, length)
      for (const [at, byte] of bytes.entries()) bitsSeen[at] = (bitsSeen[at] ?? 0) | byte
    }
    // A byte that stays 0 in 64 rounds has chance 2^-512.
    expect(bitsSeen.every((bits) => bits !== 0)).toBe(true)
  }
})

test('never gives the same bytes twice', () => {
  const seen = new Set(Array.from({ length: 2_000 }, () => toHex(randomBytes(osRandom, 16))))
  expect(seen.size).toBe(2_000)
})
