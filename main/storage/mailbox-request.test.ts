import { beforeAll, expect, test } from 'vitest'
import { SeededRandom } from '../base/random.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { SigningKey } from '../crypto/sign.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { STORAGE_KIND } from '../wire/storage-packets.ts'
import { isRequestAuthentic, signMailboxRequest } from './mailbox-request.ts'

beforeAll(() => sodiumReady)

test('a request is its owner’s for one kind, node, token and command only', () => {
  const random = new SeededRandom(2)
  const mailbox = SigningKey.create(random)
  const [node, other] = [createKeyPair(random).publicKey, createKeyPair(random).publicKey]
  const token = new Uint8Array(16).fill(1)
  const request = signMailboxRequest(mailbox, STORAGE_KIND.fetch, node, token, Uint8Array.of(1, 2))
  expect(isRequestAuthentic(STORAGE_KIND.fetch, node, request)).toBe(true)
  expect(isRequestAuthentic(STORAGE_KIND.delete, node, request)).toBe(false)
  expect(isRequestAuthentic(STORAGE_KIND.fetch, other, request)).toBe(false)
  const changed = [
    { ...request, token: new Uint8Array(16) },
    { ...request, command: Uint8Array.of(1, 3) },
    { ...request, mailbox: SigningKey.create(random).verifyKey },
  ]
  for (const each of changed) expect(isRequestAuthentic(STORAGE_KIND.fetch, node, each)).toBe(false)
})
