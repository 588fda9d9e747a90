import { beforeAll, expect, test } from 'vitest'
import { sodiumReady } from '../crypto/sodium.ts'
import { claimDigest, claimSeed, depositClaim, renewClaim } from './claim.ts'
import { TEST_NOW, TestDeposits } from './test-deposits.ts'

beforeAll(() => sodiumReady)

test('a claim differs in every field that costs or says something', () => {
  const header = new TestDeposits(1).header({}, TEST_NOW)
  const claims = [
    depositClaim(1, 1, header),
    depositClaim(2, 1, header),
    depositClaim(1, 2, header),
    depositClaim(1, 1, { ...header, slot: 1 }),
    renewClaim(1, header, { counter: 1, notAfter: header.notAfter }),
    renewClaim(1, header, { counter: 2, notAfter: header.notAfter }),
    renewClaim(1, header, { counter: 1, notAfter: header.notAfter + 1_000 }),
  ]
  expect(new Set(claims.map((claim) => Buffer.from(claimDigest(claim)).toString('hex'))).size).toBe(claims.length)
})

test('the seed binds the issuer, its tag, the claim and the price', () => {
  const deposits = new TestDeposits(2)
  const claim = depositClaim(1, 1, deposits.header({}, TEST_NOW))
  const price = { tag: new Uint8Array(32), effort: 100, formulaVersion: 1 }
  const issuer = deposits.issuer.verifyKey
  const seeds = [
    claimSeed(issuer, claim, price),
    claimSeed(new TestDeposits(3).issuer.verifyKey, claim, price),
    claimSeed(issuer, { ...claim, operation: 2 }, price),
    claimSeed(issuer, claim, { ...price, tag: new Uint8Array(32).fill(1) }),
    claimSeed(issuer, claim, { ...price, effort: 99 }),
    claimSeed(issuer, claim, { ...price, formulaVersion: 2 }),
  ]
  expect(new Set(seeds.map((seed) => Buffer.from(seed).toString('hex'))).size).toBe(seeds.length)
  expect(claimSeed(issuer, claim, price)).toEqual(seeds[0])
})
