import { beforeAll, expect, test } from 'vitest'
import { propertySeed } from '../../base/test-seed.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { StorageWorld } from '../storage-world.ts'

beforeAll(() => sodiumReady)

test.each([1, 2, 3, 5])('with %i storage nodes each of them holds the one copy that it can', (count) => {
  const world = new StorageWorld(propertySeed() + count)
  world.grow(count)
  const alice = world.createClient()
  const bob = world.createClient()
  const mailbox = world.createMailbox()
  const record = world.makeRecord(mailbox)
  const eligible = new Set([0, 1, 2].flatMap((ring) => world.firstNodes(mailbox, ring, 4)))

  const stored = world.store(alice, record)
  expect(stored).toMatchObject({ outcome: 'complete', held: eligible.size, wanted: eligible.size })
  expect(new Set(stored.holders.map(({ hex }) => hex)).size).toBe(eligible.size)
  expect(world.holdersOf(mailbox, 0)).toHaveLength(eligible.size)

  const fetchId = bob.act((now) => bob.client.fetch(mailbox, {}, now))
  expect(world.finish(bob, fetchId)).toMatchObject({ missingSlots: [], answeredCount: eligible.size })
  expect(bob.eventsOf(fetchId).filter(({ kind }) => kind === 'record')).toHaveLength(1)

  const other = bob.act((now) => bob.client.fetch(world.createMailbox(), {}, now))
  expect(world.finish(bob, other)).toMatchObject({ isEmptyProven: true })

  const cancels = [{ kind: 'cancelled' as const, ...record.header }]
  const removeId = alice.act((now) => alice.client.remove(mailbox, cancels, now))
  expect(world.finish(alice, removeId)).toMatchObject({ slots: [{ isFinal: true, confirmedCount: eligible.size }] })
})

test('an important record wants the first three of each ring, and never more than there are nodes', () => {
  const world = new StorageWorld(propertySeed())
  world.grow(24)
  const alice = world.createClient()
  const mailbox = world.createMailbox()
  const record = world.makeRecord(mailbox, { isImportant: true })
  const eligible = new Set([0, 1, 2].flatMap((ring) => world.firstNodes(mailbox, ring, 4)))
  const wanted = Math.min(9, eligible.size)
  expect(world.store(alice, record)).toMatchObject({ outcome: 'complete', held: wanted, wanted })
  const small = new StorageWorld(propertySeed())
  small.grow(3)
  const bob = small.createClient()
  const outcome = small.store(bob, small.makeRecord(mailbox, { isImportant: true }))
  expect(outcome).toMatchObject({ outcome: 'complete', held: 3, wanted: 3 })
})

test('copies lie at the first two of each ring, and a role on a used node goes to the next clockwise', () => {
  const world = new StorageWorld(propertySeed())
  world.grow(20)
  const alice = world.createClient()
  for (let index = 0; index < 10; index += 1) {
    const mailbox = world.createMailbox()
    world.store(alice, world.makeRecord(mailbox))
    const expected = new Set<string>()
    for (const ring of [0, 1, 2]) {
      const free = world.firstNodes(mailbox, ring, 4).filter(({ rings }) => !expected.has(rings.selfKey.hex))
      for (const { rings } of free.slice(0, 2)) expected.add(rings.selfKey.hex)
    }
    const holders = new Set(world.holdersOf(mailbox, 0).map(({ rings }) => rings.selfKey.hex))
    expect([...expected].filter((hex) => !holders.has(hex))).toEqual([])
    // Where two rings share so many nodes that a role stays open, another ring's next node has it.
    const eligible = new Set([0, 1, 2].flatMap((ring) => world.firstNodes(mailbox, ring, 4)))
    expect(holders.size).toBe(Math.min(6, eligible.size))
  }
})

test('without any storage node an insert says so, and names a time to try again', () => {
  const world = new StorageWorld(propertySeed())
  world.grow(1)
  const [only] = world.nodes
  const alice = world.createClient()
  only?.node.crash()
  world.simulation.runFor(600_000)
  const outcome = world.store(alice, world.makeRecord(world.createMailbox()))
  expect(outcome).toMatchObject({ outcome: 'noNodes', held: 0, wanted: 0 })
  expect(outcome.retryAt).toBeGreaterThan(world.simulation.now)
})
