import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { compareDistance } from './distance.ts'
import { NearestNodes } from './nearest-nodes.ts'
import { anyKey, anyNodes, testKey, testNode } from './test-nodes.ts'

test('keeps the nearest of all that were offered, in order', () => {
  const property = fc.property(anyKey(), anyNodes(20), fc.nat(8), (target, nodes, countMax) => {
    const nearest = new NearestNodes(target, countMax)
    for (const node of nodes) nearest.offer(node)
    const sorted = nodes.toSorted((left, right) =>
      compareDistance(target.bytes, left.publicKey.bytes, right.publicKey.bytes),
    )
    expect(nearest.isFull).toBe(nodes.length >= countMax)
    expect(nearest.take()).toEqual(sorted.slice(0, countMax))
    expect(nearest.count).toBe(0)
  })
  fc.assert(property, { seed: propertySeed(), numRuns: 500 })
})

test('takes each key once, the first time it is offered', () => {
  const nearest = new NearestNodes(testKey(), 4)
  expect(nearest.offer(testNode(1))).toBe(true)
  expect(nearest.offer({ ...testNode(1), address: testNode(2).address })).toBe(false)
  expect(nearest.take()).toEqual([testNode(1)])
})

test('says no to a node that is farther than all of a full list', () => {
  const nearest = new NearestNodes(testKey(), 2)
  for (const first of [1, 2]) nearest.offer(testNode(first))
  expect(nearest.mayTake(testKey(3))).toBe(false)
  expect(nearest.mayTake(testKey(0, 1))).toBe(true)
  expect(nearest.offer(testNode(3))).toBe(false)
  expect(nearest.offer(testNode(0, 1))).toBe(true)
  expect(nearest.take()).toEqual([testNode(0, 1), testNode(1)])
})
