import { expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../base/time.ts'
import { deriveKey } from '../crypto/hash.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { fromHex } from '../base/bytes.ts'
import { longTermSecret } from './agreement.ts'
import { openMail, recordSecrets } from './envelope.ts'
import type { SealedRecord } from './lower-machines.ts'
import { type Side, World } from './test-world.ts'

await sodiumReady

/** Slots of a chain that somebody who has one of its keys could walk. */
const STEPS = 3

/** Every run of 32 bytes in what is on the disks: whatever is a key there is among them. */
function possibleKeys(sides: readonly Side[]): Uint8Array[] {
  const seen = new Map<string, Uint8Array>()
  for (const side of sides) {
    for (const value of side.disk.rows.values()) {
      for (let at = 0; at + 32 <= value.length; at += 1) {
        const key = value.slice(at, at + 32)
        seen.set(String(key), key)
      }
    }
  }
  return [...seen.values()]
}

/** Whether some key, as record key, slot key or chain key, with the long-term secret at hand, opens the record. */
function opens(
  record: SealedRecord,
  keys: readonly Uint8Array[],
  epochIds: readonly Uint8Array[],
  longTerm: Uint8Array,
) {
  const { header } = record.signed
  const tries = (recordKey: Uint8Array): boolean =>
    epochIds.some((epochId) => openMail(record.body, recordKey, header, epochId) !== undefined)
  const asSlotKey = (slotKey: Uint8Array): boolean => tries(recordSecrets(slotKey, longTerm, header).recordKey)
  return keys.some((key) => {
    if (tries(key) || asSlotKey(key)) return true
    let chainKey = key
    for (let step = 0; step < STEPS; step += 1) {
      if (asSlotKey(deriveKey(chainKey, 'slot key'))) return true
      chainKey = deriveKey(chainKey, 'next chain key')
    }
    return false
  })
}

function epochIdsOf(world: World): Uint8Array[] {
  const ids = world.sides.flatMap((side) => side.offline.epochsOf(side.friend).map(({ id }) => id))
  return [...new Set(ids)].map(fromHex)
}

function secretOf(world: World): Uint8Array {
  const secret = longTermSecret(world.alice.keys, world.bob.keys.publicKey)
  if (!secret) throw new Error('no secret')
  return secret
}

test('with every row of both sides and both long-term secrets, nothing that was collected opens', () => {
  const world = new World()
  world.meet()
  const epochIds = epochIdsOf(world)
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  world.alice.send('one')
  world.alice.send('two')
  world.pass(MINUTE_MS)
  const { recorded } = world.network
  expect(recorded).toHaveLength(2)

  // The search finds a key while there is one: before collection the receiver's chain opens all of it.
  const before = possibleKeys(world.sides)
  for (const record of recorded) expect(opens(record, before, epochIds, secretOf(world))).toBe(true)
  // The sender's own rows do not open it even then.
  const ownKeys = possibleKeys([world.alice])
  for (const record of recorded) expect(opens(record, ownKeys, epochIds, secretOf(world))).toBe(false)

  world.bob.start()
  world.pass(3 * MINUTE_MS)
  expect(world.bob.received).toHaveLength(2)
  const after = possibleKeys(world.sides)
  for (const record of recorded) expect(opens(record, after, epochIds, secretOf(world))).toBe(false)

  world.meet()
  world.pass(3 * MINUTE_MS)
  const later = possibleKeys(world.sides)
  for (const record of recorded) expect(opens(record, later, epochIds, secretOf(world))).toBe(false)
})

test('nor what was delivered directly while a copy was stored, once the mailbox was looked at', () => {
  const world = new World()
  world.meet()
  const epochIds = epochIdsOf(world)
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  world.alice.send('both ways')
  world.pass(MINUTE_MS)
  world.bob.start()
  world.connect()
  world.pass(5 * MINUTE_MS)
  expect(world.bob.received).toEqual(['both ways'])
  const keys = possibleKeys(world.sides)
  for (const record of world.network.recorded) expect(opens(record, keys, epochIds, secretOf(world))).toBe(false)
})

test('nor what was delivered directly and taken back before its mailbox was ever looked at', () => {
  const world = new World()
  world.meet()
  const epochIds = epochIdsOf(world)
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  world.alice.send('directly')
  world.pass(MINUTE_MS)
  // Bob reaches no storage node at first.
  world.isNetworkUp = false
  world.bob.start()
  world.connect()
  world.pass(MINUTE_MS)
  expect(world.bob.received).toEqual(['directly'])
  expect(world.network.copyCount()).toBe(0)
  const { recorded } = world.network
  expect(recorded.some((record) => opens(record, possibleKeys(world.sides), epochIds, secretOf(world)))).toBe(true)
  world.bob.offline.handleReach('storage', world.now)
  world.pass(5 * MINUTE_MS)
  const keys = possibleKeys(world.sides)
  for (const record of recorded) expect(opens(record, keys, epochIds, secretOf(world))).toBe(false)
})

test('nor what came out of order: the keys of slots that were passed over go when they are used', () => {
  const world = new World()
  world.meet()
  const epochIds = epochIdsOf(world)
  world.bob.kill()
  world.pass(10 * SECOND_MS)
  for (let count = 0; count < 6; count += 1) world.alice.send(`message ${count}`)
  world.pass(MINUTE_MS)
  // Half of it is hidden at first.
  const hidden = world.network.nodes.map(({ slots }) => [...slots].slice(0, 3))
  for (const [index, { slots }] of world.network.nodes.entries()) {
    for (const [key] of hidden[index] ?? []) slots.delete(key)
  }
  world.bob.start()
  world.pass(5 * MINUTE_MS)
  const missing = '(missing)'
  expect(world.bob.received).toEqual([missing, missing, missing, 'message 3', 'message 4', 'message 5'])
  for (const [index, { slots }] of world.network.nodes.entries()) {
    for (const [key, held] of hidden[index] ?? []) slots.set(key, held)
  }
  world.pass(30 * MINUTE_MS)
  expect(world.bob.received).toEqual([0, 1, 2, 3, 4, 5].map((count) => `message ${count}`))
  const keys = possibleKeys(world.sides)
  for (const record of world.network.recorded) expect(opens(record, keys, epochIds, secretOf(world))).toBe(false)
})
