import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { decode, encode } from '../wire/codec.ts'
import { receipt } from '../wire/storage-proof.ts'
import { depositClaim } from './claim.ts'
import { copyProofOf, isReceiptAuthentic, isReceiptFor, receiptFieldsOf, signReceipt } from './receipt.ts'
import { TEST_FORMULA, TEST_NOW, TestDeposits } from './test-deposits.ts'

beforeAll(() => sodiumReady)

function setUp() {
  const deposits = new TestDeposits(1)
  const claim = depositClaim(1, 1, deposits.header({}, TEST_NOW))
  const proof = deposits.solve(claim, {
    issuer: deposits.issuer.verifyKey,
    id: new Uint8Array(16),
    tag: new Uint8Array(32),
    expiresAt: TEST_NOW,
    effort: 4,
    algorithm: 1,
    formulaVersion: TEST_FORMULA.version,
  })
  const fields = receiptFieldsOf(deposits.issuer.verifyKey, claim, proof, TEST_NOW + 789)
  return { deposits, claim, proof, fields, signed: signReceipt(deposits.issuer, fields) }
}

test('is the word of the node that signed it, for one deposit', () => {
  const { deposits, claim, proof, signed } = setUp()
  const arrived = decode(receipt, encode(receipt, signed))
  expect(isReceiptAuthentic(arrived)).toBe(true)
  expect(isReceiptFor(arrived, deposits.issuer.verifyKey, claim, proof)).toBe(true)
  expect(isReceiptFor(arrived, new TestDeposits(2).issuer.verifyKey, claim, proof)).toBe(false)
  const other = depositClaim(1, 1, { ...claim.header, slot: 9 })
  expect(isReceiptFor(arrived, deposits.issuer.verifyKey, other, proof)).toBe(false)
  expect(isReceiptFor(arrived, deposits.issuer.verifyKey, claim, { ...proof, effort: 5 })).toBe(false)
})

test('no row of it can be changed', () => {
  const { signed } = setUp()
  const changes = [
    { issuer: new TestDeposits(2).issuer.verifyKey },
    { recordId: new Uint8Array(32) },
    { seed: new Uint8Array(32) },
    { effort: 5 },
    { algorithm: 2 as const },
    { formulaVersion: 1 },
    { operation: 2 as const },
    { counter: 1 },
    { notAfter: signed.notAfter + 1_000 },
    { acceptedAt: signed.acceptedAt + 1_000 },
    { signature: new Uint8Array(64) },
  ]
  for (const change of changes) expect(isReceiptAuthentic({ ...signed, ...change })).toBe(false)
})

test('made again it is the same, byte for byte: a lost receipt costs nothing', () => {
  const { deposits, fields, signed } = setUp()
  expect(encode(receipt, signReceipt(deposits.issuer, fields))).toEqual(encode(receipt, signed))
})

test('a copy carries what a third party needs to make the receipt anew', () => {
  const { claim, proof, signed } = setUp()
  const copy = copyProofOf(proof, signed)
  const fields = receiptFieldsOf(copy.issuer, claim, copy, copy.acceptedAt)
  expect({ ...fields, signature: copy.signature }).toEqual(signed)
})
