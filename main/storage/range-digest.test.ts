import { beforeAll, expect, test } from 'vitest'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { paidState } from './payments.ts'
import { contentDigest, rangeDigest, type SlotContent } from './range-digest.ts'
import { cancelledEntry, recordIdOf } from './record.ts'
import { TEST_NOW, TestDeposits } from './test-deposits.ts'

beforeAll(() => sodiumReady)

function setUp() {
  const deposits = new TestDeposits(1)
  const record = deposits.record({}, TEST_NOW)
  const challenge = {
    nonce: new Uint8Array(16),
    asker: createKeyPair(deposits.random).publicKey,
    holder: createKeyPair(deposits.random).publicKey,
  }
  const signed = paidState(record.payments)?.signed
  if (!signed) throw new Error('a test record has a header')
  return { deposits, record, challenge, signed, content: { kind: 'record', record } satisfies SlotContent }
}

test('an answer serves one question between two nodes, in one direction', () => {
  const { challenge, content } = setUp()
  const digests = [
    contentDigest(challenge, content),
    contentDigest({ ...challenge, nonce: new Uint8Array(16).fill(1) }, content),
    contentDigest({ ...challenge, asker: challenge.holder, holder: challenge.asker }, content),
  ]
  expect(new Set(digests.map((digest) => Buffer.from(digest).toString('hex'))).size).toBe(3)
})

test('needs the whole body, the header, the renewal that counts and the tombstone', () => {
  const { deposits, record, challenge, signed, content } = setUp()
  const renewal = deposits.renewal(recordIdOf(signed.header), 1, signed.header.notAfter)
  const entry = cancelledEntry(deposits.mailbox, signed.header.slot, signed.header.bodyHash)
  const others: SlotContent[] = [
    { kind: 'record', record: { ...record, body: record.body.with(255, (record.body[255] ?? 0) ^ 1) } },
    { kind: 'record', record: deposits.renewed(record, signed.header, renewal, TEST_NOW) },
    { kind: 'record', record: { ...deposits.record({ body: record.body, slot: 1 }, TEST_NOW) } },
    { kind: 'tombstone', tombstone: { signed, entry } },
  ]
  for (const other of others) expect(contentDigest(challenge, other)).not.toEqual(contentDigest(challenge, content))
})

test('proofs of work stay out: holders took the record from different depositors', () => {
  const { record, challenge, content } = setUp()
  const [first] = record.payments
  if (!first) throw new Error('a test record was paid for')
  const payments = [{ ...first, proof: { ...first.proof, tag: new Uint8Array(32).fill(9) } }]
  expect(contentDigest(challenge, { kind: 'record', record: { ...record, payments } })).toEqual(
    contentDigest(challenge, content),
  )
})

test('a range digest knows number and order', () => {
  const [a, b] = [new Uint8Array(32), new Uint8Array(32).fill(1)]
  const digests = [[], [a], [a, b], [b, a], [a, a]].map((list) => Buffer.from(rangeDigest(list)).toString('hex'))
  expect(new Set(digests).size).toBe(5)
})
