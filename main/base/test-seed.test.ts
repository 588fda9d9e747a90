import { expect, test } from 'vitest'
import { caseCountFrom, fuzzCaseCount, propertySeed, seedFrom } from './test-seed.ts'

const commit = () => 'ffffffff00000000000000000000000000000000'

test('takes the first 31 bits of the commit hash, so that one commit means one seed', () => {
  expect(seedFrom(undefined, commit)).toBe(0x7fff_ffff)
  expect(seedFrom('', () => '0000000a'.padEnd(40, '9'))).toBe(5)
})

test('AMPOULE_SEED replays a seed, and nonsense in it is refused', () => {
  expect(seedFrom('17', commit)).toBe(17)
  for (const nonsense of ['-1', '1.5', 'x', '2147483648']) expect(() => seedFrom(nonsense, commit)).toThrow(nonsense)
})

test('has a constant seed outside a git checkout', () => {
  expect(seedFrom(undefined, () => undefined)).toBe(0x0a3b0c1e)
})

test('runs 2,000 fuzz cases unless told otherwise', () => {
  expect(caseCountFrom(undefined)).toBe(2_000)
  expect(caseCountFrom('100000')).toBe(100_000)
  for (const nonsense of ['0', '-5', '1e-3', 'many']) expect(() => caseCountFrom(nonsense)).toThrow(nonsense)
})

test('this run has a seed and a case count', () => {
  expect(Number.isInteger(propertySeed())).toBe(true)
  expect(fuzzCaseCount()).toBeGreaterThan(0)
})
