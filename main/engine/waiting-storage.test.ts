import { expect, test } from 'vitest'
import { SigningKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { bodyHashOf, recordTimes, signHeader } from '../storage/record.ts'
import type { OperationId } from '../storage/storage-events.ts'
import { decode } from '../wire/codec.ts'
import { PROOF_ALGORITHM } from '../wire/storage-proof.ts'
import { signedHeader } from '../wire/storage-record.ts'
import { WaitingStorage } from './waiting-storage.ts'

await sodiumReady
const signer = new SigningKey(new Uint8Array(32).fill(1))
const body = new Uint8Array(256).fill(7)
const signed = signHeader(signer, {
  version: 1,
  mailbox: signer.verifyKey,
  slot: 3,
  revision: 0,
  nonce: new Uint8Array(24),
  ...recordTimes(60_000, 1_700_000_000_000),
  length: 256,
  copiesPerRing: 2,
  bodyHash: bodyHashOf(body),
  collectHash: new Uint8Array(32),
})

function watched() {
  const calls: unknown[][] = []
  const note =
    (name: string) =>
    (...args: unknown[]): OperationId => {
      calls.push([name, ...args])
      return calls.length as OperationId
    }
  const client = {
    insert: note('insert'),
    renew: note('renew'),
    remove: note('remove'),
    status: note('status'),
    fetch: note('fetch'),
    cancel: (...args: unknown[]): void => void calls.push(['cancel', ...args]),
  }
  return { storage: new WaitingStorage(client), calls }
}

test('a record goes out as header, signature and body, with the algorithm that the person chose', () => {
  const { storage, calls } = watched()
  storage.insert({ signed, body }, [], 5)
  storage.algorithm = PROOF_ALGORITHM.sha512d
  storage.insert({ signed, body }, [], 6)
  const [first, second] = calls
  const bytes = first?.[1] as Uint8Array
  expect(decode(signedHeader, bytes.slice(0, 206))).toEqual(signed)
  expect(bytes.slice(206)).toEqual(body)
  expect(first?.slice(2)).toEqual([{ algorithm: PROOF_ALGORITHM.argon2id, receipts: [] }, 5])
  expect(second?.slice(2)).toEqual([{ algorithm: PROOF_ALGORITHM.sha512d, receipts: [] }, 6])
})

test('the other calls go through with their arguments', () => {
  const { storage, calls } = watched()
  const { header } = signed
  storage.renew(signer, header, { counter: 1, notAfter: 9_000 }, 1)
  storage.remove(signer, [], 2)
  storage.status(signer, [header], [4], 3)
  storage.fetch(signer, { fromSlot: 0, skip: [{ slot: 1, revision: 0 }] }, 4)
  storage.cancel(1 as OperationId, 5)
  expect(calls).toEqual([
    ['renew', signer, header, { counter: 1, notAfter: 9_000 }, { algorithm: PROOF_ALGORITHM.argon2id }, 1],
    ['remove', signer, [], 2],
    ['status', signer, [header], { watchedSlots: [4] }, 3],
    ['fetch', signer, { fromSlot: 0, skip: [{ slot: 1, revision: 0 }] }, 4],
    ['cancel', 1, 5],
  ])
})
