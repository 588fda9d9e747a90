import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  rmSync,
  type Stats,
} from 'node:fs'
import type { TransferFile, TransferRow } from '../db/transfers.ts'
import type { FileEndReason } from '../../shared/model/file.ts'
import { openFile } from './disk-files.ts'

/** A file of a broken transfer is not what it was at the break, or before: it cannot go on. */
export class ChangedFileError extends Error {
  override readonly name = 'ChangedFileError'
  readonly reason: Extract<FileEndReason, 'source-changed' | 'part-changed'>

  constructor(reason: ChangedFileError['reason']) {
    super('the file was changed')
    this.reason = reason
  }
}

/** A symbolic link that took the place of what came is none of ours. Windows has no such flag. */
const TO_CONTINUE = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)

/** Opens the file that was offered, to offer it again. Throws ChangedFileError, or the system's error. */
export function reopenSource(path: string, file: TransferFile): number {
  return checked(openFile(path), (opened) => checkSource(opened, file))
}

/** Throws ChangedFileError if `opened` is not the file any more that was offered. */
export function checkSource(opened: number, { sizeBytes, modifiedAt }: TransferFile): void {
  const { size, mtimeMs } = fstatSync(opened)
  if (size !== sizeBytes || mtimeMs !== modifiedAt) throw new ChangedFileError('source-changed')
}

/**
 * Opens what came of a file to write on from `syncedBytes`. What a killed app had written beyond is cut off: nobody knows
 * whether the disk has it. Throws ChangedFileError, or the system's error.
 */
export function reopenPart(path: string, file: TransferFile): number {
  return checked(openSync(path, TO_CONTINUE), (opened) => {
    const { syncedBytes = 0 } = file
    const found = fstatSync(opened)
    if (!isPart(found, inodeOf(opened), file)) throw new ChangedFileError('part-changed')
    if (found.size > syncedBytes) ftruncateSync(opened, syncedBytes)
  })
}

/**
 * Closes what came of a file, all of it being on the disk. Returns when it was last changed, which is certain only now.
 * Throws ChangedFileError if somebody else wrote to it, or the system's error.
 */
export function putDownPart(opened: number, { path = '', transferredBytes }: TransferFile): number {
  const { size } = fstatSync(opened)
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
  if (size !== transferredBytes) throw new ChangedFileError('part-changed')
  return lstatSync(path).mtimeMs
}

/** Removes what came of a file: the very file that was being written, and only if nobody made it theirs since. */
export function removePart({ isOutgoing, file }: TransferRow): void {
  const { sizeBytes } = file
  if (isOutgoing || sizeBytes === undefined) return
  removeIf(file, (found, inode) => found.size < sizeBytes && isPart(found, inode, file))
}

/** Removes what is just being written; whatever else lies at its path by now stays. */
export function removeOpened(file: TransferFile): void {
  removeIf(file, (_found, inode) => inode === file.inode)
}

function removeIf({ path }: TransferFile, isOurs: (found: Stats, inode: string) => boolean): void {
  if (path === undefined) return
  try {
    if (isOurs(lstatSync(path), String(lstatSync(path, { bigint: true }).ino))) rmSync(path)
  } catch {
    // What cannot be reached or removed stays; the transfer is over all the same, and the app starts.
  }
}

/** The number of an open file in its file system. */
export function inodeOf(opened: number): string {
  return String(fstatSync(opened, { bigint: true }).ino)
}

/** Whether it is the file that was being written: as it was put down, or, where the app was killed, not longer than the whole. */
function isPart(found: Stats, inode: string, file: TransferFile): boolean {
  const { sizeBytes = 0, syncedBytes = 0, modifiedAt } = file
  if (!found.isFile() || inode !== file.inode) return false
  if (modifiedAt !== undefined) return found.size === syncedBytes && found.mtimeMs === modifiedAt
  return found.size >= syncedBytes && found.size <= sizeBytes
}

function checked(opened: number, check: (opened: number) => void): number {
  try {
    check(opened)
    return opened
  } catch (error) {
    closeSync(opened)
    throw error
  }
}
