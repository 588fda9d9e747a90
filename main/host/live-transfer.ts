import { closeSync, fstatSync, fsyncSync, lstatSync, readSync, rmSync, writeSync } from 'node:fs'
import type { Instant } from '../base/time.ts'
import type { TransferFile, TransferRow } from '../db/transfers.ts'
import { openToWrite } from './disk-files.ts'
import { TransferRate } from './transfer-rate.ts'

/** A transfer that is under way: its row as it is now, the engine's name for it, and the open file. */
export class LiveTransfer {
  readonly transferId: number
  readonly rate = new TransferRate()
  row: TransferRow
  /** What the person was last told. */
  toldBytes = 0
  /** Each side ends its own pause only. */
  isPausedByUs = false
  isPausedByFriend = false
  #file: number | undefined

  /** `file` is open for reading, or undefined: there is nothing to read or write yet. */
  constructor(row: TransferRow, transferId: number, file: number | undefined) {
    this.row = row
    this.transferId = transferId
    this.#file = file
  }

  get transferredBytes(): number {
    return this.row.file.transferredBytes
  }

  /** How an accepted transfer stands. Of two pauses it is the own one: the one that the person can end. */
  get flow(): 'running' | 'paused' | 'paused-by-friend' {
    if (this.isPausedByUs) return 'paused'
    return this.isPausedByFriend ? 'paused-by-friend' : 'running'
  }

  /** From now on what comes is written to a new file. Throws ApiError if there is one already. */
  writeTo(path: string): void {
    this.#file = openToWrite(path)
    this.#note({ path, inode: inodeOf(this.#file) })
  }

  /** Throws Error if there are not so many bytes. */
  read(position: number, length: number): Uint8Array {
    const data = new Uint8Array(length)
    const read = this.#file === undefined ? 0 : readSync(this.#file, data, 0, length, position)
    if (read < length) throw new Error('the file became shorter')
    return data
  }

  /** Returns what was written: all of it, or it throws the system's error. */
  write(position: number, data: Uint8Array): Uint8Array {
    // A disk that becomes full takes a part, says so by a number, and refuses the rest.
    for (let done = 0; this.#file !== undefined && done < data.length; ) {
      done += writeSync(this.#file, data, done, data.length - done, position + done)
    }
    return data
  }

  /** Bytes up to there have gone over. */
  advance(upTo: number, now: Instant): void {
    this.#note({ transferredBytes: Math.max(this.transferredBytes, upTo) })
    // What was on its way when it was paused says nothing of the speed.
    if (this.row.state === 'running') this.rate.measure(this.transferredBytes, now)
  }

  /** Closes the file. Half of a received one does not stay. */
  finish(isWhole: boolean): void {
    const { isOutgoing, file } = this.row
    if (this.#file !== undefined) {
      if (isWhole && !isOutgoing) fsyncSync(this.#file)
      closeSync(this.#file)
    }
    this.#file = undefined
    if (!isWhole && !isOutgoing && file.path !== undefined) rmSync(file.path, { force: true })
  }

  #note(change: Partial<TransferFile>): void {
    this.row = { ...this.row, file: { ...this.row.file, ...change } }
  }
}

/**
 * Removes what came of a file before the app was killed: the very file that was being written, and only if it is still
 * shorter than it should be.
 */
export function removeHalfFile({ isOutgoing, file }: TransferRow): void {
  const { path, inode, sizeBytes } = file
  if (isOutgoing || path === undefined || sizeBytes === undefined) return
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (found?.isFile() && String(found.ino) === inode && found.size < sizeBytes) rmSync(path, { force: true })
}

function inodeOf(file: number): string {
  return String(fstatSync(file, { bigint: true }).ino)
}
