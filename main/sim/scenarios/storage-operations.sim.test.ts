import { beforeAll, describe, expect, test } from 'vitest'
import { equalBytes } from '../../base/bytes.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { DAY_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import type { SigningKey } from '../../crypto/sign.ts'
import type { OperationFinished, OperationId } from '../../storage/storage-events.ts'
import { ONE_DATAGRAM_BODY_BYTES, PROOF_ALGORITHM } from '../../wire/storage-proof.ts'
import type { StorageSimNode } from '../storage-sim-node.ts'
import { type MadeRecord, StorageWorld } from '../storage-world.ts'

beforeAll(() => sodiumReady)

const { sha512d } = PROOF_ALGORITHM

describe.each([256, ONE_DATAGRAM_BODY_BYTES, 65_536])('a record of %i bytes, one datagram in twenty lost', (length) => {
  test('is inserted, fetched, updated, renewed, collected, and found no more', () => {
    const world = new StorageWorld(propertySeed() + length, { loss: 0.05 })
    world.grow(16)
    const alice = world.createClient()
    const bob = world.createClient()
    const mailbox = world.createMailbox()
    const record = world.makeRecord(mailbox, { length })

    expect(world.store(alice, record)).toMatchObject({ outcome: 'complete', held: 6, wanted: 6 })
    expect(world.holdersOf(mailbox, 0)).toHaveLength(6)
    expect(bodiesFetched(world, bob, mailbox)).toEqual([record.body])

    const update = world.makeRecord(mailbox, { length, revision: 1 })
    expect(world.store(alice, update)).toMatchObject({ outcome: 'complete', held: 6 })
    expect(holderCount(world, alice, mailbox, update)).toBe(6)
    expect(bodiesFetched(world, bob, mailbox)).toEqual([update.body])

    const notAfter = update.header.notAfter + 2 * DAY_MS
    const renewal = { counter: 1, notAfter }
    const renewed = run(world, alice, (now) =>
      alice.client.renew(mailbox, update.header, renewal, { algorithm: sha512d }, now),
    )
    expect(renewed).toMatchObject({ operation: 'renew', held: 6 })
    const entries = world.holdersOf(mailbox, 0).map(({ vault, node }) => vault.entry(mailbox.verifyKey, 0, node.now))
    // A node that fell silent during the update still has the older revision: two such copies at most.
    expect(entries.length).toBeLessThanOrEqual(8)
    expect(entries.filter((entry) => entry?.counter === 1 && entry.notAfter === notAfter)).toHaveLength(6)

    const { bodyHash } = update.header
    const entry = { kind: 'collected' as const, slot: 0, bodyHash, collectSecret: update.collectSecret }
    const removed = run(world, bob, (now) => bob.client.remove(mailbox, [entry], now))
    expect(removed).toMatchObject({ operation: 'remove', slots: [{ slot: 0, isFinal: true, beatenBy: undefined }] })
    const held = world
      .holdersOf(mailbox, 0)
      .map(({ vault, node }) => vault.entry(mailbox.verifyKey, 0, node.now)?.revision)
    // A removal is final with 4 holders; a node that was silent during it keeps its copy until upkeep meets it, and is
    // no holder in the eyes of a sender who is shown the tombstone.
    expect(held.filter((revision) => revision === 1).length).toBeLessThanOrEqual(2)
    expect(bodiesFetched(world, bob, mailbox)).not.toContainEqual(update.body)
    const status = run(world, alice, (now) => alice.client.status(mailbox, [update.header], {}, now))
    expect(status).toMatchObject({ operation: 'status', slots: [{ slot: 0, tombstone: { kind: 1 } }] })
    expect(holderCountIn(status)).toBe(0)
  })
})

test('a cancel that comes after the reader is beaten, and is final only when nobody was there', () => {
  const world = new StorageWorld(propertySeed())
  world.grow(12)
  const alice = world.createClient()
  const bob = world.createClient()
  const mailbox = world.createMailbox()
  const [first, second] = [world.makeRecord(mailbox), world.makeRecord(mailbox, { slot: 1 })]
  for (const record of [first, second]) world.store(alice, record)
  const collected = { kind: 'collected' as const, ...secretOf(first) }
  run(world, bob, (now) => bob.client.remove(mailbox, [collected], now))
  const cancels = [first, second].map(({ header }) => ({ kind: 'cancelled' as const, ...header }))
  const outcome = run(world, alice, (now) => alice.client.remove(mailbox, cancels, now))
  expect(outcome).toMatchObject({
    slots: [
      { slot: 0, isFinal: false, beatenBy: { kind: 1, collectSecret: first.collectSecret } },
      { slot: 1, isFinal: true, beatenBy: undefined },
    ],
  })
  expect(bodiesFetched(world, bob, mailbox)).toEqual([])
})

test('many records come in one fetch, those that are known already stay where they are', () => {
  const world = new StorageWorld(propertySeed())
  world.grow(10)
  const alice = world.createClient()
  const bob = world.createClient()
  const mailbox = world.createMailbox()
  const records = Array.from({ length: 30 }, (_, slot) =>
    world.makeRecord(mailbox, { slot, length: slot === 7 ? 4_096 : 256 }),
  )
  for (const record of records) world.store(alice, record)
  const skip = records.slice(0, 5).map(({ header }) => ({ slot: header.slot, revision: header.revision }))
  const operationId = bob.act((now) => bob.client.fetch(mailbox, { skip }, now))
  const finished = world.finish(bob, operationId)
  expect(finished).toMatchObject({ isEmptyProven: false, areAllRingsHeard: true, missingSlots: [] })
  const got = bob.eventsOf(operationId).flatMap((event) => (event.kind === 'record' ? [event.record] : []))
  expect(got.map(({ signed }) => signed.header.slot).sort((a, b) => a - b)).toEqual(
    records.slice(5).map(({ header }) => header.slot),
  )
  for (const { signed, body } of got)
    expect(equalBytes(body, records[signed.header.slot]?.body ?? body.slice(1))).toBe(true)
  const listed = bob.eventsOf(operationId).findLast((event) => event.kind === 'listed')
  expect(listed).toMatchObject({ slots: records.map(({ header }) => ({ slot: header.slot })) })
})

test('an empty mailbox is proven empty, and one whose nodes are out of reach is not', () => {
  const world = new StorageWorld(propertySeed())
  world.grow(12)
  const bob = world.createClient()
  const mailbox = world.createMailbox()
  const empty = run(world, bob, (now) => bob.client.fetch(mailbox, {}, now))
  expect(empty).toMatchObject({ isEmptyProven: true, areAllRingsHeard: true })
  world.simulation.network.partition([[bob.node.address]])
  const cutOff = run(world, bob, (now) => bob.client.fetch(mailbox, {}, now))
  expect(cutOff).toMatchObject({ isEmptyProven: false, areAllRingsHeard: false, answeredCount: 0 })
})

test('a storage node is a holder of its own records where their place falls to itself', () => {
  const world = new StorageWorld(propertySeed())
  world.grow(3)
  const [alice] = world.nodes
  if (!alice) throw new Error('no nodes')
  const mailbox = world.createMailbox()
  const record = world.makeRecord(mailbox, { length: 65_536 })
  expect(world.store(alice, record)).toMatchObject({ outcome: 'complete', held: 3, wanted: 3 })
  expect(world.holdersOf(mailbox, 0)).toContain(alice)
  expect(bodiesFetched(world, alice, mailbox)).toEqual([record.body])
  const cancels = [{ kind: 'cancelled' as const, ...record.header }]
  const removed = run(world, alice, (now) => alice.client.remove(mailbox, cancels, now))
  expect(removed).toMatchObject({ slots: [{ isFinal: true, confirmedCount: 3 }] })
})

test('an old state of a mailbox’s owner learns of what was written and collected since, without writing', () => {
  const world = new StorageWorld(propertySeed())
  world.grow(12)
  const [alice, bob] = [world.createClient(), world.createClient()]
  const mailbox = world.createMailbox()
  const record = world.makeRecord(mailbox)
  world.store(alice, record)
  run(world, bob, (now) => bob.client.remove(mailbox, [{ kind: 'collected', ...secretOf(record) }], now))
  const statusId = alice.act((now) => alice.client.status(mailbox, [], { watchedSlots: [0, 1] }, now))
  world.finish(alice, statusId)
  const stale = alice.eventsOf(statusId).filter((event) => event.kind === 'stale')
  expect(stale.length).toBeGreaterThanOrEqual(4)
  for (const event of stale) expect(event).toMatchObject({ slot: 0, bodyHash: record.header.bodyHash })
})

function run(world: StorageWorld, client: StorageSimNode, begin: (now: number) => OperationId): OperationFinished {
  return world.finish(client, client.act(begin))
}

function bodiesFetched(world: StorageWorld, client: StorageSimNode, mailbox: SigningKey): Uint8Array[] {
  const operationId = client.act((now) => client.client.fetch(mailbox, {}, now))
  world.finish(client, operationId)
  return client.eventsOf(operationId).flatMap((event) => (event.kind === 'record' ? [event.record.body] : []))
}

function holderCount(world: StorageWorld, client: StorageSimNode, mailbox: SigningKey, { header }: MadeRecord): number {
  return holderCountIn(run(world, client, (now) => client.client.status(mailbox, [header], {}, now)))
}

function holderCountIn(finished: OperationFinished): number {
  return finished.operation === 'status' ? (finished.slots[0]?.holders.length ?? 0) : 0
}

function secretOf({ header, collectSecret }: MadeRecord) {
  return { slot: header.slot, bodyHash: header.bodyHash, collectSecret }
}
