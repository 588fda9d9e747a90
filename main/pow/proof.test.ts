import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { argon2idTrial } from './argon2id.ts'
import { ALGORITHM, isSolution, puzzleCount, puzzleHash, puzzleThreshold, searchRange } from './proof.ts'
import { sha512dTrial } from './sha512d.ts'

beforeAll(() => sodiumReady)

const { sha512d, argon2id } = ALGORITHM
const seed = Uint8Array.from({ length: 32 }, (_, at) => at)

test('splits the work in 16 equal puzzles, or in as many as there are trials', () => {
  expect([1, 2, 15, 16, 17, 900_000].map(puzzleCount)).toEqual([1, 2, 15, 16, 16, 16])
})

test('a trial of sha512d is the double SHA-512 of nonce and hash, its first 6 bytes', () => {
  const hash = puzzleHash(seed, 3)
  const nonce = Buffer.alloc(8)
  nonce.writeBigUInt64BE(0x1234_5678_9abcn)
  const inner = createHash('sha512').update(nonce).update(hash).digest()
  const outer = createHash('sha512').update(inner).digest()
  expect(sha512dTrial(hash, 0x1234_5678_9abc)).toBe(outer.readUIntBE(0, 6))
})

test('trials do not change: the protocol rests on these numbers', () => {
  const hash = puzzleHash(seed, 0)
  expect(hash).toEqual(
    new Uint8Array(createHash('sha512').update('ampoule puzzle 1\0').update(seed).update(Buffer.of(0)).digest()),
  )
  expect(sha512dTrial(hash, 1)).toBe(14_111_722_252_824)
  // Computed with OpenSSL's Argon2id, not with ours.
  expect(argon2idTrial(hash, 1)).toBe(166_731_203_246_237)
})

test('what a search finds is a solution, of that puzzle, seed and effort only', () => {
  const task = { algorithm: sha512d, seed, effort: 4_000 }
  const nonce = searchRange(task, 2, 0, 1e6) ?? -1
  expect(isSolution(task, 2, nonce)).toBe(true)
  expect(searchRange(task, 2, 0, nonce)).toBeUndefined()
  const others = [
    isSolution({ ...task, effort: 4_000_000_000 }, 2, nonce),
    isSolution(task, 3, nonce),
    isSolution({ ...task, seed: new Uint8Array(32) }, 2, nonce),
    isSolution({ ...task, algorithm: argon2id, effort: 400_000_000 }, 2, nonce),
  ]
  expect(others).toEqual([false, false, false, false])
})

test('argon2id proofs are found and checked alike', () => {
  const task = { algorithm: argon2id, seed, effort: 70_400 }
  const nonce = searchRange(task, 0, 0, 1_000) ?? -1
  expect(isSolution(task, 0, nonce)).toBe(true)
})

test('the mean number of trials is the effort, for both algorithms in their own units', () => {
  expect(2 ** 48 / puzzleThreshold({ algorithm: sha512d, seed, effort: 900_000 })).toBeCloseTo(900_000 / 16, 3)
  expect(2 ** 48 / puzzleThreshold({ algorithm: argon2id, seed, effort: 900_000 })).toBeCloseTo(900_000 / 16 / 1_100, 3)
  const task = { algorithm: sha512d, seed, effort: 16 * 64 }
  const trials = Array.from({ length: 200 }, (_, index) => 1 + (searchRange(task, index, 0, 1e5) ?? 0))
  const mean = trials.reduce((sum, count) => sum + count, 0) / trials.length
  expect(mean).toBeGreaterThan(64 * 0.75)
  expect(mean).toBeLessThan(64 * 1.25)
})

test('any effort gives a threshold that some trial can meet', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 0xffffffff }), fc.constantFrom(sha512d, argon2id), (effort, algorithm) => {
      const threshold = puzzleThreshold({ algorithm, seed, effort })
      expect(Number.isSafeInteger(threshold)).toBe(true)
      expect(threshold).toBeGreaterThanOrEqual(2 ** 19)
      expect(threshold).toBeLessThanOrEqual(2 ** 48)
    }),
    { seed: propertySeed() },
  )
})
