import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { wipe } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import { DataCipher, DataCipherError } from '../crypto/data-cipher.ts'
import { PassKey } from '../crypto/pass-key.ts'
import { DatabaseError } from '../db/database.ts'
import { FolderLock } from '../db/folder-lock.ts'
import { ProfileDatabase } from '../db/profile-database.ts'
import {
  createProfile,
  isEncryptedProfile,
  readProfile,
  type SavedProfile,
  writeProfile,
} from '../engine/profile-file.ts'
import type { KeyProtection } from '../../shared/model/account.ts'
import { writeFileAtomically } from './atomic-file.ts'
import { type KeyGuard, openDataKey, writeDataKey } from './data-key.ts'
import type { KeyStore } from './key-store.ts'
import { ProfileError } from './profile-error.ts'

/** What a profile consists of, in the order in which one that was restored takes its place. */
export const PROFILE_FILES = { database: 'ampoule.db', dataKey: 'data.key', savefile: 'profile.tox' } as const

/** Made and taken away again, to see whether there is room. */
const ROOM_FILE = 'room.test'
/** More than what one turn writes, and what SQLite needs beside it. */
const ROOM_BYTES = 2 ** 20

export interface ProfileFolderOptions {
  /** What encrypts the savefile and wraps the data key. For a new folder: from now on. */
  readonly passphrase?: Uint8Array | undefined
  readonly random: Random
  /** What wraps the data key where there is no passphrase. */
  readonly keyStore?: KeyStore | undefined
  /** Who lives in a new folder; a fresh identity if left out. A folder that has one keeps it. */
  readonly identity?: SavedProfile | undefined
}

/**
 * One person's folder: `profile.tox` (Tox's savefile), `ampoule.db` (history and engine state, sealed), `data.key` (what
 * seals it). While it is open a lock keeps other instances out.
 */
export class ProfileFolder {
  readonly path: string
  readonly database: ProfileDatabase
  readonly #options: ProfileFolderOptions
  readonly #dataKey: Uint8Array
  readonly #cipher: DataCipher
  readonly #lock: FolderLock
  #passKey: PassKey | undefined
  #keyProtection: KeyProtection
  #profile: SavedProfile

  /**
   * Opens the folder, or makes an identity in it. A passphrase for a new one encrypts it.
   *
   * throws   ProfileError; nothing is changed then
   */
  constructor(path: string, options: ProfileFolderOptions) {
    const { passphrase, random } = options
    this.path = path
    this.#options = { random, keyStore: options.keyStore }
    this.#lock = lockProfileFolder(path)
    const taken = [() => this.#lock.release()]
    try {
      const saved = readSavefile(this.#savefilePath, passphrase)
      refuseTornFolder(path)
      const isEncrypted = saved ? saved.isEncrypted : passphrase !== undefined
      const { key, protection } = openDataKey(this.#dataKeyPath, this.#guard(isEncrypted ? passphrase : undefined))
      taken.push(() => wipe(key))
      this.#dataKey = key
      this.#keyProtection = protection
      const cipher = new DataCipher(key, random)
      taken.push(() => cipher.wipe())
      this.#cipher = cipher
      this.#profile = saved?.profile ?? options.identity ?? createProfile(random)
      this.#passKey = isEncrypted && passphrase ? PassKey.create(passphrase, random) : undefined
      taken.push(() => this.#passKey?.wipe())
      if (!saved) this.save(this.#profile)
      this.database = openDatabase(join(path, PROFILE_FILES.database), cipher)
    } catch (error) {
      for (const giveBack of taken.toReversed()) giveBack()
      throw error
    }
  }

  get profile(): SavedProfile {
    return this.#profile
  }

  get isEncrypted(): boolean {
    return this.#passKey !== undefined
  }

  get keyProtection(): KeyProtection {
    return this.#keyProtection
  }

  /** Where other people's records go: deleted at every start and stop. */
  get vaultPath(): string {
    return join(this.path, 'vault.db')
  }

  /** Whether the disk takes a file of some size, and keeps it. */
  hasRoom(): boolean {
    const path = join(this.path, ROOM_FILE)
    try {
      try {
        writeFileSync(path, new Uint8Array(ROOM_BYTES), { flush: true })
      } finally {
        rmSync(path, { force: true })
      }
      return true
    } catch {
      // Whatever it is that it does not take.
      return false
    }
  }

  /** What cannot be written leaves both file and profile as they were. */
  save(profile: SavedProfile): void {
    const protection = this.#passKey && { passKey: this.#passKey, random: this.#options.random }
    const bytes = writeProfile(profile, protection)
    try {
      writeFileAtomically(this.#savefilePath, bytes)
      this.#profile = profile
    } finally {
      wipe(bytes)
    }
  }

  /**
   * Sets, changes or (without `next`) removes the passphrase of savefile and data key. A kill at any moment leaves both
   * with the old one or both with the new one: the data key opens with either while the savefile is replaced.
   *
   * throws   ProfileError `wrongPassphrase` if there is one and `current` is not it; nothing is changed then
   */
  setPassphrase(current: Uint8Array | undefined, next: Uint8Array | undefined): void {
    const before = this.#guard(this.isEncrypted ? current : undefined)
    const after = this.#guard(next)
    wipe(openDataKey(this.#dataKeyPath, before).key)
    const former = this.#passKey
    this.#passKey = next && PassKey.create(next, this.#options.random)
    try {
      writeDataKey(this.#dataKeyPath, this.#dataKey, [before, after])
      this.save(this.#profile)
    } catch (error) {
      this.#passKey?.wipe()
      this.#passKey = former
      throw error
    }
    former?.wipe()
    this.#keyProtection = writeDataKey(this.#dataKeyPath, this.#dataKey, [after])
  }

  /** The key of the database, for a backup: the caller wipes its copy. */
  copyDataKey(): Uint8Array {
    return this.#dataKey.slice()
  }

  close(): void {
    this.database.close()
    wipe(this.#dataKey)
    this.#cipher.wipe()
    this.#passKey?.wipe()
    this.#lock.release()
  }

  get #savefilePath(): string {
    return join(this.path, PROFILE_FILES.savefile)
  }

  get #dataKeyPath(): string {
    return join(this.path, PROFILE_FILES.dataKey)
  }

  #guard(passphrase: Uint8Array | undefined): KeyGuard {
    return { passphrase, keyStore: this.#options.keyStore, random: this.#options.random }
  }
}

/** What is in a folder, without opening it: `locked` needs a passphrase. Throws ProfileError if it cannot be looked at. */
export function lookIntoFolder(path: string): 'new' | 'locked' | 'unlocked' {
  if (!existsSync(join(path, PROFILE_FILES.savefile)))
    return existsSync(join(path, PROFILE_FILES.database)) ? 'unlocked' : 'new'
  return isEncryptedProfile(readBytes(join(path, PROFILE_FILES.savefile))) ? 'locked' : 'unlocked'
}

/** A new folder gets its database last: one without the other files has lost them, and must not get new ones. */
function refuseTornFolder(path: string): void {
  if (!existsSync(join(path, PROFILE_FILES.database))) return
  for (const name of [PROFILE_FILES.savefile, PROFILE_FILES.dataKey]) {
    if (!existsSync(join(path, name))) {
      throw new ProfileError('unreadable', `${join(path, name)} is missing: put it back, or use a new profile folder`)
    }
  }
}

/**
 * Makes the folder if there is none, and keeps every other instance out of it until the lock is released.
 *
 * throws   ProfileError `locked` if another has it, `unreadable` if it cannot be made or written
 */
export function lockProfileFolder(path: string): FolderLock {
  makeFolder(path)
  let lock: FolderLock | undefined
  try {
    lock = FolderLock.take(path)
  } catch (error) {
    throw new ProfileError('unreadable', `nothing can be written into the profile folder ${path}`, error)
  }
  if (!lock) throw new ProfileError('locked', 'the profile is in use by another running instance')
  return lock
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
