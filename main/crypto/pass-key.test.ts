import { scryptSync } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { utf8Encode } from '../base/bytes.ts'
import { SeededRandom } from '../base/random.ts'
import { openSecret } from './box.ts'
import { sha256 } from './hash.ts'
import { PASS_SALT_BYTES, PassKey } from './pass-key.ts'
import { sodiumReady } from './sodium.ts'

beforeAll(() => sodiumReady)

const PLAIN = Uint8Array.of(1, 2, 3)

test('is the scrypt key of the hashed passphrase, as another library has it', () => {
  const passphrase = utf8Encode('pässword')
  const salt = new Uint8Array(PASS_SALT_BYTES).fill(4)
  const { nonce, sealed } = new PassKey(passphrase, salt).seal(PLAIN, new SeededRandom(1))
  const key = new Uint8Array(scryptSync(sha256(passphrase), salt, 32, { N: 16_384, r: 8, p: 2, maxmem: 2 ** 26 }))
  expect(openSecret(key, nonce, sealed)).toEqual(PLAIN)
})

test('opens with the same passphrase and salt, and with nothing else', () => {
  const random = new SeededRandom(2)
  const key = PassKey.create(utf8Encode('one'), random)
  const { nonce, sealed } = key.seal(PLAIN, random)
  expect(new PassKey(utf8Encode('one'), key.salt).open(nonce, sealed)).toEqual(PLAIN)
  expect(new PassKey(utf8Encode('two'), key.salt).open(nonce, sealed)).toBeUndefined()
  expect(PassKey.create(utf8Encode('one'), random).open(nonce, sealed)).toBeUndefined()
  expect(key.seal(PLAIN, random).nonce).not.toEqual(nonce)
  key.wipe()
  expect(key.open(nonce, sealed)).toBeUndefined()
})

test('a salt has 32 bytes', () => {
  expect(() => new PassKey(PLAIN, new Uint8Array(31))).toThrow(AssertionError)
})
