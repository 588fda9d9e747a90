import { scryptSync } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { concat, toHex, utf8Encode } from '../../base/bytes.ts'
import { SeededRandom } from '../../base/random.ts'
import { openSecret, sealSecret } from '../../crypto/box.ts'
import { sha256 } from '../../crypto/hash.ts'
import { PassKey } from '../../crypto/pass-key.ts'
import { sodiumReady } from '../../crypto/sodium.ts'
import { isEncryptedToxsave, readToxsave, writeToxsave } from './encrypted-save.ts'
import { comparable } from './test-profile.ts'
import { createToxProfile } from './tox-profile.ts'
import { writePlainToxsave } from './toxsave.ts'
import { ToxsaveError, type ToxsaveErrorCode } from './toxsave-error.ts'

beforeAll(() => sodiumReady)

const PASSPHRASE = utf8Encode('correct horse, Batterie ☂')

function encrypted() {
  const random = new SeededRandom(3)
  const profile = { ...createToxProfile(random), name: utf8Encode('Alice') }
  const passKey = PassKey.create(PASSPHRASE, random)
  return { profile, passKey, random, bytes: writeToxsave(profile, { passKey, random }) }
}

function code(bytes: Uint8Array, passphrase?: Uint8Array): ToxsaveErrorCode | 'read' {
  try {
    readToxsave(bytes, passphrase)
    return 'read'
  } catch (error) {
    if (error instanceof ToxsaveError) return error.code
    throw error
  }
}

test('an encrypted savefile opens with its passphrase, and only with it', () => {
  const { profile, bytes } = encrypted()
  expect(isEncryptedToxsave(bytes)).toBe(true)
  expect(comparable(readToxsave(bytes, PASSPHRASE))).toEqual(comparable(profile))
  expect(code(bytes)).toBe('passphraseNeeded')
  expect(code(bytes, utf8Encode('correct horse, Batterie'))).toBe('wrongPassphrase')
  expect(code(bytes, new Uint8Array(0))).toBe('wrongPassphrase')
})

test('is laid out as toxencryptsave has it: magic, salt, nonce, secretbox with the scrypt key', () => {
  const { profile, bytes } = encrypted()
  expect(bytes).toHaveLength(writePlainToxsave(profile).length + 80)
  expect(toHex(bytes.subarray(0, 8))).toBe(toHex(utf8Encode('toxEsave')))
  const key = scryptSync(sha256(PASSPHRASE), bytes.subarray(8, 40), 32, { N: 16_384, r: 8, p: 2, maxmem: 2 ** 26 })
  const plain = openSecret(new Uint8Array(key), bytes.subarray(40, 64), bytes.subarray(64))
  expect(plain).toEqual(writePlainToxsave(profile))
  const salt = new Uint8Array(32).fill(6)
  const other = new Uint8Array(scryptSync(sha256(PASSPHRASE), salt, 32, { N: 16_384, r: 8, p: 2, maxmem: 2 ** 26 }))
  const nonce = new Uint8Array(24).fill(1)
  const foreign = concat(utf8Encode('toxEsave'), salt, nonce, sealSecret(other, nonce, writePlainToxsave(profile)))
  expect(comparable(readToxsave(foreign, PASSPHRASE))).toEqual(comparable(profile))
})

test('one key writes many files, each with a nonce of its own', () => {
  const { profile, passKey, random, bytes } = encrypted()
  const second = writeToxsave(profile, { passKey, random })
  expect(second.subarray(8, 40)).toEqual(bytes.subarray(8, 40))
  expect(second.subarray(40, 64)).not.toEqual(bytes.subarray(40, 64))
  expect(comparable(readToxsave(second, PASSPHRASE))).toEqual(comparable(profile))
})

test('a file that is cut or changed is a clear error', () => {
  const { bytes } = encrypted()
  expect(code(bytes.subarray(0, 4), PASSPHRASE)).toBe('notASavefile')
  for (const length of [8, 40, 64, 79]) expect(code(bytes.subarray(0, length), PASSPHRASE)).toBe('cut')
  for (const length of [80, 81, bytes.length - 1]) {
    expect(code(bytes.subarray(0, length), PASSPHRASE)).toBe('wrongPassphrase')
  }
  for (const offset of [8, 39, 40, 63, 64, 79, 80, bytes.length - 1]) {
    const flipped = bytes.slice()
    flipped[offset] = (flipped[offset] ?? 0) ^ 0x10
    expect(code(flipped, PASSPHRASE)).toBe('wrongPassphrase')
  }
})

test('a plain savefile needs no passphrase, and one that is given does no harm', () => {
  const { profile } = encrypted()
  const bytes = writeToxsave(profile)
  expect(isEncryptedToxsave(bytes)).toBe(false)
  expect(comparable(readToxsave(bytes))).toEqual(comparable(profile))
  expect(comparable(readToxsave(bytes, PASSPHRASE))).toEqual(comparable(profile))
})
