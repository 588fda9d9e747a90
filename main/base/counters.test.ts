import { expect, test } from 'vitest'
import { Counters } from './counters.ts'

test('counts by name, from nothing', () => {
  const counters = new Counters()
  counters.add('a')
  counters.add('a', 4)
  counters.add('b')
  expect([counters.get('a'), counters.get('b'), counters.get('c')]).toEqual([5, 1, 0])
  expect([...counters.all()]).toEqual([
    ['a', 5],
    ['b', 1],
  ])
})
