import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import type { ListedSlot } from '../wire/storage-packets.ts'
import { TOMBSTONE_KIND } from '../wire/storage-record.ts'
import { SlotUnion } from './slot-union.ts'
import { testMembers } from './test-members.ts'

beforeAll(() => sodiumReady)

const HASH = new Uint8Array(32).fill(1)
const held = (slot: number, revision: number, counter = 0, bodyHash = HASH): ListedSlot => ({
  kind: 'held',
  slot,
  revision,
  bodyHash,
  length: 256,
  notAfter: 1_000 * counter,
  counter,
})
const gone = (slot: number, kind: 'collected' | 'cancelled'): ListedSlot =>
  kind === 'collected'
    ? {
        kind: 'gone',
        revision: 0,
        entry: { kind: TOMBSTONE_KIND.collected, slot, bodyHash: HASH, collectSecret: HASH },
      }
    : { kind: 'gone', revision: 0, entry: { kind: TOMBSTONE_KIND.cancelled, slot, bodyHash: HASH, signature: HASH } }

test('the view of a slot is its highest revision with all who hold that, and the newest renewal', () => {
  const union = new SlotUnion()
  const [a, b, c] = testMembers([1, 2, 3])
  if (!a || !b || !c) throw new Error('three members')
  expect(union.add(held(4, 0), a)).toBe(true)
  expect(union.add(held(4, 1), b)).toBe(true)
  expect(union.add(held(4, 1, 2), c)).toBe(true)
  expect(union.add(held(4, 1), b)).toBe(false)
  expect(union.views()).toMatchObject([
    {
      slot: 4,
      revision: 1,
      renewCounter: 2,
      notAfter: 2_000,
      holders: [b.contact.key, c.contact.key],
      tombstone: undefined,
    },
  ])
  expect(union.claimsOf(4).map(({ revision }) => revision)).toEqual([1, 0])
})

test('of two bodies under one revision the one that more nodes have is shown', () => {
  const union = new SlotUnion()
  const other = new Uint8Array(32).fill(2)
  const [a, b, c] = testMembers([1, 2, 3])
  if (!a || !b || !c) throw new Error('three members')
  union.add(held(0, 0, 0, other), a)
  union.add(held(0, 0), b)
  union.add(held(0, 0), c)
  expect(union.views()[0]).toMatchObject({ bodyHash: HASH, holders: [b.contact.key, c.contact.key] })
})

test('`collected` replaces `cancelled`, and not the other way', () => {
  const union = new SlotUnion()
  const [a] = testMembers([1])
  if (!a) throw new Error('a member')
  union.add(gone(2, 'cancelled'), a)
  expect(union.hasClaims).toBe(false)
  expect(union.add(gone(2, 'collected'), a)).toBe(true)
  expect(union.add(gone(2, 'cancelled'), a)).toBe(false)
  expect(union.views()).toMatchObject([{ slot: 2, holders: [], tombstone: { kind: TOMBSTONE_KIND.collected } }])
})

test('one liar takes no room from others: neither in a slot nor in the mailbox', () => {
  const union = new SlotUnion()
  const [liar, honest] = testMembers([1, 2])
  if (!liar || !honest) throw new Error('two members')
  for (let fake = 0; fake < 20; fake += 1) union.add(held(7, 5, 0, new Uint8Array(32).fill(fake)), liar)
  for (let slot = 100; slot < 20_000; slot += 1) union.add(held(slot, 0), liar)
  expect(union.add(held(7, 0), honest)).toBe(true)
  expect(union.claimsOf(7)).toHaveLength(2)
  expect(union.slots().length).toBeLessThanOrEqual(1_024)
  for (let slot = 20_000; slot < 21_000; slot += 1) expect(union.add(held(slot, 0), honest)).toBe(true)
})
