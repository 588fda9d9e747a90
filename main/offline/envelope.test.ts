import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertySeed } from '../base/test-seed.ts'
import { SigningKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import type { Mail } from '../wire/offline-packets.ts'
import { BODY_CLASSES } from '../wire/storage-proof.ts'
import { bodyBytesFor, MAIL_PART_BYTES_MAX, openMail, recordSecrets, type SealedUnder, sealMail } from './envelope.ts'

await sodiumReady
const epochId = new Uint8Array(32).fill(3)
const slotKey = new Uint8Array(32).fill(4)
const longTerm = new Uint8Array(32).fill(5)
const under: SealedUnder = {
  mailbox: new SigningKey(new Uint8Array(32).fill(1)).verifyKey,
  slot: 7,
  revision: 1,
  nonce: new Uint8Array(24).fill(2),
  createdAt: 600_000,
  notAfter: 700_000,
}
const { recordKey } = recordSecrets(slotKey, longTerm, under)

function mailOf(part: Uint8Array): Mail {
  return {
    messageId: new Uint8Array(16).fill(9),
    sequence: 12,
    sentAtMs: 1_700_000_000_000,
    partIndex: 0,
    partCount: 1,
    part,
  }
}

test('mail of any length opens again, and its body has the length of a class', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), (part) => {
      const body = sealMail(mailOf(part), recordKey, under, epochId)
      expect(BODY_CLASSES).toContain(body.length)
      expect(openMail(body, recordKey, under, epochId)).toEqual(mailOf(part))
    }),
    { seed: propertySeed(), numRuns: 100 },
  )
})

test('the longest part fills the largest class', () => {
  expect(bodyBytesFor(MAIL_PART_BYTES_MAX)).toBe(65_536)
  expect(() => bodyBytesFor(MAIL_PART_BYTES_MAX + 1)).toThrow('too long')
})

test('a body opens only under its own epoch, key and header fields', () => {
  const body = sealMail(mailOf(new Uint8Array(10)), recordKey, under, epochId)
  expect(openMail(body, slotKey, under, epochId)).toBeUndefined()
  expect(openMail(body, recordKey, under, slotKey)).toBeUndefined()
  const others: Partial<SealedUnder>[] = [
    { mailbox: new SigningKey(new Uint8Array(32).fill(8)).verifyKey },
    { slot: 8 },
    { revision: 2 },
    { nonce: new Uint8Array(24) },
    { createdAt: 0 },
    { notAfter: 701_000 },
  ]
  for (const other of others) expect(openMail(body, recordKey, { ...under, ...other }, epochId)).toBeUndefined()
  expect(openMail(body.subarray(0, 200), recordKey, under, epochId)).toBeUndefined()
})

test('record keys differ by slot key, slot, revision, nonce and long-term secret', () => {
  const keys = [
    recordKey,
    recordSecrets(longTerm, longTerm, under).recordKey,
    recordSecrets(slotKey, slotKey, under).recordKey,
    recordSecrets(slotKey, longTerm, { ...under, slot: 8 }).recordKey,
    recordSecrets(slotKey, longTerm, { ...under, revision: 2 }).recordKey,
    recordSecrets(slotKey, longTerm, { ...under, nonce: new Uint8Array(24) }).recordKey,
  ]
  expect(new Set(keys.map(String)).size).toBe(keys.length)
})
