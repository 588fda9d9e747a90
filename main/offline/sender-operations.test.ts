import { expect, test } from 'vitest'
import { utf8Encode } from '../base/bytes.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import type { OperationId } from '../storage/storage-events.ts'
import { longTermSecret } from './agreement.ts'
import { Outbox } from './outbox.ts'
import { sealEntry } from './seal-entry.ts'
import { SenderOperations } from './sender-operations.ts'
import { TestFriend } from './test-friends.ts'

await sodiumReady

function desk() {
  const world = new TestFriend(1)
  const { epoch } = world.meet(0)
  const outbox = new Outbox({ journal: world.journal, random: world.random })
  const content = { kind: 'text' as const, text: utf8Encode('hello') }
  const id = outbox.add(world.friend.publicKey, { content, sentAtMs: 1, ttlSeconds: 60 }, undefined)
  const entry = outbox.get(id)
  const longTerm = longTermSecret(world.own, world.peer.publicKey)
  if (!entry || !longTerm) throw new Error('no entry')
  const seal = (): void => sealEntry(entry, { epoch, longTerm, random: world.random, networkNow: 0 })
  seal()
  const cancelled: OperationId[] = []
  const gate = { cancel: (operationId: OperationId) => void cancelled.push(operationId) }
  const operations = new SenderOperations()
  const [part] = entry.parts
  if (!part) throw new Error('no part')
  const insert = { kind: 'insert' as const, entry, part, refusals: new Set<never>(), isForeign: false }
  return { world, epoch, entry, part, seal, cancelled, gate, operations, insert }
}

const FIRST = 1 as OperationId

test('an insert runs until it ends, and is cancelled when its message is settled or taken back', () => {
  const { entry, part, cancelled, gate, operations, insert } = desk()
  operations.start(FIRST, insert)
  expect([operations.isInserting(part), operations.insertCount]).toEqual([true, 1])
  operations.stopNeedless(gate, 0)
  expect(cancelled).toEqual([])
  entry.isCancelWanted = true
  operations.stopNeedless(gate, 0)
  expect(cancelled).toEqual([FIRST])
  expect([operations.isInserting(part), operations.get(FIRST)]).toEqual([false, undefined])
})

test('an insert of bytes that were given up is cancelled', () => {
  const { seal, cancelled, gate, operations, insert } = desk()
  operations.start(FIRST, insert)
  seal()
  operations.stopNeedless(gate, 0)
  expect(cancelled).toEqual([FIRST])
})

test('a status and a removal run on; their mailbox key is wiped when they end', () => {
  const { world, epoch, entry, cancelled, gate, operations } = desk()
  const signer = epoch.sendSigner()
  operations.start(FIRST, { kind: 'status', friend: world.friend, epoch, signer })
  entry.state = 'delivered'
  operations.stopNeedless(gate, 0)
  expect(cancelled).toEqual([])
  operations.end(FIRST)
  expect(signer.seed).toEqual(new Uint8Array(32))
})
