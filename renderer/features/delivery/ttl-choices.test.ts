import { expect, test } from 'vitest'
import { ttlChoices } from './ttl-choices.ts'

test('offers from an hour to thirty days, and what is chosen already', () => {
  expect(ttlChoices(14 * 86_400)).toEqual([3_600, 86_400, 172_800, 604_800, 1_209_600, 2_592_000])
  expect(ttlChoices(60)[0]).toBe(60)
})
