import { concat, equalBytes, wipe } from '../../base/bytes.ts'
import type { Random } from '../../base/random.ts'
import { MAC_BYTES, NONCE_BYTES } from '../../crypto/box.ts'
import { PASS_SALT_BYTES, PassKey } from '../../crypto/pass-key.ts'
import type { ToxProfile } from './tox-profile.ts'
import { readPlainToxsave, writePlainToxsave } from './toxsave.ts'
import { ToxsaveError } from './toxsave-error.ts'

/** "toxEsave" */
const MAGIC = Uint8Array.of(0x74, 0x6f, 0x78, 0x45, 0x73, 0x61, 0x76, 0x65)
const SALT_AT = MAGIC.length
const NONCE_AT = SALT_AT + PASS_SALT_BYTES
const SEALED_AT = NONCE_AT + NONCE_BYTES

/** Whether these are the bytes of an encrypted savefile (whole or cut): one needs a passphrase to read them. */
export function isEncryptedToxsave(bytes: Uint8Array): boolean {
  return equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)
}

/**
 * Reads a savefile, plain or encrypted.
 *
 * passphrase   UTF-8; only looked at if the file is encrypted
 * throws       ToxsaveError, each code: see there
 */
export function readToxsave(bytes: Uint8Array, passphrase?: Uint8Array): ToxProfile {
  if (!isEncryptedToxsave(bytes)) return readPlainToxsave(bytes)
  if (!passphrase) throw new ToxsaveError('passphraseNeeded', 'the savefile is encrypted')
  if (bytes.length < SEALED_AT + MAC_BYTES) throw new ToxsaveError('cut', 'the encrypted savefile ends too early')
  const key = new PassKey(passphrase, bytes.subarray(SALT_AT, NONCE_AT))
  const plain = key.open(bytes.subarray(NONCE_AT, SEALED_AT), bytes.subarray(SEALED_AT))
  key.wipe()
  if (!plain) throw new ToxsaveError('wrongPassphrase', 'wrong passphrase, or the savefile is damaged')
  try {
    return readPlainToxsave(plain)
  } finally {
    wipe(plain)
  }
}

/** How a savefile is to be encrypted: with a key that was derived before, which takes long. */
export interface ToxsaveProtection {
  readonly passKey: PassKey
  readonly random: Random
}

/**
 * The bytes of a savefile; encrypted, 80 bytes longer, if there is a protection.
 *
 * | bytes | field                                              |
 * |-------|----------------------------------------------------|
 * | 8     | "toxEsave"                                         |
 * | 32    | salt                                               |
 * | 24    | nonce                                              |
 * | 16+n  | secretbox(key of passphrase and salt){ plain file } |
 */
export function writeToxsave(profile: ToxProfile, protection?: ToxsaveProtection): Uint8Array {
  const plain = writePlainToxsave(profile)
  if (!protection) return plain
  const { passKey, random } = protection
  const { nonce, sealed } = passKey.seal(plain, random)
  wipe(plain)
  return concat(MAGIC, passKey.salt, nonce, sealed)
}
