import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { ApiError, ApiErrorCode } from '../../shared/api/errors.ts'
import { shortenedFileName } from './safe-file-name.ts'

/** The last part of a path, cut to what Tox allows; its ending stays. */
export function fileNameOf(path: string): string {
  return shortenedFileName(basename(path))
}

/** Throws ApiError with the reason in words. */
export function openToRead(path: string): number {
  try {
    return openFile(path)
  } catch (error) {
    throw new ApiError(ApiErrorCode.Unreadable, `${path} cannot be read: ${wordsOf(error)}`)
  }
}

/** The same in the system's words. */
export function openFile(path: string): number {
  if (!statSync(path).isFile()) throw new Error('it is no file')
  return openSync(path, 'r')
}

/** Never overwrites. Throws ApiError with the reason in words. */
export function openToWrite(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (error) {
    throw new ApiError(ApiErrorCode.Unreadable, `${path} cannot be written: ${wordsOf(error)}`)
  }
}

/** The system's reason without the path, which the message has already. */
export function wordsOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file or folder'
  if (code === 'EEXIST') return 'there is one already'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'ENOSPC') return 'the disk is full'
  return error instanceof Error ? error.message : String(error)
}

/** All bytes of a file of at most `bytesMax` bytes. Throws ApiError if it is longer or cannot be read. */
export function readWholeFile(path: string, bytesMax: number): Uint8Array {
  const file = openToRead(path)
  try {
    const { size } = fstatSync(file)
    if (size > bytesMax) {
      throw new ApiError(ApiErrorCode.Impossible, `only files up to ${bytesMax} bytes can wait for a friend`)
    }
    const bytes = new Uint8Array(size)
    if (readSync(file, bytes, 0, size, 0) !== size) throw new ApiError(ApiErrorCode.Unreadable, `${path} changed`)
    return bytes
  } finally {
    closeSync(file)
  }
}
