import { beforeAll, expect, test } from 'vitest'
import { isSignatureOf } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { storageKeyFrom } from './storage-key.ts'

beforeAll(() => sodiumReady)

test('both friends make the same mailbox key from the same secret, and another from another', () => {
  const secret = new Uint8Array(32).fill(7)
  const [left, right] = [storageKeyFrom(secret), storageKeyFrom(secret.slice())]
  expect(left.verifyKey.hex).toBe(right.verifyKey.hex)
  expect(isSignatureOf(right.verifyKey, secret, left.sign(secret))).toBe(true)
  expect(storageKeyFrom(new Uint8Array(32)).verifyKey.hex).not.toBe(left.verifyKey.hex)
})
