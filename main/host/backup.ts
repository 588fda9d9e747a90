import { closeSync, fstatSync, fsyncSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { ByteReader } from '../base/byte-reader.ts'
import { ByteWriter } from '../base/byte-writer.ts'
import { concat, equalBytes, toHex, utf8Encode, wipe } from '../base/bytes.ts'
import { type Random, randomBytes } from '../base/random.ts'
import {
  CHUNK_BYTES,
  CHUNK_SALT_BYTES,
  ChunkCipher,
  isBearableCost,
  KEY_CHECK_BYTES,
  PASSPHRASE_COST,
  type PassphraseCost,
  SEALED_CHUNK_BYTES,
} from '../crypto/chunk-cipher.ts'
import { DATA_KEY_BYTES } from '../crypto/data-cipher.ts'
import { ProfileError } from './profile-error.ts'

const MAGIC = utf8Encode('AMPBAK1\n')
const HEADER_BYTES = MAGIC.length + 5 + CHUNK_SALT_BYTES
const SAVEFILE_BYTES_MAX = 64 * 2 ** 20
/** A person can go on writing while a long history is sealed: other work gets its turn after so many chunks. */
const CHUNKS_PER_TURN = 4

/** A copy of the database, with what SQLite may keep beside it. */
const COPY_NAME = /^backup-[0-9A-F]{16}\.tmp/

/** Where a copy of a profile's database lies while it is made a backup of. */
export function newCopyPath(profileFolder: string, random: Random): string {
  return join(profileFolder, `backup-${toHex(randomBytes(random, 8))}.tmp`)
}

/** Removes the copies of a run that was killed over a backup; while no other has the folder. */
export function removeCopies(profileFolder: string): void {
  for (const name of readdirSync(profileFolder)) if (COPY_NAME.test(name)) rmSync(join(profileFolder, name))
}

/** All that a profile is. */
export interface BackupContent {
  /** Tox's savefile, not encrypted. */
  readonly savefile: Uint8Array
  readonly dataKey: Uint8Array
}

/**
 * Writes one encrypted file that holds a whole profile. Only a chunk of it is in memory at a time.
 *
 * | bytes | header, open        | | bytes | sealed in chunks                       |
 * |-------|---------------------|-|-------|----------------------------------------|
 * | 8     | `AMPBAK1\n`         | | 4     | length of the savefile                 |
 * | 4     | Argon2id: KiB       | | …     | Tox savefile, plain                    |
 * | 1     | Argon2id: passes    | | 32    | data key                               |
 * | 16    | salt                | | …     | database, its columns sealed, to the end |
 * | 16    | check of the key    | |       |                                        |
 *
 * databasePath   a copy of the database that nobody writes to
 * returns        how long the file became
 * throws         the system's error if it cannot be written, EEXIST if there is one already; nothing is left then
 * source         docs/adr/0016-one-encrypted-file-for-a-backup.md
 */
export async function writeBackup(
  path: string,
  passphrase: Uint8Array,
  { savefile, dataKey, databasePath }: BackupContent & { readonly databasePath: string },
  random: Random,
  cost: PassphraseCost = PASSPHRASE_COST,
): Promise<number> {
  const target = openSync(path, 'wx', 0o600)
  try {
    const database = openSync(databasePath, 'r')
    try {
      const header = headerOf(randomBytes(random, CHUNK_SALT_BYTES), cost)
      const source = new ChunkSource(concat(prefixOf(savefile.length), savefile, dataKey), database)
      await seal(target, header, passphrase, source)
    } finally {
      closeSync(database)
    }
    fsyncSync(target)
    return fstatSync(target).size
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(target)
  }
}

function prefixOf(length: number): Uint8Array {
  const writer = new ByteWriter(4)
  writer.u32(length)
  return writer.finish()
}

async function seal(target: number, header: Uint8Array, passphrase: Uint8Array, source: ChunkSource): Promise<void> {
  const cipher = cipherOf(header, passphrase)
  try {
    writeFileSync(target, concat(header, cipher.keyCheck()))
    for (let count = 1; ; count += 1) {
      const { chunk, isLast } = source.next()
      writeFileSync(target, cipher.seal(chunk, isLast))
      wipe(chunk)
      if (isLast) break
      if (count % CHUNKS_PER_TURN === 0) await setImmediate()
    }
  } finally {
    cipher.wipe()
  }
}

/** Bytes in memory and then those of a file, in chunks. */
class ChunkSource {
  readonly #file: number
  readonly #totalBytes: number
  #beginning: Uint8Array
  #takenBytes = 0
  #fileAt = 0

  constructor(beginning: Uint8Array, file: number) {
    this.#beginning = beginning
    this.#file = file
    this.#totalBytes = beginning.length + fstatSync(file).size
  }

  next(): { readonly chunk: Uint8Array; readonly isLast: boolean } {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, this.#totalBytes - this.#takenBytes))
    const fromMemory = this.#beginning.subarray(0, chunk.length)
    chunk.set(fromMemory)
    wipe(fromMemory)
    this.#beginning = this.#beginning.subarray(fromMemory.length)
    const wanted = chunk.length - fromMemory.length
    if (readSync(this.#file, chunk, fromMemory.length, wanted, this.#fileAt) !== wanted) {
      throw new Error('the copy of the database became shorter')
    }
    this.#fileAt += wanted
    this.#takenBytes += chunk.length
    return { chunk, isLast: this.#takenBytes === this.#totalBytes }
  }
}

/**
 * Opens a backup, which must be whole, and writes its database to a new file at `databasePath`.
 *
 * throws   ProfileError `wrongPassphrase`, or `unreadable` if it is no backup, damaged or cut off; the database's file may
 *          be there in part then
 */
export async function readBackup(path: string, passphrase: Uint8Array, databasePath: string): Promise<BackupContent> {
  const source = openBackup(path)
  try {
    const header = readExactly(source, HEADER_BYTES + KEY_CHECK_BYTES, 0)
    const cipher = cipherOf(header.subarray(0, HEADER_BYTES), passphrase)
    try {
      if (!cipher.isKeyCheck(header.subarray(HEADER_BYTES))) {
        throw new ProfileError('wrongPassphrase', 'wrong passphrase for this backup')
      }
      return await unseal(source, cipher, databasePath)
    } finally {
      cipher.wipe()
    }
  } finally {
    closeSync(source)
  }
}

async function unseal(source: number, cipher: ChunkCipher, databasePath: string): Promise<BackupContent> {
  const database = openSync(databasePath, 'wx', 0o600)
  try {
    const sorter = new ContentSorter(database)
    const end = fstatSync(source).size
    for (let at = HEADER_BYTES + KEY_CHECK_BYTES, count = 1; ; count += 1) {
      const length = Math.min(SEALED_CHUNK_BYTES, end - at)
      const isLast = at + length === end
      const chunk = cipher.open(readExactly(source, length, at), isLast)
      if (!chunk) throw damaged()
      sorter.take(chunk)
      wipe(chunk)
      if (isLast) break
      at += length
      if (count % CHUNKS_PER_TURN === 0) await setImmediate()
    }
    fsyncSync(database)
    return sorter.finish()
  } finally {
    closeSync(database)
  }
}

/** Takes what was sealed apart: what comes first stays in memory, the database goes to its file. */
class ContentSorter {
  readonly #database: number
  #beginning: Uint8Array = new Uint8Array(0)
  #content: BackupContent | undefined

  constructor(database: number) {
    this.#database = database
  }

  take(chunk: Uint8Array): void {
    if (this.#content) {
      writeFileSync(this.#database, chunk)
      return
    }
    const former = this.#beginning
    this.#beginning = concat(former, chunk)
    wipe(former)
    if (this.#beginning.length < 4) return
    const reader = new ByteReader(this.#beginning)
    const length = reader.u32()
    if (length > SAVEFILE_BYTES_MAX) throw damaged()
    if (reader.remaining < length + DATA_KEY_BYTES) return
    this.#content = { savefile: reader.bytes(length).slice(), dataKey: reader.bytes(DATA_KEY_BYTES).slice() }
    writeFileSync(this.#database, reader.rest())
    wipe(this.#beginning)
  }

  finish(): BackupContent {
    if (!this.#content) throw damaged()
    return this.#content
  }
}

function headerOf(salt: Uint8Array, cost: PassphraseCost): Uint8Array {
  const writer = new ByteWriter(HEADER_BYTES)
  writer.bytes(MAGIC)
  writer.u32(cost.memoryKib)
  writer.u8(cost.passes)
  writer.bytes(salt)
  return writer.finish()
}

function cipherOf(header: Uint8Array, passphrase: Uint8Array): ChunkCipher {
  const reader = new ByteReader(header)
  if (!equalBytes(reader.bytes(MAGIC.length), MAGIC)) {
    throw new ProfileError('unreadable', 'this is no backup of Ampoule, or one of a newer version')
  }
  const cost = { memoryKib: reader.u32(), passes: reader.u8() }
  if (!isBearableCost(cost)) throw damaged()
  return new ChunkCipher(passphrase, reader.rest(), cost, header)
}

function openBackup(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new ProfileError('unreadable', `the backup ${path} cannot be read`, error)
  }
}

/** Throws ProfileError `unreadable` where the file ends before. */
function readExactly(file: number, length: number, at: number): Uint8Array {
  const bytes = new Uint8Array(length)
  if (length <= 0 || readSync(file, bytes, 0, length, at) !== length) throw damaged()
  return bytes
}

function damaged(): ProfileError {
  return new ProfileError('unreadable', 'the backup is damaged or was cut off; nothing was changed')
}
