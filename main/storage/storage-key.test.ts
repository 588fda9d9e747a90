import { beforeAll, expect, test } from 'vitest'
import { blake2b } from '../crypto/hash.ts'
import { isSignatureOf } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { mailboxPlaceInput, mailboxPlaces, storageKeyFrom } from './storage-key.ts'

beforeAll(() => sodiumReady)

test('both friends make the same mailbox key from the same secret, and another from another', () => {
  const secret = new Uint8Array(32).fill(7)
  const [left, right] = [storageKeyFrom(secret), storageKeyFrom(secret.slice())]
  expect(left.verifyKey.hex).toBe(right.verifyKey.hex)
  expect(isSignatureOf(right.verifyKey, secret, left.sign(secret))).toBe(true)
  expect(storageKeyFrom(new Uint8Array(32)).verifyKey.hex).not.toBe(left.verifyKey.hex)
})

test('a mailbox has another place in each ring: 48 bits of a hash with the ring in it', () => {
  const { verifyKey } = storageKeyFrom(new Uint8Array(32))
  const places = mailboxPlaces(verifyKey, 3)
  expect(new Set(places).size).toBe(3)
  expect(places[2]).toBe(Buffer.from(blake2b(mailboxPlaceInput(verifyKey, 2))).readUIntBE(0, 6))
  expect(mailboxPlaces(verifyKey, 2)).toEqual(places.slice(0, 2))
})
