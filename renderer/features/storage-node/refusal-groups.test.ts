import { expect, test } from 'vitest'
import { groupRefusals } from './refusal-groups.ts'

test('adds up the reasons of a group, most often first', () => {
  expect(groupRefusals({ tooLarge: 1, full: 2, prefixQuota: 3 })).toEqual([
    { group: 'space', count: 5 },
    { group: 'limits', count: 1 },
  ])
})

test('a reason of a later version counts among the others', () => {
  expect(groupRefusals({ tomorrow: 2 })).toEqual([{ group: 'other', count: 2 }])
})

test('nothing refused is no group at all', () => {
  expect(groupRefusals({ full: 0 })).toEqual([])
})
