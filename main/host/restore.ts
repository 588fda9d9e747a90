import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { wipe } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import { PassKey } from '../crypto/pass-key.ts'
import { writeProfile } from '../engine/profile-file.ts'
import { syncFolder, writeFileAtomically } from './atomic-file.ts'
import { readBackup } from './backup.ts'
import { writeDataKey } from './data-key.ts'
import { lockProfileFolder, PROFILE_FILES, ProfileFolder, readSavedProfile } from './profile-folder.ts'

/** Where a restored profile grows, and where it lies once it is whole. */
const UNFINISHED = 'restoring'
const FINISHED = 'restored'
/** What SQLite keeps beside a database that was not closed: it goes with the database, never with another. */
const DATABASE_SIDE_FILES = ['-wal', '-shm', '-journal'].map((ending) => `${PROFILE_FILES.database}${ending}`)

/**
 * Makes a profile of a backup. The backup's passphrase protects it from then on. It grows beside the profile's place and
 * is moved there when it is whole and opens; a kill on the way leaves none or all of it. A profile that is there already,
 * since it cannot be opened, is set aside.
 *
 * returns  the folder that holds what was set aside; undefined if nothing was there
 * throws   ProfileError `wrongPassphrase`, `unreadable`, or `locked` while another instance has the folder; or the
 *          system's error; the folder is as it was then
 */
export async function restoreProfile(
  folder: string,
  backupPath: string,
  passphrase: Uint8Array,
  random: Random,
): Promise<string | undefined> {
  const lock = lockProfileFolder(folder)
  const growing = join(folder, UNFINISHED)
  try {
    rmSync(growing, { recursive: true, force: true })
    mkdirSync(growing, { mode: 0o700 })
    await grow(growing, backupPath, passphrase, random)
    renameSync(growing, join(folder, FINISHED))
    syncFolder(folder)
    return takePlace(folder)
  } catch (error) {
    rmSync(growing, { recursive: true, force: true })
    throw error
  } finally {
    lock.release()
  }
}

async function grow(growing: string, backupPath: string, passphrase: Uint8Array, random: Random): Promise<void> {
  const { savefile, dataKey } = await readBackup(backupPath, passphrase, join(growing, PROFILE_FILES.database))
  const profile = readSavedProfile(savefile, undefined)
  const passKey = PassKey.create(passphrase, random)
  try {
    writeFileAtomically(join(growing, PROFILE_FILES.savefile), writeProfile(profile, { passKey, random }))
    writeDataKey(join(growing, PROFILE_FILES.dataKey), dataKey, [{ passphrase, keyStore: undefined, random }])
  } finally {
    wipe(savefile, dataKey)
    passKey.wipe()
  }
  // It opens, is brought to the newest schema, and its key is its own: only then it takes its place.
  new ProfileFolder(growing, { passphrase, random }).close()
}

/**
 * Moves a profile that was restored as a whole to its place; done at every start, as the last time may have been cut off.
 * Returns as `restoreProfile` does.
 */
export function finishRestore(folder: string): string | undefined {
  if (!existsSync(join(folder, FINISHED))) return undefined
  const lock = lockProfileFolder(folder)
  try {
    return takePlace(folder)
  } finally {
    lock.release()
  }
}

function takePlace(folder: string): string | undefined {
  const finished = join(folder, FINISHED)
  const coming = Object.values(PROFILE_FILES).filter((name) => existsSync(join(finished, name)))
  const aside = setAside(folder, coming)
  for (const name of coming) renameSync(join(finished, name), join(folder, name))
  syncFolder(folder)
  rmSync(finished, { recursive: true, force: true })
  return aside
}

/** Moves what stands where files are coming into a folder of its own; it is never deleted. All of it goes before one comes. */
function setAside(folder: string, coming: readonly string[]): string | undefined {
  const isDatabaseComing = coming.includes(PROFILE_FILES.database)
  const names = [...(isDatabaseComing ? DATABASE_SIDE_FILES : []), ...coming]
  const standing = names.filter((name) => existsSync(join(folder, name)))
  if (standing.length === 0) return undefined
  const aside = join(folder, `set-aside-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`)
  mkdirSync(aside, { mode: 0o700 })
  for (const name of standing) renameSync(join(folder, name), join(aside, name))
  syncFolder(aside)
  syncFolder(folder)
  return aside
}
