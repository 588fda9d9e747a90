import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concat, toHex, utf8Encode } from '../base/bytes.ts'
import { propertySeed } from '../base/test-seed.ts'
import { CREATED_STEP_MS } from '../wire/storage-record.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { isBodyOf, isHeaderAuthentic } from '../storage/record.ts'
import { longTermSecret } from './agreement.ts'
import { encodeContent } from './content.ts'
import { openMail, recordSecrets } from './envelope.ts'
import { Epoch } from './epoch.ts'
import { OutboxEntry } from './outbox-entry.ts'
import { sealEntry } from './seal-entry.ts'
import { peekSlotKey, spendSlot } from './slot-chain.ts'
import { TestFriend } from './test-friends.ts'

await sodiumReady
const NOW = 1_800_000_123_456

function entryOf(world: TestFriend, bytes: number): OutboxEntry {
  const entry = new OutboxEntry({
    messageId: new Uint8Array(16).fill(9),
    friend: world.friend.publicKey,
    order: 1,
    sequence: 7,
    sentAtMs: 5,
    ttlSeconds: 3_600,
    state: 'queued',
    reason: undefined,
    isFile: true,
    isPlaced: false,
    isCancelWanted: false,
    wasSentDirectly: false,
    held: 0,
    wanted: 0,
    expiresAt: 0,
    placements: [],
  })
  entry.content = encodeContent({ kind: 'file', name: utf8Encode('f'), bytes: new Uint8Array(bytes) })
  return entry
}

test('what is sealed opens at the friend, part after part, with authentic headers in consecutive slots', () => {
  const world = new TestFriend(1)
  const { epoch, far } = world.meet(0)
  const peer = Epoch.agreed(far, 1, 0)
  const longTerm = longTermSecret(world.own, world.peer.publicKey)
  const peerLongTerm = longTermSecret(world.peer, world.own.publicKey)
  if (!longTerm || !peerLongTerm) throw new Error('no secret')
  let nextSlot = 0
  fc.assert(
    fc.property(fc.constantFrom(0, 300, 5_000, 65_000, 150_000), (bytes) => {
      const entry = entryOf(world, bytes)
      sealEntry(entry, { epoch, longTerm, random: world.random, networkNow: NOW })
      expect(entry.placement?.firstSlot).toBe(nextSlot)
      const parts = entry.parts.map(({ sealed: { signed, body } }) => {
        const { header } = signed
        expect(header.slot).toBe(nextSlot)
        expect(header.revision).toBe(0)
        expect(isHeaderAuthentic(signed) && isBodyOf(header, body)).toBe(true)
        expect(header.createdAt % CREATED_STEP_MS).toBe(0)
        expect(header.mailbox.hex).toBe(peer.receiveMailbox)
        nextSlot += 1
        const slotKey = peer.receive && peekSlotKey(peer.receive, header.slot)
        const { recordKey } = recordSecrets(slotKey ?? new Uint8Array(32), peerLongTerm, header)
        const mail = openMail(body, recordKey, header, peer.id)
        if (peer.receive) peer.receive = spendSlot(peer.receive, header.slot, 0)
        if (!mail) throw new Error('it does not open')
        expect([mail.sequence, mail.partCount]).toEqual([7, entry.parts.length])
        return mail.part
      })
      expect(concat(...parts)).toEqual(entry.content)
    }),
    { seed: propertySeed(), numRuns: 8 },
  )
  expect(epoch.slotsWritten).toBe(nextSlot)
})

test('nothing that would open it again stays with its sender', () => {
  const world = new TestFriend(1)
  const { epoch } = world.meet(0)
  const longTerm = longTermSecret(world.own, world.peer.publicKey)
  if (!longTerm) throw new Error('no secret')
  const first = epoch.send.chainKey
  const entry = entryOf(world, 10)
  sealEntry(entry, { epoch, longTerm, random: world.random, networkNow: NOW })
  expect(first).toEqual(new Uint8Array(32))
  entry.save(world.journal)
  entry.saveSealed(world.journal)
  world.journal.commit()
  for (const row of world.sink.rows.values()) expect(toHex(row)).not.toContain(toHex(longTerm))
})
