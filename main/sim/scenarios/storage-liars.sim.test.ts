import { beforeAll, describe, expect, test } from 'vitest'
import { assert } from '../../base/assert.ts'
import { randomBelow, randomBytes, type Random } from '../../base/random.ts'
import { propertySeed } from '../../base/test-seed.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { SigningKey } from '../../crypto/sign.ts'
import { signReceipt } from '../../storage/receipt.ts'
import { decode, encode } from '../../wire/codec.ts'
import { listing, STORAGE_KIND } from '../../wire/storage-packets.ts'
import { receipt } from '../../wire/storage-proof.ts'
import type { StorageSimNode, Tamper } from '../storage-sim-node.ts'
import { StorageWorld } from '../storage-world.ts'

beforeAll(() => sodiumReady)

const RECORDS = 8
const EMPTY = encode(listing, { isLast: true, slots: [], record: undefined })

/** Each liar gives its receipts honestly, so that SENDER takes it for a holder, and lies to who reads. */
const LIARS: Readonly<Record<string, (random: Random, node: StorageSimNode) => Tamper>> = {
  'stay silent to readers': () => (request, honest) => (isRead(request.kind) ? undefined : honest()),
  'store nothing':
    (_random, { vault }) =>
    (_request, honest) => {
      const answer = honest()
      if (answer?.kind === STORAGE_KIND.receipt) vault.clear()
      return answer
    },
  'sign their receipts with another key': (random) => (_request, honest) => {
    const answer = honest()
    if (answer?.kind !== STORAGE_KIND.receipt) return answer
    const stranger = SigningKey.create(random)
    const forged = signReceipt(stranger, { ...decode(receipt, answer.body), issuer: stranger.verifyKey })
    return { kind: answer.kind, body: encode(receipt, forged) }
  },
  'deny what they hold': () => (request, honest) =>
    request.kind === STORAGE_KIND.fetch && honest() ? { kind: STORAGE_KIND.listing, body: EMPTY } : honest(),
  'answer with junk of the right kind': (random) => (_request, honest) => {
    const answer = honest()
    return answer && { kind: answer.kind, body: randomBytes(random, randomBelow(random, answer.body.length + 1)) }
  },
  'flip a bit of every answer': (random) => (_request, honest) => {
    const answer = honest()
    const body = answer?.body.slice()
    if (!answer || !body) return undefined
    const at = randomBelow(random, body.length)
    body[at] = (body[at] ?? 0) ^ 1
    return { kind: answer.kind, body }
  },
  'list what nobody wrote': (random) => (request, honest) => {
    const slots = Array.from({ length: 24 }, (_, index) => ({
      kind: 'held' as const,
      slot: index * 3,
      revision: 4_000_000_000,
      bodyHash: randomBytes(random, 32),
      length: 256,
      notAfter: 4_000_000_000_000,
      counter: 9,
    }))
    const body = encode(listing, { isLast: false, slots, record: undefined })
    return request.kind === STORAGE_KIND.fetch && honest() ? { kind: STORAGE_KIND.listing, body } : honest()
  },
  'show false tombstones': (random) => (request, honest) => {
    const slots = Array.from({ length: 10 }, (_, slot) => ({
      kind: 'gone' as const,
      revision: 7,
      entry: { kind: 1 as const, slot, bodyHash: randomBytes(random, 32), collectSecret: randomBytes(random, 32) },
    }))
    const body = encode(listing, { isLast: true, slots, record: undefined })
    return request.kind === STORAGE_KIND.fetch && honest() ? { kind: STORAGE_KIND.listing, body } : honest()
  },
}

let world: StorageWorld

beforeAll(() => {
  world = new StorageWorld(propertySeed())
  world.grow(24)
})

describe.each(Object.keys(LIARS))('nodes that %s', (name) => {
  test('hide no record, and make nobody believe what is not so', () => {
    // Growing a world takes longer than lying in it: all kinds of liars get theirs of the same one.
    for (const node of world.nodes) node.tamper = undefined
    const create = LIARS[name]
    assert(create !== undefined, 'a kind of liar')
    const liars = world.nodes.filter((_, index) => index % 5 === 0)
    for (const liar of liars) liar.tamper = create(world.random, liar)
    const alice = world.createClient()
    const bob = world.createClient()
    for (let index = 0; index < RECORDS; index += 1) {
      const mailbox = world.createMailbox()
      const record = world.makeRecord(mailbox)
      const stored = world.store(alice, record)
      expect(stored.held).toBeGreaterThanOrEqual(4)
      expect(stored.outcome).not.toBe('stale')
      expect(stored.outcome).not.toBe('gone')
      expect(world.holdersOf(mailbox, 0).length).toBeLessThanOrEqual(8)

      const fetchId = bob.act((now) => bob.client.fetch(mailbox, {}, now))
      world.finish(bob, fetchId)
      const got = bob.eventsOf(fetchId).flatMap((event) => (event.kind === 'record' ? [event.record.body] : []))
      expect(got).toEqual([record.body])

      const statusId = alice.act((now) => alice.client.status(mailbox, [record.header], {}, now))
      world.finish(alice, statusId)
      const kinds = alice.eventsOf(statusId).map(({ kind }) => kind)
      expect(kinds).not.toContain('tombstone')
      expect(kinds).not.toContain('stale')
    }
  })
})

test('a holder that denies a record for which it gave a receipt is not used again', () => {
  for (const node of world.nodes) node.tamper = undefined
  const alice = world.createClient()
  const mailbox = world.createMailbox()
  const record = world.makeRecord(mailbox)
  const stored = world.store(alice, record)
  const [loser] = world.holdersOf(mailbox, 0)
  assert(loser !== undefined, 'somebody holds it')
  loser.vault.clear()
  const receipts = alice.events.flatMap((event) => (event.kind === 'receipt' ? [event.receipt] : []))
  const statusId = alice.act((now) => alice.client.status(mailbox, [record.header], { receipts }, now))
  expect(world.finish(alice, statusId)).toMatchObject({ slots: [{ slot: 0 }], wanted: 6 })
  const options = { algorithm: 1 as const, receipts }
  const again = alice.act((now) => alice.client.insert(record.bytes, options, now))
  const solvedBefore = alice.events.filter(({ kind }) => kind === 'solve').length
  const topped = world.finish(alice, again)
  expect(topped).toMatchObject({ outcome: 'complete', held: 6 })
  expect(topped.operation === 'insert' && topped.holders.map(({ hex }) => hex)).not.toContain(loser.rings.selfKey.hex)
  expect(loser.vault.entry(mailbox.verifyKey, 0, world.simulation.now)).toBeUndefined()
  // Five of six gave their receipt anew for nothing: one proof was computed.
  expect(alice.events.filter(({ kind }) => kind === 'solve').length - solvedBefore).toBeLessThanOrEqual(1)
  expect(stored.holders.map(({ hex }) => hex)).toContain(loser.rings.selfKey.hex)
})

function isRead(kind: number): boolean {
  return kind === STORAGE_KIND.fetch || kind === STORAGE_KIND.get || kind === STORAGE_KIND.tokenRequest
}
