import { expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { World } from './test-world.ts'

await sodiumReady

test('friends who are online write to each other directly, in order, and learn that it came', () => {
  const world = new World()
  world.connect()
  world.pass(SECOND_MS)
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('ready')
  const ids = ['one', 'two', 'three'].map((text) => world.alice.send(text))
  world.pass(SECOND_MS)
  expect(world.bob.received).toEqual(['one', 'two', 'three'])
  expect(ids.map((id) => world.alice.stateOf(id))).toEqual(['delivered', 'delivered', 'delivered'])
  expect(world.network.recorded).toEqual([])
})

test('a message for a friend who is away waits on the storage network and is collected', () => {
  const world = new World()
  world.meet()
  world.bob.kill()
  world.pass(MINUTE_MS)
  const ids = ['one', 'two', 'three'].map((text) => world.alice.send(text))
  world.pass(MINUTE_MS)
  expect(ids.map((id) => world.alice.stateOf(id))).toEqual(['stored', 'stored', 'stored'])
  world.alice.kill()
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['one', 'two', 'three'])
  world.alice.start()
  world.pass(MINUTE_MS)
  expect(ids.map((id) => world.alice.stateOf(id))).toEqual(['collected', 'collected', 'collected'])
})
