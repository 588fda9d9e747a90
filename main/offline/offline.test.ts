import { expect, test } from 'vitest'
import { isAllZero } from '../base/bytes.ts'
import { MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { type Side, World } from './test-world.ts'

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

/** Ends the run while operations like these are under way; how many of their keys are left. */
function keysLeft({ run }: Side, underWay: readonly string[]): number {
  if (!run) throw new Error('it is running')
  const { calls, signers } = run.storage
  const held = () => signers.filter(({ seed }) => !isAllZero(seed)).length
  expect(held()).toBeGreaterThanOrEqual(underWay.length)
  expect(calls.slice(-held())).toEqual(expect.arrayContaining([...underWay]))
  run.offline.wipe()
  return held()
}

test('a run that ends in the middle of storage operations leaves none of their mailbox keys', () => {
  const world = new World()
  const { alice, bob } = world
  world.meet()
  bob.kill()
  world.pass(MINUTE_MS)
  const [renewed = '', taken = ''] = ['one', 'two'].map((text) => alice.send(text))
  world.pass(MINUTE_MS)
  expect(alice.offline.renew(renewed, 86_400, alice.now)).toBe(true)
  expect(alice.offline.cancel(taken, alice.now)).toBe(true)
  expect(keysLeft(alice, ['renew', 'remove'])).toBe(0)

  alice.restart()
  expect(keysLeft(alice, ['status'])).toBe(0)

  alice.kill()
  bob.start()
  fetchesSoon(world)
  expect(keysLeft(bob, ['fetch'])).toBe(0)

  bob.restart()
  fetchesSoon(world)
  for (let steps = 0; bob.run?.storage.calls.at(-1) !== 'remove'; steps += 1) {
    expect(steps).toBeLessThan(1_000)
    world.settle(1)
  }
  expect(keysLeft(bob, ['remove'])).toBe(0)
})

/** Lets time pass until Bob has begun to fetch, and not a datagram of it. */
function fetchesSoon(world: World): void {
  const { bob } = world
  for (let seconds = 0; !bob.run?.storage.calls.includes('fetch'); seconds += 1) {
    expect(seconds).toBeLessThan(600)
    world.settle()
    world.now += SECOND_MS
    bob.offline.handleTimeout(bob.now)
  }
}
