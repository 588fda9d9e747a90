import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Replaces a file as a whole: after a crash, and on a disk that is full, it holds the old bytes or the new ones, never a
 * mixture. Mode 0600.
 */
export function writeFileAtomically(path: string, bytes: Uint8Array): void {
  const draft = `${path}.new`
  writeOrRemove(draft, bytes, 'w')
  try {
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  syncFolder(dirname(path))
}

/** Writes a file that must not exist yet, all of it or nothing. Throws the system's EEXIST if it does. Mode 0600. */
export function writeNewFile(path: string, bytes: Uint8Array): void {
  writeOrRemove(path, bytes, 'wx')
  syncFolder(dirname(path))
}

/** A file that could not be opened is not ours to remove. */
function writeOrRemove(path: string, bytes: Uint8Array, flags: 'w' | 'wx'): void {
  const file = openSync(path, flags, 0o600)
  try {
    // Not writeSync: it may write a part only, as it does where the disk becomes full, and says so by a number.
    writeFileSync(file, bytes)
    fsyncSync(file)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
}

/** Makes a rename or a new file in it last. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return // Windows has no handle on folders to flush.
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
