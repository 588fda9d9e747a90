import { expect, test } from 'vitest'
import { Address } from '../../base/address.ts'
import { Routes } from './routes.ts'

const at = (port: number) => new Address(Uint8Array.of(10, 0, 0, 1), port)

test('finds who is at an address, the newest first, and forgets who left', () => {
  const routes = new Routes<string>()
  expect(routes.find(at(1))).toEqual([])
  routes.add(at(1), 'alice')
  routes.add(at(1), 'bob')
  routes.add(at(1), 'alice')
  expect(routes.find(at(1))).toEqual(['alice', 'bob'])
  routes.remove(at(1), 'alice')
  routes.remove(at(2), 'bob')
  expect(routes.find(at(1))).toEqual(['bob'])
  routes.remove(at(1), 'bob')
  expect(routes.count).toBe(0)
})

test('one address leads to four at most', () => {
  const routes = new Routes<number>()
  for (let target = 0; target < 100; target += 1) routes.add(at(1), target)
  expect(routes.find(at(1))).toEqual([99, 98, 97, 96])
})
