import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { wipe } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import { DataCipher, DataCipherError } from '../crypto/data-cipher.ts'
import { PassKey } from '../crypto/pass-key.ts'
import { DatabaseError } from '../db/database.ts'
import { ProfileDatabase } from '../db/profile-database.ts'
import {
  createProfile,
  isEncryptedProfile,
  readProfile,
  type SavedProfile,
  writeProfile,
} from '../engine/profile-file.ts'
import { writeFileAtomically } from './atomic-file.ts'
import { openDataKey } from './data-key.ts'
import { ProfileError } from './profile-error.ts'

/**
 * One person's folder: `profile.tox` (Tox's savefile), `ampoule.db` (history and engine state, sealed), `data.key` (what
 * seals it). While it is open the database's lock keeps other instances out.
 */
export class ProfileFolder {
  readonly path: string
  readonly database: ProfileDatabase
  readonly #random: Random
  readonly #cipher: DataCipher
  readonly #passKey: PassKey | undefined
  #profile: SavedProfile

  /**
   * Opens the folder, or makes a new identity in it. A passphrase for a new one encrypts it.
   *
   * throws   ProfileError; nothing is changed then
   */
  constructor(path: string, passphrase: Uint8Array | undefined, random: Random) {
    this.path = path
    this.#random = random
    makeFolder(path)
    const saved = readSavefile(join(path, 'profile.tox'), passphrase)
    refuseTornFolder(path)
    const isEncrypted = saved ? saved.isEncrypted : passphrase !== undefined
    const dataKey = openDataKey(join(path, 'data.key'), isEncrypted ? passphrase : undefined, random)
    this.#cipher = new DataCipher(dataKey, random)
    wipe(dataKey)
    this.#profile = saved?.profile ?? createProfile(random)
    this.#passKey = isEncrypted && passphrase ? PassKey.create(passphrase, random) : undefined
    try {
      if (!saved) this.save(this.#profile)
      this.database = openDatabase(join(path, 'ampoule.db'), this.#cipher)
    } catch (error) {
      this.#wipe()
      throw error
    }
  }

  get profile(): SavedProfile {
    return this.#profile
  }

  get isEncrypted(): boolean {
    return this.#passKey !== undefined
  }

  /** Where other people's records go: deleted at every start and stop. */
  get vaultPath(): string {
    return join(this.path, 'vault.db')
  }

  save(profile: SavedProfile): void {
    this.#profile = profile
    const protection = this.#passKey && { passKey: this.#passKey, random: this.#random }
    writeFileAtomically(join(this.path, 'profile.tox'), writeProfile(profile, protection))
  }

  close(): void {
    this.database.close()
    this.#wipe()
  }

  #wipe(): void {
    this.#cipher.wipe()
    this.#passKey?.wipe()
  }
}

/** A new folder gets its database last: one without the other files has lost them, and must not get new ones. */
function refuseTornFolder(path: string): void {
  if (!existsSync(join(path, 'ampoule.db'))) return
  for (const name of ['profile.tox', 'data.key']) {
    if (!existsSync(join(path, name))) {
      throw new ProfileError('unreadable', `${join(path, name)} is missing: put it back, or use a new profile folder`)
    }
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new ProfileError('unreadable', `the profile folder ${path} cannot be made or opened`, error)
  }
}

function readSavefile(
  path: string,
  passphrase: Uint8Array | undefined,
): { profile: SavedProfile; isEncrypted: boolean } | undefined {
  if (!existsSync(path)) return undefined
  const bytes = readBytes(path)
  return { profile: readSavedProfile(bytes, passphrase), isEncrypted: isEncryptedProfile(bytes) }
}

function readBytes(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path))
  } catch (error) {
    throw new ProfileError('unreadable', `${path} cannot be read`, error)
  }
}

/** Reads a savefile's bytes. Throws ProfileError with the reason in words. */
export function readSavedProfile(bytes: Uint8Array, passphrase: Uint8Array | undefined): SavedProfile {
  try {
    return readProfile(bytes, passphrase)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const reason = error instanceof Error ? error.message : String(error)
    if (code === 'wrongPassphrase') throw new ProfileError('wrongPassphrase', reason, error)
    if (code === 'passphraseNeeded')
      throw new ProfileError('passphraseNeeded', `${reason}: its passphrase is needed`, error)
    throw new ProfileError('unreadable', reason, error)
  }
}

function openDatabase(path: string, cipher: DataCipher): ProfileDatabase {
  try {
    return new ProfileDatabase(path, cipher)
  } catch (error) {
    throw asProfileError(error)
  }
}

/** What is wrong with the database, in words; any other error as it is. A key that is not its own shows at any value. */
export function asProfileError(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    return new ProfileError(error.code === 'locked' ? 'locked' : 'unreadable', error.message, error)
  }
  if (!(error instanceof DataCipherError)) return error
  return new ProfileError('unreadable', "the key file is not this database's; both were left as they are", error)
}
