import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { encode } from '../wire/codec.ts'
import { messagesCollected, messagesRead, messagesTaken, subTypeOf } from '../wire/offline-packets.ts'
import { TOMBSTONE_KIND } from '../wire/storage-record.ts'
import { World } from './test-world.ts'

await sodiumReady

/** Alice and Bob have met, and Bob is away. */
function bobAway(options?: ConstructorParameters<typeof World>[0]): World {
  const world = new World(options)
  world.meet()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  return world
}

function stepsOf(world: World, id: string): string[] {
  return world.alice.disk.outgoing(id).steps
}

test('the way of a stored message, step by step', () => {
  const world = bobAway()
  const id = world.alice.send('hello')
  expect(world.alice.offline.delivery(id).receipts).toEqual([])
  world.pass(MINUTE_MS)
  expect(world.alice.offline.delivery(id).holders).toHaveLength(6)
  world.bob.start()
  world.pass(MINUTE_MS)
  world.pass(3 * HOUR_MS)
  expect(stepsOf(world, id)).toEqual(['queued (offline)', 'proving', 'storing', 'stored', 'collected'])
})

test('queued says why: never met, switched off, no network, no storage nodes, refused', () => {
  const world = new World()
  const id = world.alice.send('hello')
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('queued (not-met)')
  const away = bobAway()
  away.setNetwork(false)
  const waiting = away.alice.send('hello')
  away.pass(MINUTE_MS)
  expect(away.alice.stateOf(waiting)).toBe('queued (no-network)')
  away.alice.offline.setOfflineMessages(away.alice.friend, false, away.now)
  away.settle()
  expect(away.alice.stateOf(waiting)).toBe('queued (waiting-off)')
  expect(away.alice.offline.friendState(away.alice.friend)).toBe('off')
  away.alice.offline.setOfflineMessages(away.alice.friend, true, away.now)
  for (const node of away.network.nodes) node.isDown = true
  away.setNetwork(true)
  away.pass(MINUTE_MS)
  expect(away.alice.stateOf(waiting)).toBe('queued (no-storage-nodes)')
  for (const node of away.network.nodes) {
    node.isDown = false
    node.refusal = 'full'
  }
  away.pass(5 * MINUTE_MS)
  expect(away.alice.stateOf(waiting)).toBe('queued (refused)')
  for (const node of away.network.nodes) node.refusal = undefined
  away.pass(HOUR_MS)
  expect(away.alice.stateOf(waiting)).toBe('stored')
})

test('a refusal that no time will change is a failure, which can be tried again', () => {
  const world = bobAway()
  for (const node of world.network.nodes) node.refusal = 'tooLarge'
  const id = world.alice.send('hello')
  world.pass(HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('failed (refused)')
  for (const node of world.network.nodes) node.refusal = undefined
  expect(world.alice.offline.resend(id, world.now)).toBe(true)
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('stored')
})

test('stored only from two thirds of the receipts on', () => {
  const world = bobAway()
  for (const node of world.network.nodes.slice(3)) node.isDown = true
  const id = world.alice.send('hello')
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('storing')
  expect(world.alice.disk.outgoing(id).copies).toEqual({ held: 3, wanted: 6 })
  const [, , , fourth] = world.network.nodes
  if (fourth) fourth.isDown = false
  world.pass(10 * MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('stored')
  expect(world.alice.disk.outgoing(id).copies).toEqual({ held: 4, wanted: 6 })
})

test.each([1, 2, 3])('with %i storage nodes it is stored, and called thin', (nodeCount) => {
  const world = bobAway({ nodeCount })
  const id = world.alice.send('hello')
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('stored (thin)')
  expect(world.alice.disk.outgoing(id).copies).toEqual({ held: nodeCount, wanted: nodeCount })
})

test('copies that are lost put it at risk, and it is stored again from the sealed bytes', () => {
  const world = bobAway()
  world.alice.send('before')
  world.pass(HOUR_MS + 50 * MINUTE_MS)
  const id = world.alice.send('hello')
  world.pass(MINUTE_MS)
  const count = world.network.recorded.length
  world.network.forgetAll()
  world.pass(15 * MINUTE_MS)
  expect(stepsOf(world, id)).toContain('stored (at-risk)')
  expect(world.alice.stateOf(id)).toBe('stored')
  expect(world.network.copyCount()).toBe(12)
  // The younger goes out as it was; the older is past what nodes take and is sealed anew.
  expect(world.network.recorded).toHaveLength(count + 1)
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['before', 'hello'])
})

test('a node that is down at the check does not put a message at risk while others hold it', () => {
  const world = bobAway()
  const id = world.alice.send('hello')
  world.pass(MINUTE_MS)
  for (const node of world.network.nodes.slice(1)) node.isDown = true
  world.pass(3 * HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('stored')
})

test('a network whose storage nodes are still to be found is not called no network', () => {
  const world = bobAway()
  world.setNetwork(false)
  const waiting = world.alice.send('hello')
  world.settle()
  world.alice.offline.handleReach('network', world.now)
  world.settle()
  world.setNetwork(true)
  world.pass(MINUTE_MS)
  expect(stepsOf(world, waiting).slice(0, 3)).toEqual(['queued (no-network)', 'queued (no-storage-nodes)', 'proving'])
})

test('about to end is shown, renewing sets a new end, and without it the message expires', () => {
  const world = bobAway()
  const [renewed, left] = [world.alice.send('renewed', 86_400), world.alice.send('left', 86_400)]
  world.pass(23 * HOUR_MS)
  expect(world.alice.stateOf(renewed)).toBe('stored (expiring)')
  expect(world.alice.offline.renew(renewed, 3 * 86_400, world.now)).toBe(true)
  world.pass(2 * HOUR_MS)
  expect(world.alice.stateOf(renewed)).toBe('stored')
  expect(world.alice.disk.outgoing(renewed).expiresAt).toBeGreaterThan(world.now + 2 * DAY_MS)
  expect(world.alice.stateOf(left)).toBe('expired (not-known-whether-read)')
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['renewed'])
})

test('expiry while both are away is settled at the next meeting: not read', () => {
  const world = bobAway()
  const id = world.alice.send('hello', 3_600)
  world.pass(MINUTE_MS)
  world.alice.kill()
  world.pass(DAY_MS)
  world.alice.start()
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('expired (not-known-whether-read)')
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  world.meet(5 * SECOND_MS)
  expect(world.alice.stateOf(id)).toBe('expired')
  expect(world.bob.received).toEqual([])
  // Its sender can still send it.
  world.alice.offline.resend(id, world.now)
  world.meet(5 * SECOND_MS)
  expect(world.alice.stateOf(id)).toBe('delivered')
  expect(world.bob.received).toEqual(['hello'])
})

test('expiry while both are away is settled at the next meeting: it was collected', () => {
  const world = bobAway()
  const id = world.alice.send('hello', 3_600)
  world.pass(MINUTE_MS)
  world.alice.kill()
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['hello'])
  world.bob.kill()
  // Nobody remembers what stood there.
  world.network.forgetAll()
  world.pass(DAY_MS)
  world.alice.start()
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('expired (not-known-whether-read)')
  world.bob.start()
  world.meet(5 * SECOND_MS)
  expect(world.alice.stateOf(id)).toBe('collected')
})

test('what never left is cancelled at once', () => {
  const world = new World()
  const id = world.alice.send('hello')
  world.settle()
  expect(world.alice.offline.cancel(id, world.now)).toBe(true)
  world.settle()
  expect(world.alice.stateOf(id)).toBe('cancelled')
  expect(world.alice.disk.count('entry')).toBe(0)
  world.meet(5 * SECOND_MS)
  expect(world.bob.received).toEqual([])
  expect(world.alice.offline.cancel(id, world.now)).toBe(false)
})

test('a stored message is cancelled once enough holders show that nobody collected it', () => {
  const world = bobAway()
  const id = world.alice.send('hello')
  world.alice.send('next')
  world.pass(MINUTE_MS)
  world.setNetwork(false)
  world.alice.offline.cancel(id, world.now)
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('stored')
  world.setNetwork(true)
  for (const node of world.network.nodes.slice(3)) node.isDown = true
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('stored')
  for (const node of world.network.nodes) node.isDown = false
  world.pass(10 * MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('cancelled')
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  // Bob sees from the slot that it was taken back: no place is kept for it.
  expect(world.bob.received).toEqual(['next'])
  world.meet(5 * SECOND_MS)
  expect(world.alice.stateOf(id)).toBe('cancelled')
})

test('cancelling while proofs are computed stops them', () => {
  const world = bobAway()
  const id = world.alice.send('hello')
  world.settle(6)
  world.alice.offline.cancel(id, world.now)
  expect(world.alice.run?.storage.calls).toContain('cancel')
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('cancelled')
  expect(world.network.copyCount()).toBe(0)
})

test('cancel against collect: who collected first is the truth, for both', () => {
  for (let steps = 0; steps <= 60; steps += 1) {
    const world = bobAway()
    const id = world.alice.send('hello')
    world.pass(MINUTE_MS)
    world.bob.start()
    world.settle(steps)
    world.alice.offline.cancel(id, world.now)
    world.pass(20 * MINUTE_MS)
    world.meet(5 * SECOND_MS)
    world.pass(20 * MINUTE_MS)
    const isRead = world.bob.received.length === 1
    expect([steps, world.alice.stateOf(id)]).toEqual([steps, isRead ? 'collected' : 'cancelled'])
    expect(world.network.copyCount()).toBe(0)
  }
})

test('direct against stored at the same moment: it comes once, and the copies are deleted', () => {
  for (let steps = 0; steps <= 60; steps += 1) {
    const world = bobAway()
    const id = world.alice.send('hello')
    world.settle(steps)
    world.bob.start()
    world.connect()
    world.settle(steps % 7)
    world.pass(3 * MINUTE_MS)
    world.disconnect()
    world.pass(20 * MINUTE_MS)
    expect([steps, ...world.bob.received]).toEqual([steps, 'hello'])
    expect(['delivered', 'collected']).toContain(world.alice.stateOf(id))
    expect(world.network.copyCount()).toBe(0)
    expect(world.alice.disk.count('entry')).toBe(0)
  }
})

test('a message that is cancelled on its way over a connection is settled by what the friend has', () => {
  for (let steps = 0; steps <= 12; steps += 1) {
    const world = new World()
    world.meet()
    world.connect()
    world.pass(SECOND_MS)
    const id = world.alice.send('hello')
    world.settle(steps)
    world.alice.offline.cancel(id, world.now)
    world.disconnect()
    world.pass(MINUTE_MS)
    world.meet(5 * SECOND_MS)
    const isRead = world.bob.received.length === 1
    expect([steps, world.alice.stateOf(id)]).toEqual([steps, isRead ? 'delivered' : 'cancelled'])
  }
})

test('read needs a person who read it, and both who allow it', () => {
  for (const [alice, bob] of [
    [true, true],
    [true, false],
    [false, true],
  ] as const) {
    const world = new World()
    for (const side of world.sides) {
      side.kill()
      side.settings = { tellsRead: side === world.alice ? alice : bob }
      side.start()
    }
    world.meet()
    world.bob.kill()
    world.pass(10 * SECOND_MS)
    const id = world.alice.send('hello')
    world.pass(MINUTE_MS)
    world.bob.start()
    world.pass(3 * MINUTE_MS)
    const [row] = world.bob.disk.history
    world.bob.offline.markRead(world.bob.friend, [row?.messageId ?? ''], world.now)
    world.settle()
    world.bob.restart()
    world.meet(5 * SECOND_MS)
    expect(world.alice.stateOf(id)).toBe(alice && bob ? 'read' : 'collected')
    expect(world.bob.disk.count('reads')).toBe(0)
  }
})

test('a tombstone with a wrong c is not believed', () => {
  const world = bobAway()
  const id = world.alice.send('hello')
  world.pass(MINUTE_MS)
  for (const { slots } of world.network.nodes) {
    for (const held of slots.values()) {
      const { slot, bodyHash } = held.record.signed.header
      held.tombstone = { kind: TOMBSTONE_KIND.collected, slot, bodyHash, collectSecret: new Uint8Array(32).fill(7) }
    }
  }
  world.pass(5 * HOUR_MS)
  expect(world.alice.stateOf(id)).not.toContain('collected')
})

test('acknowledgements of one friend settle nothing that another was sent', () => {
  const world = bobAway()
  const id = world.alice.send('hello')
  world.pass(MINUTE_MS)
  const messageIds = [Uint8Array.from(id.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))]
  const stranger = world.bob.keys.publicKey.equals(world.alice.friend) ? world.alice.keys.publicKey : world.bob.friend
  const packets = [
    encode(messagesTaken, { subType: 4, messageIds }),
    encode(messagesCollected, { subType: 5, messageIds }),
    encode(messagesRead, { subType: 6, messageIds }),
  ]
  for (const data of packets) {
    world.alice.offline.handleMessengerEvent({ kind: 'custom', friend: stranger, data }, world.now)
  }
  world.settle()
  expect(world.alice.stateOf(id)).toBe('stored')
})

test('the copies of a message that was delivered are deleted even after a crash', () => {
  const world = bobAway()
  const id = world.alice.send('hello')
  world.pass(MINUTE_MS)
  world.setNetwork(false)
  world.bob.start()
  world.connect()
  world.pass(5 * SECOND_MS)
  expect(world.alice.stateOf(id)).toBe('delivered')
  world.alice.restart()
  world.setNetwork(true)
  world.pass(20 * MINUTE_MS)
  expect(world.network.copyCount()).toBe(0)
  expect(world.alice.disk.count('entry')).toBe(0)
  expect(world.bob.received).toEqual(['hello'])
})

test('a large file goes in parts and comes whole', () => {
  const world = bobAway()
  const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251)
  const id = world.alice.sendContent({ kind: 'file', name: utf8Encode('big'), bytes })
  world.alice.send('after it')
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('stored')
  expect(world.network.copyCount()).toBe(5 * 6)
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['big (200000 bytes)', 'after it'])
  expect(world.bob.disk.count('part')).toBe(0)
  world.pass(3 * HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('collected')
})

test('a clock that is wrong is corrected by what the nodes say, and the message is sealed anew', () => {
  const world = new World()
  world.alice.kill()
  world.alice.clockOffsetMs = -365 * DAY_MS
  world.alice.start()
  world.meet()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  const id = world.alice.send('from another year')
  for (const node of world.network.nodes) node.clockOffsetMs = 0
  world.pass(10 * MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('stored')
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['from another year'])
})

test('removing a friend ends what was queued, takes back what waits and erases all keys', () => {
  const world = bobAway()
  const id = world.alice.send('hello')
  world.pass(MINUTE_MS)
  world.alice.offline.removeFriend(world.alice.friend, world.now)
  world.pass(MINUTE_MS)
  expect(world.alice.stateOf(id)).toBe('failed (friend-removed)')
  expect(world.network.copyCount()).toBe(0)
  expect([...world.alice.disk.rows.keys()]).toEqual([])
})

test('progress of proofs is told, and the friend states as they change', () => {
  const world = bobAway()
  const id = world.alice.send('hello')
  world.pass(MINUTE_MS)
  const events = world.alice.run?.events ?? []
  expect(events).toContainEqual({ kind: 'progress', messageId: id, done: 1, total: 4 })
  const states = events.flatMap((event) => (event.kind === 'friendState' ? [event.state] : []))
  expect(states).toEqual(['pending', 'ready'])
})

test('reports open a meeting, before the hello', () => {
  const world = bobAway()
  world.alice.send('hello')
  world.pass(MINUTE_MS)
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  const before = world.bob.sentCustom.length
  world.meet()
  expect(world.bob.sentCustom.slice(before, before + 2).map(subTypeOf)).toEqual([5, 1])
  const later = world.bob.sentCustom.length
  world.meet()
  expect(world.bob.sentCustom.slice(later).map(subTypeOf)).not.toContain(5)
})

test('a message that is queued gets other words, and one that was sealed or has left does not', () => {
  const world = new World()
  const id = world.alice.send('hello')
  const edit = (messageId: string, text: string): boolean => {
    const isEdited = world.alice.offline.edit(messageId, utf8Encode(text), world.now)
    world.settle()
    return isEdited
  }
  expect(edit(id, 'hello, Bob')).toBe(true)
  expect(edit(id, '')).toBe(false)
  expect(world.alice.disk.outgoing(id).text).toBe('hello, Bob')
  world.alice.restart()
  world.meet()
  expect(world.bob.received).toEqual(['hello, Bob'])
  expect(edit(id, 'too late')).toBe(false)
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  const stored = world.alice.send('stored')
  world.pass(MINUTE_MS)
  expect(edit(stored, 'too late')).toBe(false)
  expect(edit('00'.repeat(16), 'of nobody')).toBe(false)
})
