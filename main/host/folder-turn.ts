import { mkdirSync } from 'node:fs'
import { FolderLock } from '../db/folder-lock.ts'

/**
 * Takes a folder of the user's for this process alone, as long as it lives; makes it if it is not there.
 *
 * returns  how to let go of it, or undefined if another process has it
 */
export function takeFolder(folder: string): (() => void) | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const lock = FolderLock.take(folder)
  return lock && (() => lock.release())
}
