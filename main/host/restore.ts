import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { wipe } from '../base/bytes.ts'
import type { Random } from '../base/random.ts'
import { PassKey } from '../crypto/pass-key.ts'
import { writeProfile } from '../engine/profile-file.ts'
import { syncFolder, writeFileAtomically } from './atomic-file.ts'
import { readBackup } from './backup.ts'
import { writeDataKey } from './data-key.ts'
import { PROFILE_FILES, ProfileFolder, readSavedProfile } from './profile-folder.ts'

/** Where a restored profile grows, and where it lies once it is whole. */
const UNFINISHED = 'restoring'
const FINISHED = 'restored'

/**
 * Makes a profile of a backup in a folder that has none. The backup's passphrase protects it from then on. It grows
 * beside the profile's place and is moved there when it is whole and opens; a kill on the way leaves none or all of it.
 *
 * throws   ProfileError `wrongPassphrase` or `unreadable`, or the system's error; the folder is as it was then
 */
export async function restoreProfile(
  folder: string,
  backupPath: string,
  passphrase: Uint8Array,
  random: Random,
): Promise<void> {
  const growing = join(folder, UNFINISHED)
  rmSync(growing, { recursive: true, force: true })
  mkdirSync(growing, { recursive: true, mode: 0o700 })
  try {
    await grow(growing, backupPath, passphrase, random)
    renameSync(growing, join(folder, FINISHED))
    syncFolder(folder)
  } catch (error) {
    rmSync(growing, { recursive: true, force: true })
    throw error
  }
  finishRestore(folder)
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

/** Moves a profile that was restored as a whole to its place; done at every start, as the last time may have been cut off. */
export function finishRestore(folder: string): void {
  const finished = join(folder, FINISHED)
  if (!existsSync(finished)) return
  for (const name of Object.values(PROFILE_FILES)) {
    if (existsSync(join(finished, name))) renameSync(join(finished, name), join(folder, name))
  }
  syncFolder(folder)
  rmSync(finished, { recursive: true, force: true })
}
