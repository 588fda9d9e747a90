import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { encodeContent } from './content.ts'
import { longTermSecret } from './agreement.ts'
import { recordSecrets } from './envelope.ts'
import { VerifyKey } from '../crypto/sign.ts'
import { decode, encode } from '../wire/codec.ts'
import { PAID_OPERATION, PROOF_ALGORITHM, receipt, RECEIPT_BYTES } from '../wire/storage-proof.ts'
import { detachedReceipt, OutboxEntry } from './outbox-entry.ts'
import { sealEntry } from './seal-entry.ts'
import { peekSlotKey } from './slot-chain.ts'
import { TOMBSTONE_KIND } from '../wire/storage-record.ts'
import { TestFriend } from './test-friends.ts'
import { Epoch } from './epoch.ts'

await sodiumReady

/** An entry that is sealed in two parts, with what its receiver knows. */
function sealedEntry() {
  const world = new TestFriend(1)
  const { epoch, far } = world.meet(0)
  const entry = new OutboxEntry({
    messageId: new Uint8Array(16).fill(9),
    friend: world.friend.publicKey,
    order: 1,
    sequence: 7,
    sentAtMs: 5,
    ttlSeconds: 3_600,
    state: 'queued',
    reason: 'offline',
    isFile: true,
    isPlaced: false,
    isCancelWanted: false,
    wasSentDirectly: false,
    held: 0,
    wanted: 0,
    expiresAt: 0,
    placements: [],
  })
  entry.content = encodeContent({ kind: 'file', name: utf8Encode('f'), bytes: new Uint8Array(70_000) })
  const longTerm = longTermSecret(world.own, world.peer.publicKey)
  if (!longTerm) throw new Error('no secret')
  sealEntry(entry, { epoch, longTerm, random: world.random, networkNow: 1_800_000_000_000 })
  return { world, epoch, entry, longTerm, peerEpoch: Epoch.agreed(far, 1, 0) }
}

function restored(world: TestFriend, entry: OutboxEntry): OutboxEntry {
  world.journal.commit()
  const { rows } = world.sink
  const again = OutboxEntry.restored(rows.get(`entry/${entry.id}`) ?? new Uint8Array(0))
  const content = rows.get(`content/${entry.id}`)
  if (content) again.restoreContent(content)
  for (let index = 0; index < 2; index += 1) {
    const sealed = rows.get(`sealed/${entry.id}/${index}`)
    if (sealed) again.restorePart(sealed, rows.get(`receipts/${entry.id}/${index}`))
  }
  return again
}

test('an entry comes back from its rows, with the very bytes that were sealed', () => {
  const { world, entry } = sealedEntry()
  entry.save(world.journal)
  entry.saveContent(world.journal)
  entry.saveSealed(world.journal)
  const again = restored(world, entry)
  expect(again.placements).toEqual(entry.placements)
  expect(again.parts.map(({ sealed }) => sealed)).toEqual(entry.parts.map(({ sealed }) => sealed))
  expect(again.content).toEqual(entry.content)
  expect([again.sequence, again.state, again.reason, again.isFile]).toEqual([7, 'queued', 'offline', true])
})

test('a tombstone counts only for its own record and with the right c, and all parts must be opened', () => {
  const { epoch, peerEpoch, entry, longTerm } = sealedEntry()
  const tombstones = entry.parts.map(({ sealed: { signed } }) => {
    const slotKey = peerEpoch.receive && peekSlotKey(peerEpoch.receive, signed.header.slot)
    const { collectSecret } = recordSecrets(slotKey ?? new Uint8Array(32), longTerm, signed.header)
    const { slot, bodyHash } = signed.header
    return { kind: TOMBSTONE_KIND.collected, slot, bodyHash, collectSecret }
  })
  const [first, second] = tombstones
  if (!first || !second) throw new Error('two parts')
  expect(entry.noteCollected(new Uint8Array(32), first)).toBe(false)
  expect(entry.noteCollected(epoch.id, { ...first, collectSecret: second.collectSecret })).toBe(false)
  expect(entry.noteCollected(epoch.id, { ...first, bodyHash: second.bodyHash })).toBe(false)
  expect(entry.noteCollected(epoch.id, first)).toBe(true)
  expect(entry.isCollected).toBe(false)
  expect(entry.noteCollected(epoch.id, second)).toBe(true)
  expect(entry.isCollected).toBe(true)
})

test('the same standing is noted once', () => {
  const { world, entry } = sealedEntry()
  entry.setStanding(world.journal, { state: 'storing', copies: { held: 1, wanted: 6 }, expiresAt: 9 }, 1)
  entry.setStanding(world.journal, { state: 'storing', copies: { held: 1, wanted: 6 }, expiresAt: 9 }, 2)
  entry.setStanding(world.journal, { state: 'storing', copies: { held: 2, wanted: 6 } }, 3)
  world.journal.commit()
  expect(world.sink.messages).toHaveLength(2)
})

test('given up, its sealed bytes are gone, and where they were sent to is remembered', () => {
  const { world, epoch, entry } = sealedEntry()
  entry.saveSealed(world.journal)
  entry.abandon(world.journal)
  const again = restored(world, entry)
  expect(again.parts).toEqual([])
  expect(again.placement).toBeUndefined()
  expect(again.isPlacedUnder(epoch.id)).toBe(true)
  expect(again.partAt(epoch.id, 0)).toBeUndefined()
  expect(entry.isPlacedUnder(new Uint8Array(32))).toBe(false)
})

test('copies are those of the part that has the fewest', () => {
  const { entry } = sealedEntry()
  const [first, second] = entry.parts
  if (!first || !second) throw new Error('two parts')
  Object.assign(first, { held: 5, wanted: 6 })
  Object.assign(second, { held: 2, wanted: 6 })
  expect(entry.copies).toEqual({ held: 2, wanted: 6 })
})

test('a receipt that is kept keeps nothing of the packet that it came in', () => {
  const hash = new Uint8Array(32).fill(7)
  const times = { notAfter: 1_800_000_000_000, acceptedAt: 1_700_000_000_000 }
  const terms = { effort: 3, algorithm: PROOF_ALGORITHM.argon2id, formulaVersion: 1, counter: 0 }
  const signature = new Uint8Array(64).fill(9)
  const issuer = new VerifyKey(hash)
  const value = { issuer, recordId: hash, seed: hash, operation: PAID_OPERATION.insert, ...terms, ...times, signature }
  const packet = new Uint8Array(16_384)
  packet.set(encode(receipt, value), 1_000)
  const kept = detachedReceipt(decode(receipt, packet.subarray(1_000, 1_000 + RECEIPT_BYTES)))
  expect(encode(receipt, kept)).toEqual(encode(receipt, value))
  for (const part of [kept.recordId, kept.seed, kept.signature]) expect(part.buffer.byteLength).toBe(RECEIPT_BYTES)
})
