import { expect, test } from 'vitest'
import { toHex } from '../base/bytes.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { TOMBSTONE_KIND } from '../wire/storage-record.ts'
import { World } from './test-world.ts'

await sodiumReady

/** Bodies that lie on the nodes, by mailbox and slot. */
function bodies(world: World): Map<string, string> {
  const all = new Map<string, string>()
  for (const node of world.network.nodes) {
    for (const [key, { record }] of node.slots) all.set(key, toHex(record.signed.header.bodyHash))
  }
  return all
}

/** Alice has a backup, and wrote two messages since that wait for Bob. */
function worldWithBackup(): World & { backup: World['alice']['disk']; newer: World['alice']['disk'] } {
  const world = new World()
  world.meet()
  const backup = world.alice.disk.copy()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  world.alice.send('one')
  world.alice.send('two')
  world.pass(MINUTE_MS)
  world.alice.kill()
  return Object.assign(world, { backup, newer: world.alice.disk })
}

test('a restored backup finds that its keys are out of date before it writes, and waits for a meeting', () => {
  const world = worldWithBackup()
  const before = bodies(world)
  world.alice.disk = world.backup
  world.alice.start()
  const id = world.alice.send('of the backup')
  world.pass(HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('queued (keys-out-of-date)')
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('pending')
  expect(bodies(world)).toEqual(before)
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  world.meet(10 * SECOND_MS)
  expect(world.bob.received).toEqual(['one', 'two', 'of the backup'])
  expect(world.alice.stateOf(id)).toBe('delivered')
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('ready')
})

test('it finds that too when the mail was collected meanwhile', () => {
  const world = worldWithBackup()
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.network.tombstoneCount(TOMBSTONE_KIND.collected)).toBe(12)
  world.bob.kill()
  world.alice.disk = world.backup
  world.alice.start()
  const count = world.network.recorded.length
  const id = world.alice.send('of the backup')
  world.pass(HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('queued (keys-out-of-date)')
  // The tombstones told it before anything was sealed.
  expect(world.network.recorded).toHaveLength(count)
})

test('when no node answers the question, nothing is sealed', () => {
  const world = worldWithBackup()
  const count = world.network.recorded.length
  for (const node of world.network.nodes) node.isDown = true
  world.alice.disk = world.backup
  world.alice.start()
  const id = world.alice.send('of the backup')
  world.pass(HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('queued (no-storage-nodes)')
  for (const node of world.network.nodes) node.isDown = false
  world.pass(HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('queued (keys-out-of-date)')
  expect(world.network.recorded).toHaveLength(count)
})

test('two copies of a profile that write at the same moment overwrite nothing and reuse no key', () => {
  // Goal: a second copy. Method: the copy takes the same slot; the network compares what keys seal (test-storage-network).
  const world = new World()
  world.meet()
  const copy = world.alice.disk.copy()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  const first = world.alice.send('of the first')
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(first)).toBe('stored')
  const before = bodies(world)

  // The copy asked before the first wrote: it believes that the slot is free.
  const nodes = world.network.nodes.map(({ slots }) => new Map(slots))
  for (const { slots } of world.network.nodes) slots.clear()
  const original = world.alice.run
  world.alice.run = undefined
  const firstDisk = world.alice.disk
  world.alice.disk = copy
  world.alice.start()
  const waiting = world.alice.send('of the second')
  world.settle(3)
  for (const [index, { slots }] of world.network.nodes.entries()) {
    for (const [key, held] of nodes[index] ?? []) slots.set(key, held)
  }
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(waiting)).toBe('queued (keys-out-of-date)')
  expect(bodies(world)).toEqual(before)

  // The first goes on as if nothing had been.
  world.alice.run = original
  world.alice.disk = firstDisk
  const second = world.alice.send('of the first again')
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(second)).toBe('stored')
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['of the first', 'of the first again'])
})

test('a copy that both wrote under gets its messages through at the next meeting, each once', () => {
  const world = worldWithBackup()
  world.alice.disk = world.backup
  world.alice.start()
  const again = world.alice.send('of the copy')
  world.pass(MINUTE_MS)
  world.alice.kill()
  world.alice.disk = world.newer
  world.alice.start()
  world.alice.send('three')
  world.pass(MINUTE_MS)
  world.bob.start()
  world.meet(10 * SECOND_MS)
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['one', 'two', 'three'])
  world.alice.kill()
  world.alice.disk = world.backup
  world.alice.start()
  world.meet(10 * SECOND_MS)
  world.pass(3 * MINUTE_MS)
  // Its number was used by another message: it is shown all the same, and replaces nothing.
  expect(world.bob.received).toEqual(['one', 'two', 'three', 'of the copy'])
  expect(world.alice.stateOf(again)).toBe('delivered')
})

test('a restored backup of the receiver shows nothing twice', () => {
  const world = new World()
  world.meet()
  const backup = world.bob.disk.copy()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  const id = world.alice.send('once')
  world.pass(MINUTE_MS)
  world.bob.disk = backup.copy()
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['once'])
  world.bob.kill()
  world.pass(3 * HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('collected')
  world.bob.disk = backup
  world.bob.start()
  world.meet()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received.length).toBeLessThanOrEqual(1)
})
