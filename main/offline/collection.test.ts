import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { subTypeOf } from '../wire/offline-packets.ts'
import { TOMBSTONE_KIND } from '../wire/storage-record.ts'
import { World } from './test-world.ts'

await sodiumReady

/** Alice left messages for Bob and is gone. */
function mailWaiting(count: number): World {
  const world = new World()
  world.meet()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  for (let index = 0; index < count; index += 1) world.alice.send(`message ${index}`)
  world.pass(MINUTE_MS)
  world.alice.kill()
  return world
}

const texts = (count: number): string[] => Array.from({ length: count }, (_, index) => `message ${index}`)

test('mail is asked for at once, shown in order whatever order it comes in, and then deleted everywhere', () => {
  const world = mailWaiting(12)
  world.bob.start()
  world.settle()
  expect(world.bob.received).toEqual(texts(12))
  expect(world.network.tombstoneCount(TOMBSTONE_KIND.collected)).toBe(12 * 6)
  expect(world.network.copyCount()).toBe(0)
  expect(world.bob.disk.count('collect')).toBe(0)
})

test('what was read is not asked for again, however much it was', () => {
  const world = mailWaiting(8)
  const hidden = world.network.nodes.map(({ slots }) => [...slots][5])
  for (const [index, { slots }] of world.network.nodes.entries()) slots.delete(hidden[index]?.[0] ?? '')
  world.bob.start()
  world.pass(30 * MINUTE_MS)
  const skip = [6, 7].map((slot) => ({ slot, revision: 0 }))
  expect(world.bob.run?.storage.fetched.at(-1)).toEqual({ fromSlot: 5, skip })
})

test('nothing is deleted before it is on disk', () => {
  const world = mailWaiting(1)
  world.bob.start()
  const run = world.bob.run
  if (!run) throw new Error('not running')
  // All datagrams and answers, but no change ever reaches the disk.
  for (let step = 0; step < 200; step += 1) {
    const transmit = run.outputs.pollTransmit()
    if (transmit) run.arrive(transmit.bytes, world.now)
    else if (!run.takeIn(world.now)) break
  }
  expect(run.storage.calls).toContain('fetch')
  expect(run.storage.calls).not.toContain('remove')
  expect(world.network.copyCount()).toBe(6)
})

test('a deletion that did not reach enough nodes is tried again, over a restart too', () => {
  const world = mailWaiting(1)
  world.bob.start()
  for (const node of world.network.nodes.slice(2)) node.isDown = true
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(texts(1))
  expect(world.bob.disk.count('collect')).toBe(1)
  world.bob.restart()
  for (const node of world.network.nodes) node.isDown = false
  world.pass(DAY_MS)
  expect(world.bob.disk.count('collect')).toBe(0)
  expect(world.network.copyCount()).toBe(0)
})

test('a message that is on no node is shown as missing, and filled in place when it comes', () => {
  const world = mailWaiting(4)
  const hidden = world.network.nodes.map(({ slots }) => [...slots][1])
  for (const [index, { slots }] of world.network.nodes.entries()) slots.delete(hidden[index]?.[0] ?? '')
  world.bob.start()
  world.settle()
  expect(world.bob.received).toEqual(['message 0', '(missing)', 'message 2', 'message 3'])
  for (const [index, { slots }] of world.network.nodes.entries()) {
    const [key, held] = hidden[index] ?? []
    if (key && held) slots.set(key, held)
  }
  world.pass(30 * MINUTE_MS)
  expect(world.bob.received).toEqual(texts(4))
})

test('what does not open is dropped, whoever signed it', () => {
  const world = mailWaiting(2)
  for (const { slots } of world.network.nodes) {
    const [first] = slots.values()
    first?.record.body.fill(7)
  }
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.run?.counters.get('offline.recordsNotOpened')).toBeGreaterThan(0)
  expect(world.bob.received).toEqual(['(missing)', 'message 1'])
})

test('while no node can be asked nothing is asked, and with the network everything is', () => {
  const world = mailWaiting(1)
  world.isNetworkUp = false
  world.bob.start()
  world.pass(HOUR_MS)
  expect(world.bob.run?.storage.calls).toEqual([])
  world.setNetwork(true)
  world.pass(MINUTE_MS)
  expect(world.bob.received).toEqual(texts(1))
})

test('mail whose reading keys are gone is listed, asked for at the next meeting, and comes directly', () => {
  const world = mailWaiting(1)
  world.bob.start()
  world.bob.kill()
  // Bob meets Alice anew with a disk that lost the reading keys of that epoch.
  for (const key of world.bob.disk.rows.keys()) if (key.startsWith('receive/')) world.bob.disk.rows.delete(key)
  world.bob.start()
  world.pass(10 * MINUTE_MS)
  expect(world.bob.received).toEqual([])
  world.alice.start()
  world.connect()
  world.pass(10 * SECOND_MS)
  expect(world.bob.sentCustom.map(subTypeOf)).toContain(7)
  expect(world.bob.received).toEqual(texts(1))
  world.pass(30 * MINUTE_MS)
  expect(world.network.copyCount()).toBe(0)
})

test('an epoch whose mail was all read is erased once its friend sends under newer keys', () => {
  const world = mailWaiting(3)
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  world.alice.start()
  world.meet()
  // The second meeting makes new keys again and learns what was written under the first.
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  world.alice.send('more')
  world.pass(MINUTE_MS)
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  world.meet()
  const retired = world.bob.offline.epochsOf(world.bob.friend).filter(({ isRetired }) => isRetired)
  expect(retired).toHaveLength(1)
  expect(world.bob.disk.rows.has(`receive/${world.bob.friend.hex}/${retired[0]?.id}`)).toBe(false)
})

test('who says without proof that SENDER took a message back erases no key', () => {
  const world = mailWaiting(1)
  const held = world.network.nodes.flatMap(({ slots }) => [...slots.values()])
  for (const one of held) {
    const { slot, bodyHash } = one.record.signed.header
    one.tombstone = { kind: TOMBSTONE_KIND.cancelled, slot, bodyHash, signature: new Uint8Array(64) }
  }
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual([])
  for (const one of held) one.tombstone = undefined
  world.pass(30 * MINUTE_MS)
  expect(world.bob.received).toEqual(texts(1))
})
