import { beforeAll, expect, test } from 'vitest'
import { DAY_MS, MINUTE_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { NodeTrust } from './node-trust.ts'
import { testMembers } from './test-members.ts'

beforeAll(() => sodiumReady)

const keys = (names: readonly number[]) => testMembers(names).map(({ contact }) => contact.key)

test('a node that failed twice is not used again for a day; a success between makes it good', () => {
  const trust = new NodeTrust()
  const [a, b] = keys([1, 2])
  if (!a || !b) throw new Error('two nodes')
  trust.noteFailure(a, 0)
  expect(trust.isAvoided(a, 0)).toBe(false)
  trust.noteFailure(a, 1)
  trust.noteFailure(b, 1)
  trust.noteSuccess(b)
  trust.noteFailure(b, 2)
  expect([trust.isAvoided(a, 2), trust.isAvoided(b, 2)]).toEqual([true, false])
  expect(trust.avoided(2)).toEqual(new Set([a.hex]))
  expect(trust.avoided(1 + DAY_MS)).toEqual(new Set())
})

test('silences of one moment count once, however many operations saw them', () => {
  const trust = new NodeTrust()
  const [a] = keys([1])
  if (!a) throw new Error('a node')
  for (const at of [0, 1, MINUTE_MS - 1]) trust.noteSilence(a, at)
  expect(trust.isAvoided(a, MINUTE_MS)).toBe(false)
  trust.noteSilence(a, MINUTE_MS)
  expect(trust.isAvoided(a, MINUTE_MS)).toBe(true)
})

test('a node that lost a record is not used again at once', () => {
  const trust = new NodeTrust()
  const [a] = keys([1])
  if (!a) throw new Error('a node')
  trust.noteLoss(a, 5)
  expect(trust.isAvoided(a, 5)).toBe(true)
})

test('at most 64 nodes are left out, the latest', () => {
  const trust = new NodeTrust()
  const all = keys(Array.from({ length: 70 }, (_, name) => name))
  for (const key of all) trust.noteLoss(key, 0)
  expect(trust.avoided(0)).toEqual(new Set(all.slice(6).map(({ hex }) => hex)))
})
