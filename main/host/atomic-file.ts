import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Replaces a file as a whole: after a crash it holds the old bytes or the new ones, never a mixture. Mode 0600. */
export function writeFileAtomically(path: string, bytes: Uint8Array): void {
  const draft = `${path}.new`
  try {
    writeAndSync(draft, bytes, 'w')
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
  syncFolder(dirname(path))
}

/** Writes a file that must not exist yet. Throws the system's EEXIST if it does. Mode 0600. */
export function writeNewFile(path: string, bytes: Uint8Array): void {
  writeAndSync(path, bytes, 'wx')
  syncFolder(dirname(path))
}

function writeAndSync(path: string, bytes: Uint8Array, flags: 'w' | 'wx'): void {
  const file = openSync(path, flags, 0o600)
  try {
    writeSync(file, bytes)
    fsyncSync(file)
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
