import { existsSync, readFileSync } from 'node:fs'
import { concat, equalBytes, utf8Encode } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { MAC_BYTES, NONCE_BYTES } from '../crypto/box.ts'
import { DATA_KEY_BYTES } from '../crypto/data-cipher.ts'
import { PASS_SALT_BYTES, PassKey } from '../crypto/pass-key.ts'
import { writeFileAtomically } from './atomic-file.ts'
import { ProfileError } from './profile-error.ts'

const PLAIN_MAGIC = utf8Encode('AMPKEY0\n')
const WRAPPED_MAGIC = utf8Encode('AMPKEY1\n')
const MAGIC_BYTES = PLAIN_MAGIC.length
const NONCE_AT = MAGIC_BYTES + PASS_SALT_BYTES
const SEALED_AT = NONCE_AT + NONCE_BYTES

/**
 * The data key of a profile, made at first use. Without a passphrase it lies in a file only the user can read; with one
 * it is wrapped by scrypt, as Tox's encrypted savefile is.
 *
 * | bytes | plain      | bytes   | wrapped                            |
 * |-------|------------|---------|------------------------------------|
 * | 8     | `AMPKEY0`  | 8       | `AMPKEY1`                          |
 * | 32    | key        | 32 + 24 | salt, nonce                        |
 * |       |            | 16 + 32 | secretbox(key of passphrase){ key } |
 *
 * throws   ProfileError `wrongPassphrase`, `passphraseNeeded` or `unreadable`
 */
export function openDataKey(path: string, passphrase: Uint8Array | undefined, random: Random): Uint8Array {
  if (!existsSync(path)) return createDataKey(path, passphrase, random)
  const bytes = new Uint8Array(readFileSync(path))
  const magic = bytes.subarray(0, MAGIC_BYTES)
  if (equalBytes(magic, PLAIN_MAGIC) && bytes.length === MAGIC_BYTES + DATA_KEY_BYTES) return bytes.slice(MAGIC_BYTES)
  if (!equalBytes(magic, WRAPPED_MAGIC) || bytes.length !== SEALED_AT + MAC_BYTES + DATA_KEY_BYTES) {
    throw new ProfileError('unreadable', `the key file ${path} is damaged; it was left as it is`)
  }
  if (!passphrase) throw new ProfileError('passphraseNeeded', 'the profile is protected by a passphrase')
  const passKey = new PassKey(passphrase, bytes.subarray(MAGIC_BYTES, NONCE_AT))
  const key = passKey.open(bytes.subarray(NONCE_AT, SEALED_AT), bytes.subarray(SEALED_AT))
  passKey.wipe()
  if (!key) throw new ProfileError('wrongPassphrase', 'wrong passphrase')
  return key
}

function createDataKey(path: string, passphrase: Uint8Array | undefined, random: Random): Uint8Array {
  const key = randomBytes(random, DATA_KEY_BYTES)
  writeFileAtomically(path, passphrase ? wrapped(key, passphrase, random) : concat(PLAIN_MAGIC, key))
  return key
}

function wrapped(key: Uint8Array, passphrase: Uint8Array, random: Random): Uint8Array {
  const passKey = PassKey.create(passphrase, random)
  const { nonce, sealed } = passKey.seal(key, random)
  passKey.wipe()
  return concat(WRAPPED_MAGIC, passKey.salt, nonce, sealed)
}
