import { closeSync, fstatSync, fsyncSync, readSync, writeSync } from 'node:fs'
import type { Instant } from '../base/time.ts'
import type { TransferFile, TransferRow } from '../db/transfers.ts'
import {
  checkSource,
  inodeOf,
  putDownPart,
  removeOpened,
  removePart,
  reopenPart,
  reopenSource,
} from './broken-files.ts'
import { openToWrite } from './disk-files.ts'
import { DiskSync } from './disk-sync.ts'
import { TransferRate } from './transfer-rate.ts'

/** So many bytes, and what comes while the disk is busy with them, may have to come again after the app was killed. */
const SYNC_STEP_BYTES = 16 * 1_024 ** 2

/** A transfer that is not over: its row as it is now, the engine's name for it, and the open file. */
export class LiveTransfer {
  readonly rate = new TransferRate()
  row: TransferRow
  /** What the person was last told. */
  toldBytes = 0
  /** Each side ends its own pause only; the own one outlives the connection. */
  isPausedByUs = false
  isPausedByFriend = false
  #transferId: number | undefined
  #isAccepted = false
  /** Where the friend wants the file from is known by the first bytes only. */
  #isStartOpen = true
  #file: number | undefined
  /** Of the open file. */
  #sync: DiskSync | undefined

  /** `file` is open for reading, or undefined: there is nothing to read or write yet. */
  constructor(row: TransferRow, transferId: number | undefined, file: number | undefined) {
    this.row = row
    this.#transferId = transferId
    this.#file = file
  }

  /** The engine's name for it; undefined while the friend is away. */
  get transferId(): number | undefined {
    return this.#transferId
  }

  get isAccepted(): boolean {
    return this.#isAccepted
  }

  get transferredBytes(): number {
    return this.row.file.transferredBytes
  }

  /** How it stands. Of two pauses it is the own one: the one that the person can end. */
  get flow(): 'offered' | 'running' | 'paused' | 'paused-by-friend' | 'awaiting-friend' {
    if (this.isPausedByUs) return 'paused'
    if (this.#transferId === undefined) return 'awaiting-friend'
    if (!this.#isAccepted) return 'offered'
    return this.isPausedByFriend ? 'paused-by-friend' : 'running'
  }

  /** From which byte the rest of a received file is asked for: the last one again where all are here, for the end to come. */
  get startPosition(): number {
    const { syncedBytes = 0, sizeBytes = 0 } = this.row.file
    return Math.max(0, Math.min(syncedBytes, sizeBytes - 1))
  }

  accept(): void {
    this.#isAccepted = true
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

  /**
   * Has the disk made sure, step by step and beside everything else, of what came. Returns the row that says how much of it
   * is, if that is more by now. Throws the system's error.
   */
  syncBeside(): TransferRow | undefined {
    if (this.#file === undefined) return undefined
    this.#sync ??= new DiskSync(this.#file)
    const syncedBytes = this.#sync.take()
    if (syncedBytes !== undefined) this.#note({ syncedBytes })
    const { transferredBytes, syncedBytes: before = 0 } = this.row.file
    if (transferredBytes - before >= SYNC_STEP_BYTES) this.#sync.begin(transferredBytes)
    return syncedBytes === undefined ? undefined : this.row
  }

  /** Makes sure that all that came is on the disk. Returns the row that says so, or throws the system's error. */
  sync(): TransferRow {
    if (this.row.isOutgoing || this.#file === undefined) return this.row
    fsyncSync(this.#file)
    this.#note({ syncedBytes: this.transferredBytes })
    return this.row
  }

  /** Bytes up to there have gone over. */
  advance(upTo: number, now: Instant): void {
    this.#note({ transferredBytes: this.#isStartOpen ? upTo : Math.max(this.transferredBytes, upTo) })
    this.#isStartOpen = false
    // What was on its way when it was paused says nothing of the speed.
    if (this.row.state === 'running') this.rate.measure(this.transferredBytes, now)
  }

  /**
   * The connection is gone: the file is put down until the friend is back. Throws ChangedFileError if somebody else wrote
   * to what came, or the system's error.
   */
  breakOff(now: Instant): void {
    this.#transferId = undefined
    this.#isAccepted = false
    this.isPausedByFriend = false
    this.#note({ brokeOffAt: now })
    const { isOutgoing, file } = this.row
    const part = isOutgoing ? undefined : this.#file
    if (part === undefined) return this.putDown()
    this.#letGo()
    const modifiedAt = putDownPart(part, file)
    this.#note({ syncedBytes: file.transferredBytes, modifiedAt })
  }

  /** Opens the file again as it was put down. Throws ChangedFileError if it was changed, or why it cannot be opened. */
  pickUp(): void {
    const { isOutgoing, file } = this.row
    if (this.#file !== undefined) checkSource(this.#file, file)
    else if (isOutgoing) this.#file = reopenSource(file.path ?? '', file)
    else this.#file = reopenPart(file.path ?? '', file)
  }

  /** Closes the file until it is picked up. An upload stays open: its name goes, and it is here as long as it is open. */
  putDown(): void {
    if (this.#file === undefined || this.row.file.isUpload) return
    closeSync(this.#file)
    this.#letGo()
  }

  /** It was offered again, or is taken again from `startPosition`. */
  goOn(transferId: number): void {
    const { isOutgoing, file } = this.row
    this.#transferId = transferId
    this.#isStartOpen = true
    this.#note({ brokeOffAt: undefined })
    if (!isOutgoing) this.#note({ transferredBytes: file.syncedBytes ?? 0, modifiedAt: undefined })
  }

  /** What came is somebody else's by now: it stays as it is. */
  disownPart(): void {
    if (!this.row.isOutgoing) this.#note({ path: undefined, inode: undefined })
  }

  /** Closes the file. Half of a received one does not stay. */
  finish(isWhole: boolean): void {
    const { isOutgoing, file } = this.row
    const wasOpen = this.#file !== undefined
    if (this.#file !== undefined) closeSync(this.#file)
    this.#letGo()
    if (isWhole || isOutgoing) return
    if (wasOpen) removeOpened(file)
    else removePart(this.row)
  }

  #letGo(): void {
    this.#file = undefined
    this.#sync = undefined
  }

  #note(change: Partial<TransferFile>): void {
    this.row = { ...this.row, file: { ...this.row.file, ...change } }
  }
}

/** What an offered file is known by, its source being open. */
export function markOf(opened: number): { readonly sizeBytes: number; readonly modifiedAt: number } {
  const { size, mtimeMs } = fstatSync(opened)
  return { sizeBytes: size, modifiedAt: mtimeMs }
}
