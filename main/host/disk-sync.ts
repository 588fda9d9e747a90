import { fsync } from 'node:fs'

/**
 * Makes sure that what came of one open file is on the disk, beside everything else: for 16 MiB a disk takes from a
 * twentieth of a second to several seconds. It is of no use any more once the file is closed: another may have its number.
 */
export class DiskSync {
  readonly #file: number
  #isUnderWay = false
  #syncedBytes: number | undefined
  #fault: Error | undefined

  constructor(file: number) {
    this.#file = file
  }

  /** Begins with the first `upTo` bytes, which were written; not while it is under way. */
  begin(upTo: number): void {
    if (this.#isUnderWay) return
    this.#isUnderWay = true
    fsync(this.#file, (fault) => {
      this.#isUnderWay = false
      if (fault) this.#fault = fault
      else this.#syncedBytes = upTo
    })
  }

  /** How many bytes are on the disk for sure, told once. Throws the system's error, if there was one. */
  take(): number | undefined {
    if (this.#fault) throw this.#fault
    const syncedBytes = this.#syncedBytes
    this.#syncedBytes = undefined
    return syncedBytes
  }
}
