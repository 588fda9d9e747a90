import { expect, test } from 'vitest'
import { AssertionError } from '../../base/assert.ts'
import { SeededRandom } from '../../base/random.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { FriendSearches } from './friend-searches.ts'
import { testKey, testNode } from './test-nodes.ts'

await sodiumReady

test('two random keys are always searched', () => {
  const searches = create()
  const keys = [...searches.all].map(({ key }) => key.hex)
  expect(new Set(keys).size).toBe(2)
  for (const { key } of searches.all) expect(() => searches.remove(key)).toThrow(AssertionError)
})

test('a search lasts until everybody who wanted it has gone', () => {
  const searches = create()
  const key = testKey(1)
  expect(searches.add(key)?.key).toBe(key)
  expect(searches.add(key)).toBeUndefined()
  searches.remove(key)
  expect(searches.get(key)).toBeDefined()
  searches.remove(key)
  expect(searches.get(key)).toBeUndefined()
  expect(() => searches.remove(key)).toThrow(AssertionError)
})

test('nodes for onion paths come from the fake searches, never from those for friends', () => {
  const searches = create()
  const [fake, otherFake] = searches.all
  const friend = searches.add(testKey(1))
  fake?.heard(testNode(2), 0)
  otherFake?.heard(testNode(3), 0)
  friend?.heard(testNode(4), 0)
  const byPort = searches
    .fakeFriendNodes(0)
    .toSorted((left, right) => (left.publicKey.hex < right.publicKey.hex ? -1 : 1))
  expect(byPort).toEqual([testNode(2), testNode(3)])
})

function create(): FriendSearches {
  return new FriendSearches(new SeededRandom(1), true)
}
