import { expect, test } from 'vitest'
import { SECOND_MS } from '../../base/time.ts'
import { BOOTSTRAP_NODES_MAX, BootstrapList } from './bootstrap-list.ts'
import { testNode } from './test-nodes.ts'

test('asks at once and then after ever longer waits, up to a minute, until the node answers', () => {
  const list = new BootstrapList()
  list.add(testNode(1), 0)
  const askedAfterSeconds: number[] = []
  for (let count = 0; count < 9; count += 1) {
    const now = list.nextAt
    expect(list.takeDue(now)).toEqual([testNode(1)])
    askedAfterSeconds.push(now / SECOND_MS)
  }
  expect(askedAfterSeconds).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183])
  list.answered(testNode(2), 0)
  expect(list.nextAt).toBe(243 * SECOND_MS)
  list.answered(testNode(1), 0)
  expect(list.nextAt).toBe(Number.POSITIVE_INFINITY)
})

test('asks all again when it has to start anew', () => {
  const list = new BootstrapList()
  for (const first of [1, 2]) {
    list.add(testNode(first), 0)
    list.answered(testNode(first), 0)
  }
  expect(list.takeDue(10)).toEqual([])
  list.restart(10)
  expect(list.takeDue(10)).toEqual([testNode(1), testNode(2)])
})

test('keeps each node once and drops the one named longest ago', () => {
  const list = new BootstrapList()
  for (let first = 0; first <= BOOTSTRAP_NODES_MAX; first += 1) {
    list.add(testNode(first), 0)
    list.add(testNode(first), 0)
  }
  const due = list.takeDue(0)
  expect(due.length).toBe(BOOTSTRAP_NODES_MAX)
  expect(due[0]).toEqual(testNode(1))
  expect(list.find(({ address }) => address.equals(testNode(5).address))).toEqual(testNode(5))
})

test('tells whether each node answers, and when it last did; who is removed is asked no more', () => {
  const list = new BootstrapList()
  list.add(testNode(1), 0)
  list.add(testNode(2), 0)
  const states = (): string[] => list.entries().map(({ state }) => state)
  list.takeDue(0)
  list.answered(testNode(1), 5)
  for (const now of [1_000, 3_000]) list.takeDue(now)
  expect(list.entries()).toEqual([
    { node: testNode(1), state: 'answered', answeredAt: 5 },
    { node: testNode(2), state: 'silent', answeredAt: undefined },
  ])
  list.answered(testNode(2), 3_500)
  list.restart(4_000)
  expect(states()).toEqual(['asked', 'asked'])
  list.remove(testNode(1))
  expect(list.takeDue(4_000)).toEqual([testNode(2)])
})
