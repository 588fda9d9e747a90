import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { HolderVisits } from './holder-visits.ts'
import { testMembers } from './test-members.ts'

beforeAll(() => sodiumReady)

const RINGS = 3
const anybody = () => true

function visitsOf(...rings: readonly (readonly number[])[]): HolderVisits {
  const visits = new HolderVisits()
  rings.forEach((names, ring) => visits.addRing({ ring, members: testMembers(names), isCatchingUp: false }))
  return visits
}

const names = (members: readonly { place: number }[]) => members.map(({ place }) => place)

/** Of the members with these names, those that are told to have been silent. */
function silencesOf(visits: HolderVisits, known: readonly number[]): number[] {
  const told: string[] = []
  visits.tellSilences({ noteSilence: ({ hex }) => told.push(hex) }, 0)
  return known.filter((name) => testMembers([name]).some(({ contact }) => told.includes(contact.key.hex)))
}

test('each node is asked once, however many rings name it', () => {
  const visits = visitsOf([1, 2, 3, 4], [2, 1, 5, 6])
  expect(names(visits.takeAll())).toEqual([1, 2, 3, 4, 5, 6])
  expect(visits.takeAll()).toEqual([])
  expect(visits.count).toBe(6)
})

test('one of each ring first, those that did not fail before others', () => {
  const visits = visitsOf([1, 2, 3, 4], [2, 1, 5, 6])
  expect(visits.takeNext(0, ({ place }) => place !== 1)?.place).toBe(2)
  expect(visits.takeNext(1, ({ place }) => place !== 1)?.place).toBe(5)
  expect(visits.takeNext(1, () => false)?.place).toBe(1)
})

test('the next clockwise is asked for each of the first four that is silent', () => {
  const visits = visitsOf([1, 2, 3, 4, 5, 6])
  const asked = visits.takeAll()
  expect(names(asked)).toEqual([1, 2, 3, 4])
  for (const member of asked.slice(0, 2)) visits.settle(member, 'silent')
  expect(names(visits.takeAll())).toEqual([5, 6])
  expect(silencesOf(visits, [1, 2, 3, 4, 5, 6])).toEqual([])
  for (const member of asked.slice(2)) visits.settle(member, 'answered')
  expect(silencesOf(visits, [1, 2, 3, 4, 5, 6])).toEqual([1, 2])
  expect(visits.haveAllAnswered).toBe(false)
})

test('where only our own node answered, nobody is called silent', () => {
  const visits = new HolderVisits()
  const members = testMembers([1, 2, 3]).map((member) => ({ ...member, isSelf: member.place === 1 }))
  visits.addRing({ ring: 0, members, isCatchingUp: false })
  for (const member of visits.takeAll()) visits.settle(member, member.isSelf ? 'answered' : 'silent')
  expect(silencesOf(visits, [1, 2, 3])).toEqual([])
})

test('emptiness is proven by four prefixes, or by all that there are', () => {
  const few = visitsOf([1, 2], [2, 1], [1, 2])
  for (const member of few.takeAll()) few.settle(member, 'answered')
  expect(few.isSilenceProof(RINGS)).toBe(true)
  const many = visitsOf([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12])
  const asked = many.takeAll()
  for (const member of asked) many.settle(member, [1, 5, 9].includes(member.place) ? 'answered' : 'silent')
  expect(many.isSilenceProof(RINGS)).toBe(false)
  for (const member of asked) if (member.place === 2) many.settle(member, 'answered')
  expect(many.isSilenceProof(RINGS)).toBe(true)
})

test('emptiness is not proven while a ring was not heard', () => {
  const visits = visitsOf([1, 2, 3, 4], [5, 6, 7, 8])
  for (const member of visits.takeAll()) visits.settle(member, 'answered')
  expect(visits.areRingsHeard(RINGS)).toBe(false)
  expect(visits.isSilenceProof(RINGS)).toBe(false)
})

test('an owner that catches up is asked last, and its empty hands prove nothing', () => {
  const visits = new HolderVisits()
  for (const ring of [0, 1, 2]) visits.addRing({ ring, members: testMembers([1, 2]), isCatchingUp: ring === 0 })
  expect(visits.takeNext(0, anybody)?.place).toBe(2)
  for (const member of testMembers([1, 2])) visits.settle(member, 'answered')
  expect(visits.isSilenceProof(RINGS)).toBe(false)
})

test('a ring whose nodes are all silent so far has no hope until another is asked', () => {
  const visits = visitsOf([1, 2])
  const first = visits.takeNext(0, anybody)
  expect(visits.ringsWithoutHope()).toEqual([])
  if (first) visits.settle(first, 'silent')
  expect(visits.ringsWithoutHope()).toEqual([0])
})
