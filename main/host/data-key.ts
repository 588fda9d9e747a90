import { existsSync, readFileSync } from 'node:fs'
import { ByteReader, DecodeError } from '../base/byte-reader.ts'
import { ByteWriter } from '../base/byte-writer.ts'
import { utf8Decode, utf8Encode } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import { MAC_BYTES, NONCE_BYTES } from '../crypto/box.ts'
import { DATA_KEY_BYTES } from '../crypto/data-cipher.ts'
import { PASS_SALT_BYTES, PassKey } from '../crypto/pass-key.ts'
import type { KeyProtection } from '../../shared/model/account.ts'
import { writeFileAtomically } from './atomic-file.ts'
import type { KeyStore } from './key-store.ts'
import { ProfileError } from './profile-error.ts'

const MAGIC_BYTES = 8
const MAGIC = { file: 'AMPKEY0\n', passphrase: 'AMPKEY1\n', system: 'AMPKEY2\n' } as const
const WRAPPED_BYTES_MAX = 4_096

/** What can open a data key: the passphrase, or the system. */
export interface KeyGuard {
  readonly passphrase: Uint8Array | undefined
  readonly keyStore: KeyStore | undefined
  readonly random: Random
}

/** One way to the key; a file holds two only while the passphrase is being changed. */
type KeyEntry =
  | { readonly kind: 'file'; readonly key: Uint8Array }
  | { readonly kind: 'system'; readonly wrapped: Uint8Array }
  | { readonly kind: 'passphrase'; readonly salt: Uint8Array; readonly nonce: Uint8Array; readonly sealed: Uint8Array }

export interface OpenedDataKey {
  /** 32 bytes; the caller wipes them. */
  readonly key: Uint8Array
  readonly protection: KeyProtection
}

/**
 * The data key of a profile, made at first use. With a passphrase it is wrapped by scrypt, as Tox's encrypted savefile
 * is; without one by the system's key store, or, where there is none, it lies in a file that only the user can read.
 *
 * | bytes | plain     | bytes   | wrapped                             | bytes | by the system |
 * |-------|-----------|---------|-------------------------------------|-------|---------------|
 * | 8     | `AMPKEY0` | 8       | `AMPKEY1`                           | 8     | `AMPKEY2`     |
 * | 32    | key       | 32 + 24 | salt, nonce                         | 2     | length        |
 * |       |           | 16 + 32 | secretbox(key of passphrase){ key } | …     | wrapped key   |
 *
 * Entries may follow each other: whoever is killed between changing this file and the savefile opens both with the old
 * passphrase or both with the new one.
 *
 * throws   ProfileError `wrongPassphrase`, `passphraseNeeded` or `unreadable`
 */
export function openDataKey(path: string, guard: KeyGuard): OpenedDataKey {
  if (!existsSync(path)) {
    const key = randomBytes(guard.random, DATA_KEY_BYTES)
    return { key, protection: writeDataKey(path, key, [guard]) }
  }
  const entries = readEntries(path)
  let failure: unknown
  for (const entry of entries) {
    try {
      const key = opened(entry, guard)
      if (entries.length > 1) writeDataKey(path, key, [guard])
      return { key, protection: entry.kind }
    } catch (error) {
      failure ??= error
    }
  }
  throw failure
}

/** Replaces the file as a whole: it opens with each of these from then on. Returns how the last protects it. */
export function writeDataKey(path: string, key: Uint8Array, guards: readonly KeyGuard[]): KeyProtection {
  const writer = new ByteWriter()
  let protection: KeyProtection = 'file'
  for (const guard of guards) protection = writeEntry(writer, key, guard)
  writeFileAtomically(path, writer.finish())
  return protection
}

function writeEntry(writer: ByteWriter, key: Uint8Array, { passphrase, keyStore, random }: KeyGuard): KeyProtection {
  if (passphrase) {
    const passKey = PassKey.create(passphrase, random)
    const { nonce, sealed } = passKey.seal(key, random)
    passKey.wipe()
    for (const part of [utf8Encode(MAGIC.passphrase), passKey.salt, nonce, sealed]) writer.bytes(part)
    return 'passphrase'
  }
  if (keyStore) {
    const wrapped = keyStore.wrap(key)
    writer.bytes(utf8Encode(MAGIC.system))
    writer.u16(wrapped.length)
    writer.bytes(wrapped)
    return 'system'
  }
  writer.bytes(utf8Encode(MAGIC.file))
  writer.bytes(key)
  return 'file'
}

function readEntries(path: string): KeyEntry[] {
  try {
    const reader = new ByteReader(new Uint8Array(readFileSync(path)))
    const entries: KeyEntry[] = []
    do entries.push(readEntry(reader))
    while (reader.remaining > 0)
    return entries
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new ProfileError('unreadable', `the key file ${path} is damaged; it was left as it is`, error)
  }
}

/** Throws DecodeError. */
function readEntry(reader: ByteReader): KeyEntry {
  const magic = utf8Decode(reader.bytes(MAGIC_BYTES))
  if (magic === MAGIC.file) return { kind: 'file', key: reader.bytes(DATA_KEY_BYTES).slice() }
  if (magic === MAGIC.passphrase) {
    const [salt, nonce] = [reader.bytes(PASS_SALT_BYTES), reader.bytes(NONCE_BYTES)]
    return { kind: 'passphrase', salt, nonce, sealed: reader.bytes(MAC_BYTES + DATA_KEY_BYTES) }
  }
  if (magic !== MAGIC.system) throw new DecodeError('no entry of a key file')
  const length = reader.u16()
  if (length > WRAPPED_BYTES_MAX) throw new DecodeError('a wrapped key is too long')
  return { kind: 'system', wrapped: reader.bytes(length) }
}

function opened(entry: KeyEntry, { passphrase, keyStore }: KeyGuard): Uint8Array {
  if (entry.kind === 'file') return entry.key
  if (entry.kind === 'system') return unwrapped(entry.wrapped, keyStore)
  if (!passphrase) throw new ProfileError('passphraseNeeded', 'the profile is protected by a passphrase')
  const passKey = new PassKey(passphrase, entry.salt)
  const key = passKey.open(entry.nonce, entry.sealed)
  passKey.wipe()
  if (!key) throw new ProfileError('wrongPassphrase', 'wrong passphrase for the key of the database')
  return key
}

function unwrapped(wrapped: Uint8Array, keyStore: KeyStore | undefined): Uint8Array {
  if (!keyStore) {
    throw new ProfileError(
      'unreadable',
      "the profile's key is kept by the system for the desktop app: open it there, and set a passphrase to use it elsewhere",
    )
  }
  try {
    const key = keyStore.unwrap(wrapped)
    if (key.length === DATA_KEY_BYTES) return key
  } catch (error) {
    throw new ProfileError('unreadable', "the system's key store does not give out the profile's key", error)
  }
  throw new ProfileError('unreadable', "the system's key store gave out another key than the profile's")
}
