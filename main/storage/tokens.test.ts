import { beforeAll, expect, test } from 'vitest'
import { Address } from '../base/address.ts'
import { SeededRandom } from '../base/random.ts'
import { MINUTE_MS } from '../base/time.ts'
import { createKeyPair } from '../crypto/keys.ts'
import { sodiumReady } from '../crypto/sodium.ts'
import { TEST_NOW } from './test-deposits.ts'
import { Tokens } from './tokens.ts'

beforeAll(() => sodiumReady)

test('a token is good for its bearer, from its very address, for 5 to 10 minutes, at the node that made it', () => {
  const random = new SeededRandom(1)
  const tokens = new Tokens(random)
  const { publicKey } = createKeyPair(random)
  const at = (host: string, port = 1) => ({
    key: publicKey,
    address: new Address(Uint8Array.from(host.split('.'), Number), port),
  })
  const bearer = at('192.0.2.1')
  const token = tokens.tokenFor(bearer, TEST_NOW)
  expect(token).toHaveLength(16)
  expect(tokens.isGood(token, bearer, TEST_NOW + 5 * MINUTE_MS)).toBe(true)
  for (const other of [at('192.0.2.77'), at('192.0.2.1', 2)]) expect(tokens.isGood(token, other, TEST_NOW)).toBe(false)
  expect(tokens.isGood(token, bearer, TEST_NOW + 10 * MINUTE_MS)).toBe(false)
  expect(tokens.isGood(token, bearer, TEST_NOW - 5 * MINUTE_MS)).toBe(false)
  expect(tokens.isGood(token, at('192.0.3.1'), TEST_NOW)).toBe(false)
  expect(tokens.isGood(token, { ...bearer, key: createKeyPair(random).publicKey }, TEST_NOW)).toBe(false)
  expect(new Tokens(random).isGood(token, bearer, TEST_NOW)).toBe(false)
})
