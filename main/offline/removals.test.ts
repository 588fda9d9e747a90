import { expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { TOMBSTONE_KIND } from '../wire/storage-record.ts'
import { World } from './test-world.ts'

await sodiumReady

function stored(): { world: World; id: string } {
  const world = new World()
  world.meet()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  const id = world.alice.send('hello')
  world.pass(MINUTE_MS)
  return { world, id }
}

test('a delivered message’s copies are deleted in every place that it was sealed for', () => {
  const { world, id } = stored()
  const hidden = world.network.nodes.map(({ slots }) => new Map(slots))
  world.network.forgetAll()
  world.pass(3 * HOUR_MS)
  expect(world.network.recorded).toHaveLength(2)
  for (const [index, { slots }] of world.network.nodes.entries()) {
    for (const [key, held] of hidden[index] ?? []) slots.set(key, held)
  }
  expect(world.network.copyCount()).toBe(12)
  world.isNetworkUp = false
  world.bob.start()
  world.connect()
  world.pass(5 * SECOND_MS)
  expect(world.alice.stateOf(id)).toBe('delivered')
  expect(world.network.tombstoneCount(TOMBSTONE_KIND.cancelled)).toBe(12)
  expect(world.alice.disk.count('entry')).toBe(0)
})

test('a cancel goes on after a restart', () => {
  const { world, id } = stored()
  for (const node of world.network.nodes) node.isDown = true
  world.alice.offline.cancel(id, world.now)
  world.pass(MINUTE_MS)
  world.alice.restart()
  for (const node of world.network.nodes) node.isDown = false
  world.pass(10 * MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('cancelled')
  expect(world.network.copyCount()).toBe(0)
})

test('a cancel that comes to its end without an answer says that nobody knows', () => {
  const { world, id } = stored()
  for (const node of world.network.nodes) node.isDown = true
  world.alice.offline.cancel(id, world.now)
  world.pass(15 * 24 * HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('expired (not-known-whether-read)')
})
