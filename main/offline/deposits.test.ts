import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { OFFLINE_GRACE_MS } from './deposits.ts'
import { World } from './test-world.ts'

await sodiumReady

function bobAway(): World {
  const world = new World()
  world.meet()
  world.bob.kill()
  return world
}

test('nothing is sealed for a friend who was here a moment ago', () => {
  const world = bobAway()
  world.alice.send('hello')
  world.pass(OFFLINE_GRACE_MS - SECOND_MS)
  expect(world.network.recorded).toEqual([])
  world.pass(2 * SECOND_MS)
  expect(world.network.recorded).toHaveLength(1)
})

test('slot, chain and sealed bytes are one change, before the first datagram', () => {
  const world = bobAway()
  world.pass(10 * SECOND_MS)
  const id = world.alice.send('hello')
  const run = world.alice.run
  const families = new Set<string>()
  for (let pending = run?.outputs.pollChange(); pending; pending = run?.outputs.pollChange()) {
    const keys = pending.change.writes.map(({ key }) => key.split('/')[0] ?? '')
    if (keys.includes('sealed')) for (const key of keys) families.add(key)
  }
  expect([...families].sort()).toEqual(expect.arrayContaining(['entry', 'sealed', 'send']))
  expect(run?.storage.calls).toContain('insert')
  expect(run?.outputs.pollTransmit()).toBeUndefined()
  expect(world.alice.disk.history.map(({ messageId }) => messageId)).not.toContain(id)
})

test('every try sends the same bytes, over restarts too, with the receipts so far', () => {
  const world = bobAway()
  world.pass(10 * SECOND_MS)
  for (const node of world.network.nodes.slice(2)) node.isDown = true
  const id = world.alice.send('hello')
  world.pass(2 * MINUTE_MS)
  world.alice.restart()
  world.pass(5 * MINUTE_MS)
  expect(world.network.recorded).toHaveLength(1)
  expect(world.alice.disk.outgoing(id).copies).toEqual({ held: 2, wanted: 6 })
  for (const node of world.network.nodes) node.isDown = false
  world.pass(10 * MINUTE_MS)
  expect(world.alice.disk.outgoing(id).copies).toEqual({ held: 6, wanted: 6 })
  expect(world.network.recorded).toHaveLength(1)
})

test('many messages go a few at a time, in order', () => {
  const world = bobAway()
  world.pass(10 * SECOND_MS)
  const ids = Array.from({ length: 30 }, (_, index) => world.alice.send(`message ${index}`))
  world.pass(MINUTE_MS)
  expect(ids.map((id) => world.alice.stateOf(id))).toEqual(ids.map(() => 'stored'))
  expect(world.network.recorded.map(({ signed }) => signed.header.slot)).toEqual(ids.map((_, index) => index))
})

test('a life that ended before anybody took it begins anew', () => {
  const world = bobAway()
  world.pass(10 * SECOND_MS)
  for (const node of world.network.nodes) node.refusal = 'full'
  const id = world.alice.send('short', 60)
  world.pass(10 * MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('queued (refused)')
  for (const node of world.network.nodes) node.refusal = undefined
  world.pass(HOUR_MS)
  expect(world.alice.disk.outgoing(id).steps.join()).toContain('stored')
})

test('nodes that lie about the time cannot make us seal without end', () => {
  const world = bobAway()
  world.pass(10 * SECOND_MS)
  for (const [index, node] of world.network.nodes.entries()) node.clockOffsetMs = index * 400 * 24 * HOUR_MS
  world.alice.send('hello')
  world.pass(HOUR_MS)
  expect(world.network.recorded.length).toBeLessThan(12)
})

test('switched off, nothing more is stored; on again, it is', () => {
  const world = bobAway()
  world.alice.offline.setOfflineMessages(world.alice.friend, false, world.now)
  const id = world.alice.send('hello')
  world.pass(HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('queued (waiting-off)')
  expect(world.network.recorded).toEqual([])
  world.alice.restart()
  world.pass(MINUTE_MS)
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('off')
  world.alice.offline.setOfflineMessages(world.alice.friend, true, world.now)
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('stored')
})

test('the share of proofs that is done never goes back, over many parts', () => {
  const world = bobAway()
  world.pass(10 * SECOND_MS)
  world.alice.sendContent({ kind: 'file', name: utf8Encode('f'), bytes: new Uint8Array(300_000) })
  world.pass(MINUTE_MS)
  const shares = (world.alice.run?.events ?? []).flatMap((event) =>
    event.kind === 'progress' ? [event.done / event.total] : [],
  )
  expect(shares.length).toBeGreaterThan(3)
  expect(shares).toEqual([...shares].sort((left, right) => left - right))
})
