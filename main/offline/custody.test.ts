import { expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { cancelledEntry } from '../storage/record.ts'
import { World } from './test-world.ts'

await sodiumReady

function stored(text = 'hello', ttlSeconds?: number): { world: World; id: string } {
  const world = new World()
  world.meet()
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  const id = world.alice.send(text, ttlSeconds)
  world.pass(MINUTE_MS)
  return { world, id }
}

function statusCount(world: World): number {
  return world.alice.run?.storage.calls.filter((call) => call === 'status').length ?? 0
}

test('status is asked at start and every two hours, and only while something is stored', () => {
  const { world } = stored()
  expect(statusCount(world)).toBe(0)
  world.pass(6 * HOUR_MS + MINUTE_MS)
  expect(statusCount(world)).toBe(3)
  world.alice.restart()
  world.pass(MINUTE_MS)
  expect(statusCount(world)).toBe(1)
  world.bob.start()
  world.pass(5 * HOUR_MS)
  const after = statusCount(world)
  world.pass(5 * HOUR_MS)
  expect(statusCount(world)).toBe(after)
})

test('a check tells who holds it and who lost it', () => {
  const { world, id } = stored()
  const [first] = world.network.nodes
  first?.slots.clear()
  world.pass(2 * HOUR_MS + MINUTE_MS)
  const { holders, receipts } = world.alice.offline.delivery(id)
  expect(receipts).toHaveLength(6)
  expect(holders.filter(({ isLost }) => isLost).map(({ node }) => node.hex)).toEqual([first?.key.hex])
  expect(holders.every(({ checkedAt }) => checkedAt > 0)).toBe(true)
  expect(world.alice.disk.outgoing(id).copies).toEqual({ held: 5, wanted: 6 })
  expect(world.alice.stateOf(id)).toBe('stored')
})

test('a record that another copy of this profile took back is sealed anew here', () => {
  const { world, id } = stored()
  // The other copy signs with the same mailbox key.
  for (const { slots } of world.network.nodes) {
    for (const held of slots.values()) {
      const { header } = held.record.signed
      held.tombstone = cancelledEntry(world.alice.mailboxSigner(), header.slot, header.bodyHash)
    }
  }
  world.pass(3 * HOUR_MS)
  expect(world.alice.stateOf(id)).toBe('stored')
  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toEqual(['hello'])
})

test('renewing needs two thirds of the nodes, pays once for each part, and stands over a restart', () => {
  const { world, id } = stored('hello', 3_600)
  const before = world.alice.disk.outgoing(id).expiresAt ?? 0
  for (const node of world.network.nodes.slice(2)) node.isDown = true
  expect(world.alice.offline.renew(id, 7_200, world.now)).toBe(true)
  world.pass(MINUTE_MS)
  expect(world.alice.disk.outgoing(id).expiresAt).toBe(before)
  for (const node of world.network.nodes) node.isDown = false
  expect(world.alice.offline.renew(id, 7_200, world.now)).toBe(true)
  world.pass(MINUTE_MS)
  expect(world.alice.disk.outgoing(id).expiresAt).toBeGreaterThan(before)
  world.alice.restart()
  world.pass(HOUR_MS + 10 * MINUTE_MS)
  expect(world.alice.stateOf(id)).toContain('stored')
})

test('only what is stored can be renewed', () => {
  const world = new World()
  world.meet()
  const id = world.alice.send('hello')
  expect(world.alice.offline.renew(id, 7_200, world.now)).toBe(false)
  expect(world.alice.offline.renew('00'.repeat(16), 7_200, world.now)).toBe(false)
})
