import { beforeAll, expect, test } from 'vitest'
import { equalBytes } from '../../base/bytes.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/time.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { refusalBodyOf, refuse } from '../../storage/refusal.ts'
import type { OperationId, StorageClientEvent } from '../../storage/storage-events.ts'
import { encode } from '../../wire/codec.ts'
import { STORAGE_KIND } from '../../wire/storage-packets.ts'
import { refusalBody } from '../../wire/storage-proof.ts'
import type { StorageSimNode, Tamper } from '../storage-sim-node.ts'
import { StorageWorld } from '../storage-world.ts'

beforeAll(() => sodiumReady)

const INSERT = { algorithm: 1 as const }

test('a node that refuses is replaced by the next clockwise, with its reason and the time to try again', () => {
  const world = quietWorld(20)
  const alice = world.createClient()
  const mailbox = world.createMailbox()
  const [owner] = world.firstNodes(mailbox, 0, 1)
  if (!owner) throw new Error('no owner')
  owner.tamper = refusing('full', 10 * MINUTE_MS)
  const { operationId, finished } = insert(world, alice, world.makeRecord(mailbox).bytes)
  expect(finished).toMatchObject({ outcome: 'complete', held: 6 })
  expect(world.holdersOf(mailbox, 0)).not.toContain(owner)
  const refused = alice.eventsOf(operationId).find((event) => event.kind === 'refused')
  expect(refused).toMatchObject({ node: owner.rings.selfKey, reason: 'full' })
  const waitMs = (refused?.kind === 'refused' ? (refused.retryAt ?? 0) : 0) - world.simulation.now
  expect(waitMs).toBeGreaterThan(9 * MINUTE_MS)
})

test('where all refuse, the insert is short and says when it may go better', () => {
  const world = quietWorld(14)
  for (const node of world.nodes) node.tamper = refusing('diskFailing', 5 * MINUTE_MS)
  const { finished } = insert(world, world.createClient(), world.makeRecord(world.createMailbox()).bytes)
  expect(finished).toMatchObject({ outcome: 'short', held: 0, wanted: 6 })
  const waitMs = (finished.operation === 'insert' ? (finished.retryAt ?? 0) : 0) - world.simulation.now
  expect(waitMs).toBeGreaterThan(4 * MINUTE_MS)
})

test('a sender whose clock is wrong learns by how much, from the median of what the nodes say', () => {
  const world = quietWorld(14)
  const alice = world.createClient({ clockOffsetMs: -3 * HOUR_MS })
  world.nodes[0]?.node.setClockOffset(-3 * HOUR_MS + 20 * MINUTE_MS)
  const record = world.makeRecord(world.createMailbox(), {}, alice.node.now)
  const { finished } = insert(world, alice, record.bytes)
  const offsetMs = finished.operation === 'insert' ? finished.clockOffsetMs : undefined
  expect(Math.abs((offsetMs ?? 0) - 3 * HOUR_MS)).toBeLessThan(10 * SECOND_MS)
})

test('a receipt that is lost costs nothing: the same bytes go again, and the same receipt comes', () => {
  const world = quietWorld(14)
  const seen = new Map<StorageSimNode, Uint8Array[]>()
  for (const node of world.nodes) {
    node.tamper = (request, honest) => {
      const answer = honest()
      if (request.kind !== STORAGE_KIND.offlineData) return answer
      const bodies = [...(seen.get(node) ?? []), request.body]
      seen.set(node, bodies)
      return bodies.length < 3 ? undefined : answer
    }
  }
  const alice = world.createClient()
  const { finished } = insert(world, alice, world.makeRecord(world.createMailbox()).bytes)
  expect(finished).toMatchObject({ outcome: 'complete', held: 6 })
  expect(seen.size).toBe(6)
  for (const bodies of seen.values()) {
    expect(bodies.length).toBeGreaterThanOrEqual(3)
    expect(bodies.every((body) => equalBytes(body, bodies[0] ?? new Uint8Array(0)))).toBe(true)
  }
  expect(alice.events.filter(({ kind }) => kind === 'solve')).toHaveLength(6)
})

test('however many receipts are lost, no more than two copies come to be beyond the target', () => {
  const world = quietWorld(24)
  for (const node of world.nodes) {
    node.tamper = (request, honest) => {
      const answer = honest()
      return request.kind === STORAGE_KIND.offlineData ? undefined : answer
    }
  }
  const mailbox = world.createMailbox()
  const { finished } = insert(world, world.createClient(), world.makeRecord(mailbox).bytes)
  expect(finished).toMatchObject({ outcome: 'short', held: 0 })
  expect(world.holdersOf(mailbox, 0).length).toBeLessThanOrEqual(8)
  for (const node of world.nodes) node.tamper = undefined
  const again = insert(world, world.createClient(), world.makeRecord(mailbox, { revision: 1 }).bytes)
  expect(again.finished).toMatchObject({ outcome: 'complete', held: 6 })
})

test('a sender whose state is old is told so, and changes nothing', () => {
  const world = quietWorld(14)
  const alice = world.createClient()
  const restored = world.createClient()
  const mailbox = world.createMailbox()
  const newer = world.makeRecord(mailbox, { revision: 1 })
  insert(world, alice, newer.bytes)
  for (const revision of [0, 1]) {
    const { operationId, finished } = insert(world, restored, world.makeRecord(mailbox, { revision }).bytes)
    expect(finished).toMatchObject({ outcome: 'stale', held: 0 })
    const stale = restored.eventsOf(operationId).find(({ kind }) => kind === 'stale')
    expect(stale).toMatchObject({ slot: 0, revision: 1, bodyHash: newer.header.bodyHash })
  }
  for (const { vault } of world.holdersOf(mailbox, 0)) {
    expect(vault.entry(mailbox.verifyKey, 0, world.simulation.now)).toMatchObject({ revision: 1 })
  }
  expect(restored.events.filter(({ kind }) => kind === 'solve')).toEqual([])
})

test('a record that was collected is not stored again, and its tombstone is shown', () => {
  const world = quietWorld(14)
  const alice = world.createClient()
  const mailbox = world.createMailbox()
  const record = world.makeRecord(mailbox)
  insert(world, alice, record.bytes)
  const { slot, bodyHash } = record.header
  const entry = { kind: 'collected' as const, slot, bodyHash, collectSecret: record.collectSecret }
  world.finish(
    alice,
    alice.act((now) => alice.client.remove(mailbox, [entry], now)),
  )
  const { operationId, finished } = insert(world, alice, record.bytes)
  expect(finished).toMatchObject({ outcome: 'gone' })
  const shown = alice.eventsOf(operationId).find(({ kind }) => kind === 'tombstone')
  expect(shown).toMatchObject({ entry: { kind: 1, collectSecret: record.collectSecret } })
})

test('cancelling stops every proof, and nothing of it is stored later', () => {
  const world = quietWorld(14)
  const alice = world.createClient({ proofMs: 30 * SECOND_MS })
  const mailbox = world.createMailbox()
  const record = world.makeRecord(mailbox)
  const operationId = alice.act((now) => alice.client.insert(record.bytes, INSERT, now))
  const solves = () => jobsOf(alice, 'solve')
  world.simulation.runUntil(() => solves().length === 6, MINUTE_MS)
  alice.act((now) => alice.client.cancel(operationId, now))
  expect(alice.finishedOf(operationId)).toMatchObject({ outcome: 'cancelled', held: 0 })
  expect(new Set(jobsOf(alice, 'cancelSolve'))).toEqual(new Set(solves()))
  const countThen = alice.eventsOf(operationId).length
  world.simulation.runFor(5 * MINUTE_MS)
  expect(world.holdersOf(mailbox, 0)).toEqual([])
  expect(alice.eventsOf(operationId)).toHaveLength(countThen)
  expect(alice.client.operationCount).toBe(0)
})

test('while a proof takes long, the path to its node is kept open every 20 seconds', () => {
  const world = quietWorld(14)
  const heard = new Map<StorageSimNode, number>()
  for (const node of world.nodes) {
    node.tamper = (request, honest) => {
      if (request.kind === STORAGE_KIND.keepAlive) heard.set(node, (heard.get(node) ?? 0) + 1)
      return honest()
    }
  }
  const alice = world.createClient({ proofMs: 70 * SECOND_MS })
  const { finished } = insert(world, alice, world.makeRecord(world.createMailbox()).bytes)
  expect(finished).toMatchObject({ outcome: 'complete', held: 6 })
  expect([...heard.values()]).toEqual(Array.from({ length: 6 }, () => 3))
})

test('a proof that took longer than its challenge lives is computed anew, not lost', () => {
  const world = quietWorld(14)
  let proofMs = 11 * MINUTE_MS
  const alice = world.createClient({ proofMs: () => proofMs })
  const mailbox = world.createMailbox()
  const operationId = alice.act((now) => alice.client.insert(world.makeRecord(mailbox).bytes, INSERT, now))
  world.simulation.runFor(10 * MINUTE_MS)
  proofMs = SECOND_MS
  world.simulation.runFor(5 * MINUTE_MS)
  expect(alice.finishedOf(operationId)).toMatchObject({ outcome: 'complete', held: 6 })
  expect(jobsOf(alice, 'solve')).toHaveLength(12)
})

function quietWorld(count: number): StorageWorld {
  const world = new StorageWorld(propertySeed() + count, { loss: 0 })
  world.grow(count)
  return world
}

function insert(world: StorageWorld, client: StorageSimNode, record: Uint8Array) {
  const operationId: OperationId = client.act((now) => client.client.insert(record, INSERT, now))
  return { operationId, finished: world.finish(client, operationId) }
}

function refusing(reason: 'full' | 'diskFailing', retryAfterMs: number): Tamper {
  return (request, honest) => {
    if (request.kind !== STORAGE_KIND.proofRequest) return honest()
    const body = encode(refusalBody, refusalBodyOf(refuse(reason, retryAfterMs), 1_767_225_600_000))
    return { kind: STORAGE_KIND.refused, body }
  }
}

function jobsOf(client: StorageSimNode, kind: 'solve' | 'cancelSolve'): number[] {
  const isOfKind = (event: StorageClientEvent) => event.kind === kind
  return client.events.filter(isOfKind).flatMap((event) => ('jobId' in event ? [event.jobId] : []))
}
