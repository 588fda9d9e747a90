import { randomBytes } from 'node:crypto'
import { createReadStream, type ReadStream } from 'node:fs'
import { lstat, mkdir, open, readdir, rm, rmdir, stat, statfs } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { safeFileName } from '../host/safe-file-name.ts'

/** One uploaded file. Tox itself has no bound that would do. */
export const UPLOAD_BYTES_MAX = 4 * 1_024 ** 3
/** What an upload leaves free on the disk. */
const DISK_RESERVE_BYTES = 256 * 1_024 ** 2
/** The host opens an uploaded file as soon as the page asks it to, and holds it open: the name can go then. */
const UPLOAD_MS_MAX = 3_600_000
/** What was written for a person and not fetched by their browser. */
const SAVE_MS_MAX = 7 * 86_400_000
const ISSUED_COUNT_MAX = 1_000

export type ExchangeProblem = 'tooLarge' | 'noRoom' | 'gone'

/** A file that could not change hands. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError'
  readonly problem: ExchangeProblem

  constructor(problem: ExchangeProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

export interface ExchangeOptions {
  readonly folder: string
  readonly uploadBytesMax?: number
  readonly now?: () => number
}

/**
 * Where a browser and the host hand files to each other: the browser cannot name files of this computer, and shall not.
 * It uploads what the host is to read, and fetches what the host wrote. Each file has a folder of its own, with a name made
 * of chance; only paths that were made here are known here.
 *
 * The files are not sealed. They live as briefly as can be: uploads for an hour at most and not beyond the end of the
 * process; what was written for the person until their browser has it, a week after its last byte at most.
 */
export class Exchange {
  readonly #uploads: string
  readonly #saves: string
  readonly #uploadBytesMax: number
  readonly #now: () => number
  readonly #issued = new Map<string, 'upload' | 'save'>()

  private constructor({ folder, uploadBytesMax = UPLOAD_BYTES_MAX, now = Date.now }: ExchangeOptions) {
    this.#uploads = join(folder, 'uploads')
    this.#saves = join(folder, 'saves')
    this.#uploadBytesMax = uploadBytesMax
    this.#now = now
  }

  /** Makes the folder, for the user's eyes only, and clears what an earlier run left in it. */
  static async open(options: ExchangeOptions): Promise<Exchange> {
    const exchange = new Exchange(options)
    await exchange.#clearUploads()
    await mkdir(exchange.#saves, { recursive: true, mode: 0o700 })
    await exchange.sweep()
    await exchange.#issueSaves()
    return exchange
  }

  /** Whether the host may read at `path`: a browser put it there. */
  isUpload(path: string): boolean {
    return this.#issued.get(path) === 'upload'
  }

  /** Whether the host may write at `path`: a browser asked for it. */
  isSave(path: string): boolean {
    return this.#issued.get(path) === 'save'
  }

  /**
   * Streams an upload to disk.
   *
   * sizeBytes   what the browser announces, if it does
   * returns     the path, for `path` arguments of the contract
   * throws      ExchangeError; nothing is left then
   */
  async receive(name: string, body: Readable, sizeBytes: number | undefined): Promise<string> {
    // It may break off before anything reads it: the pipeline tells of it then.
    body.on('error', () => {})
    await this.#checkRoom(sizeBytes ?? 0)
    const path = await this.#newPath(this.#uploads, name)
    try {
      const file = await open(path, 'wx', 0o600)
      await pipeline(body, bounded(this.#uploadBytesMax), file.createWriteStream())
    } catch (error) {
      await rm(dirname(path), { recursive: true, force: true })
      throw isFull(error) ? noRoom() : error
    }
    this.#issue(path, 'upload')
    return path
  }

  /** A path where nothing is yet, in a folder that is there. */
  async reserve(name: string): Promise<string> {
    const path = await this.#newPath(this.#saves, name)
    this.#issue(path, 'save')
    return path
  }

  /** What the host wrote at a path of `reserve`. Throws ExchangeError where there is nothing (any more). */
  async read(path: string): Promise<{ readonly name: string; readonly sizeBytes: number; readonly body: ReadStream }> {
    const found = this.isSave(path) ? await lstat(path).catch(() => undefined) : undefined
    if (!found?.isFile()) throw new ExchangeError('gone', 'this file is not here any more: save it again')
    return { name: basename(path), sizeBytes: found.size, body: createReadStream(path) }
  }

  /** The browser has it. */
  async forget(path: string): Promise<void> {
    if (!this.#issued.delete(path)) return
    await rm(dirname(path), { recursive: true, force: true })
  }

  /** Removes what is older than it may become. */
  async sweep(): Promise<void> {
    await this.#sweepFolder(this.#uploads, UPLOAD_MS_MAX)
    await this.#sweepFolder(this.#saves, SAVE_MS_MAX)
  }

  async close(): Promise<void> {
    await this.#clearUploads()
    for (const name of await readdir(this.#saves)) await rmdir(join(this.#saves, name)).catch(isNotEmpty)
  }

  /** What an earlier run wrote for the person is still theirs to fetch. */
  async #issueSaves(): Promise<void> {
    for (const entry of await readdir(this.#saves, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) this.#issue(join(entry.parentPath, entry.name), 'save')
    }
  }

  async #clearUploads(): Promise<void> {
    await rm(this.#uploads, { recursive: true, force: true })
    await mkdir(this.#uploads, { recursive: true, mode: 0o700 })
  }

  async #checkRoom(sizeBytes: number): Promise<void> {
    if (sizeBytes > this.#uploadBytesMax) throw tooLarge(this.#uploadBytesMax)
    const { bavail, bsize } = await statfs(this.#uploads)
    if (bavail * bsize < sizeBytes + DISK_RESERVE_BYTES) throw noRoom()
  }

  async #newPath(parent: string, name: string): Promise<string> {
    const folder = join(parent, randomBytes(12).toString('hex'))
    await mkdir(folder, { mode: 0o700 })
    return join(folder, safeFileName(name, process.platform))
  }

  #issue(path: string, kind: 'upload' | 'save'): void {
    this.#issued.set(path, kind)
    const [oldest] = this.#issued.keys()
    if (this.#issued.size > ISSUED_COUNT_MAX && oldest !== undefined) this.#issued.delete(oldest)
  }

  async #sweepFolder(parent: string, ageMsMax: number): Promise<void> {
    for (const name of await readdir(parent)) {
      const folder = join(parent, name)
      if (this.#now() - (await changedAt(folder)) < ageMsMax) continue
      await rm(folder, { recursive: true, force: true })
      for (const path of this.#issued.keys()) if (path.startsWith(folder + sep)) this.#issued.delete(path)
    }
  }
}

/** When a folder, or a file in it, was last changed: what a friend sends may go on for days. Infinity where none is there. */
async function changedAt(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => [])
  const found = await Promise.all(['.', ...names].map((name) => stat(join(folder, name)).catch(() => undefined)))
  const times = found.flatMap((each) => (each ? [each.mtimeMs] : []))
  return times.length > 0 ? Math.max(...times) : Number.POSITIVE_INFINITY
}

/** Lets so many bytes through, and fails at the next. */
function bounded(bytesMax: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > bytesMax) done(tooLarge(bytesMax))
      else done(undefined, chunk)
    },
  })
}

function tooLarge(bytesMax: number): ExchangeError {
  return new ExchangeError('tooLarge', `the file is larger than ${bytesMax} bytes: Ampoule does not take it`)
}

function noRoom(): ExchangeError {
  return new ExchangeError('noRoom', 'there is no room for this file on the disk where Ampoule keeps its data')
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

/** A folder with a file in it stays for the person. */
function isNotEmpty(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
}
