import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { copiesWanted, HolderChoice } from './holder-choice.ts'
import { testMembers } from './test-members.ts'

beforeAll(() => sodiumReady)

const ring = (index: number, names: readonly number[]) => ({
  ring: index,
  members: testMembers(names),
  isCatchingUp: false,
})
const nameOf = (choice: { member: { place: number } } | undefined) => choice?.member.place

test('the first two of each ring, on distinct nodes, and the next clockwise where one is taken', () => {
  const choice = new HolderChoice(2)
  choice.addRing(ring(0, [1, 2, 3, 4]))
  expect([choice.next(0), choice.next(0), choice.next(0)].map(nameOf)).toEqual([1, 2, undefined])
  choice.addRing(ring(1, [2, 5, 1, 6]))
  expect([choice.next(1), choice.next(1)].map(nameOf)).toEqual([5, 6])
})

test('a role whose node failed goes on, within the first four of its ring, then to another ring’s', () => {
  const choice = new HolderChoice(2)
  choice.addRing(ring(0, [1, 2, 3, 4, 5, 6]))
  choice.next(0)
  choice.next(0)
  choice.reopen(0)
  choice.reopen(0)
  expect([choice.next(0), choice.next(0)].map(nameOf)).toEqual([3, 4])
  choice.reopen(0)
  expect(choice.next(0)).toBeUndefined()
  choice.addRing(ring(1, [4, 7, 8, 9]))
  expect(
    [choice.nextAnywhere(), choice.nextAnywhere(), choice.nextAnywhere(), choice.nextAnywhere()].map(nameOf),
  ).toEqual([7, 8, 9, undefined])
})

test('the target is what the rings give: six, nine if important, fewer where there are fewer nodes', () => {
  expect([copiesWanted(2, 3), copiesWanted(3, 3)]).toEqual([6, 9])
  const few = new HolderChoice(2)
  expect(few.targetFor(3)).toBe(0)
  for (const index of [0, 1, 2]) few.addRing(ring(index, [1, 2, 3]))
  expect(few.targetFor(3)).toBe(3)
  const many = new HolderChoice(3)
  for (const index of [0, 1, 2]) many.addRing(ring(index, [10 * index, 10 * index + 1, 10 * index + 2, 10 * index + 3]))
  expect(many.targetFor(3)).toBe(9)
})

test('no node is ever chosen twice, and in the end every eligible one was', () => {
  const names = fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.array(names, { minLength: 1, maxLength: 3 }), (rings) => {
      const choice = new HolderChoice(2)
      const chosen: number[] = []
      rings.forEach((members, index) => {
        choice.addRing(ring(index, members))
        for (let next = choice.next(index); next; next = choice.next(index)) chosen.push(next.member.place)
      })
      for (let next = choice.nextAnywhere(); next; next = choice.nextAnywhere()) chosen.push(next.member.place)
      const eligible = new Set(rings.flatMap((members) => members.slice(0, 4)))
      expect(choice.eligibleCount).toBe(eligible.size)
      expect(chosen).toHaveLength(eligible.size)
      expect(new Set(chosen)).toEqual(eligible)
    }),
    { seed: propertySeed() },
  )
})
