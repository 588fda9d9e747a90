import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { subTypeOf } from '../wire/offline-packets.ts'
import { World } from './test-world.ts'

await sodiumReady

/** Bob uses a plain Tox client: packets 184 mean nothing to it, and it sends none. */
function plainWorld(): World {
  const world = new World()
  for (const side of world.sides) side.deliver = (event) => (event.kind === 'custom' ? [] : [event])
  return world
}

test('a plain Tox friend gets plain messages, and Tox’s receipt is delivered', () => {
  const world = plainWorld()
  world.connect()
  const early = world.alice.send('before it is known')
  world.pass(9 * SECOND_MS)
  expect(world.alice.stateOf(early)).toBe('queued')
  world.pass(2 * SECOND_MS)
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('unsupported')
  const id = world.alice.send('plain')
  world.pass(SECOND_MS)
  expect([early, id].map((one) => world.alice.stateOf(one))).toEqual(['delivered', 'delivered'])
  expect(world.bob.received).toEqual(['before it is known', 'plain'])
})

test('nothing is stored for it while it is away, and the reason says why', () => {
  const world = plainWorld()
  world.connect()
  world.pass(15 * SECOND_MS)
  world.disconnect()
  world.pass(MINUTE_MS)
  const id = world.alice.send('wait')
  world.pass(5 * HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('queued (unsupported)')
  expect(world.network.recorded).toEqual([])
  expect(world.alice.run?.storage.calls).not.toContain('insert')
  // Known to be plain after a restart as well.
  world.alice.restart()
  world.pass(MINUTE_MS)
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('unsupported')
  world.connect()
  world.pass(15 * SECOND_MS)
  expect(world.alice.stateOf(id)).toBe('delivered')
  expect(world.bob.received).toEqual(['wait'])
})

test('keys of an earlier meeting are not used for a friend who came back with a plain client', () => {
  const world = new World()
  world.meet()
  for (const side of world.sides) side.deliver = (event) => (event.kind === 'custom' ? [] : [event])
  world.connect()
  world.pass(15 * SECOND_MS)
  world.disconnect()
  world.pass(MINUTE_MS)
  const id = world.alice.send('wait')
  world.pass(HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('queued (unsupported)')
  expect(world.network.recorded).toEqual([])
})

test('what was not receipted is sent again, in order', () => {
  const world = plainWorld()
  world.connect()
  world.pass(15 * SECOND_MS)
  world.alice.send('one')
  world.alice.send('two')
  // The connection breaks with both on their way.
  world.disconnect()
  world.pass(MINUTE_MS)
  world.connect()
  world.pass(15 * SECOND_MS)
  expect(world.bob.received).toEqual(['one', 'two'])
})

test('a file waits for the extension and does not hold up what comes after it', () => {
  const world = plainWorld()
  world.connect()
  world.pass(15 * SECOND_MS)
  const file = world.alice.sendContent({ kind: 'file', name: utf8Encode('f'), bytes: new Uint8Array(5_000) })
  const text = world.alice.send('text')
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(file)).toBe('queued (unsupported)')
  expect(world.alice.stateOf(text)).toBe('delivered')
  for (const side of world.sides) side.deliver = (event) => [event]
  world.meet(10 * SECOND_MS)
  expect(world.alice.stateOf(file)).toBe('delivered')
  expect(world.bob.received).toEqual(['text', 'f (5000 bytes)'])
})

test('a message to a plain friend that is cancelled on its way is cancelled once the connection is gone', () => {
  const world = plainWorld()
  world.connect()
  world.pass(15 * SECOND_MS)
  const id = world.alice.send('hello')
  world.alice.offline.cancel(id, world.now)
  world.disconnect()
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('cancelled')
})

test('an own action arrives as an action, and messages of a plain friend get numbers of their own', () => {
  const world = plainWorld()
  world.connect()
  world.pass(15 * SECOND_MS)
  world.alice.sendContent({ kind: 'action', text: utf8Encode('waves') })
  world.pass(SECOND_MS)
  world.bob.restart()
  world.connect()
  world.pass(15 * SECOND_MS)
  world.alice.send('again')
  world.pass(SECOND_MS)
  expect(world.bob.received).toEqual(['waves', 'again'])
  const sequences = world.bob.disk.history.map(({ sequence }) => sequence ?? 0)
  expect(new Set(sequences).size).toBe(2)
  expect(Math.min(...sequences)).toBeGreaterThanOrEqual(2 ** 52)
})

test('a friend known as plain from before gets messages at once, and still hears our hello first', () => {
  const world = plainWorld()
  world.connect()
  world.pass(15 * SECOND_MS)
  world.disconnect()
  world.settle()
  world.alice.restart()
  const waiting = world.alice.send('waited')
  const before = world.alice.sentCustom.length
  world.connect()
  world.settle()
  const now = world.alice.send('now')
  world.settle()
  expect(world.bob.received).toEqual(['waited', 'now'])
  expect([waiting, now].map((id) => world.alice.stateOf(id))).toEqual(['delivered', 'delivered'])
  expect(world.alice.sentCustom.slice(before).map(subTypeOf)).toEqual([1])
})

test('a plain friend who comes back with the extension gets what was sent plain once, and the rest with its ids', () => {
  const world = plainWorld()
  world.connect()
  world.pass(15 * SECOND_MS)
  world.disconnect()
  world.settle()
  const early = world.alice.send('before its hello')
  for (const side of world.sides) side.deliver = (event) => [event]
  world.connect()
  world.pass(SECOND_MS)
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('ready')
  const before = world.alice.sentCustom.length
  const later = world.alice.send('after its hello')
  world.pass(SECOND_MS)
  expect(world.alice.sentCustom.slice(before).map(subTypeOf)).toContain(3)
  world.meet()
  world.meet()
  expect([early, later].map((id) => world.alice.stateOf(id))).toEqual(['delivered', 'delivered'])
  expect(world.bob.received).toEqual(['before its hello', 'after its hello'])
})

test('what a friend known as plain may have from its mailbox waits for its hello, and what is after it waits too', () => {
  const world = new World()
  world.meet()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  const stored = world.alice.send('stored')
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(stored)).toBe('stored')
  // Met as a plain client, on a connection over which nothing goes.
  world.alice.windowPackets = 0
  world.connect()
  world.pass(15 * SECOND_MS)
  world.disconnect()
  world.settle()
  expect(world.alice.offline.friendState(world.alice.friend)).toBe('unsupported')
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['stored'])
  world.alice.windowPackets = 1_000
  const later = world.alice.send('later')
  world.meet()
  expect([stored, later].map((id) => world.alice.stateOf(id))).toEqual(['collected', 'delivered'])
  expect(world.bob.received).toEqual(['stored', 'later'])
})
