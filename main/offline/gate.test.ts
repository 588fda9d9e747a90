import { expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { SigningKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import type { OperationId } from '../storage/storage-events.ts'
import type { RecordHeader } from '../wire/storage-record.ts'
import { Gate } from './gate.ts'
import { Journal } from './journal.ts'

await sodiumReady

test('every way out commits what was changed before it', () => {
  const log: string[] = []
  const journal = new Journal({
    persist: () => {
      log.push('disk')
      return 1
    },
  })
  const sent = () => {
    log.push('out')
    return { kind: 'sent' as const, receiptId: 1 }
  }
  const began = () => {
    log.push('out')
    return 1 as OperationId
  }
  const messenger = { sendMessage: sent, sendCustom: sent }
  const cancel = (): void => {}
  const storage = { insert: began, renew: began, remove: began, status: began, fetch: began, cancel }
  const gate = new Gate(journal, messenger, storage)
  const random = new SeededRandom(1)
  const friend = createKeyPair(random).publicKey
  const signer = SigningKey.create(random)
  const header: RecordHeader = {
    version: 1,
    mailbox: signer.verifyKey,
    slot: 0,
    revision: 0,
    nonce: new Uint8Array(24),
    createdAt: 0,
    notAfter: 1_000,
    length: 256,
    copiesPerRing: 2,
    bodyHash: new Uint8Array(32),
    collectHash: new Uint8Array(32),
  }
  const ways = [
    () => gate.sendMessage(friend, 'message', Uint8Array.of(1), 0),
    () => gate.sendCustom(friend, Uint8Array.of(184), 0),
    () => gate.insert({ signed: { header, signature: new Uint8Array(64) }, body: new Uint8Array(256) }, [], 0),
    () => gate.renew(signer, header, { counter: 1, notAfter: 2_000 }, 0),
    () => gate.remove(signer, [], 0),
    () => gate.status(signer, [], [], 0),
    () => gate.fetch(signer, { fromSlot: 0, skip: [] }, 0),
  ]
  for (const way of ways) {
    journal.write('row', Uint8Array.of(1))
    way()
    expect(log.splice(0)).toEqual(['disk', 'out'])
    way()
    expect(log.splice(0)).toEqual(['out'])
  }
})
