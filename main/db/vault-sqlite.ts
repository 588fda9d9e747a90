import { rmSync } from 'node:fs'
import Sqlite from 'better-sqlite3'
import { toHex } from '../base/bytes.ts'
import type { VaultCipher } from '../storage/vault-cipher.ts'
import type { Shelf } from '../storage/vault-shelf.ts'

/** Rows that wait to be written together, and their bytes: one transaction, 2 ms. */
const PENDING_ROWS_MAX = 64
const PENDING_BYTES_MAX = 2 ** 20
/** More at once would stall the thread: 100,000 deletions in one statement take 1.7 s, 50 take 4 ms. */
const DELETIONS_PER_WORK = 50
const CACHE_KIB = 4_096
/** Pages given back to the file system in one go. */
const VACUUM_PAGES = 256

interface PendingRow {
  readonly hash: Uint8Array
  readonly sealed: Uint8Array
  readonly endsAtMinute: number
}

/** A row of the file: coarse end, and a blob whose size alone tells something. */
interface VaultRow {
  readonly sealed: Buffer
}

export interface SqliteShelfOptions {
  readonly path: string
  readonly cipher: VaultCipher
  /** How large the file may become, if less than the disk allows. */
  readonly fileBytesMax?: number
}

/**
 * A shelf in a file of its own that is worth nothing to anybody but this process: names are keyed hashes, rows are
 * sealed, the keys lie in memory, and the file is deleted before the first bind and at stop.
 *
 * Written rows wait in memory for a few others. They count as held while they wait: a commit that fails loses none of
 * them, it is only tried again.
 */
export class SqliteShelf implements Shelf {
  readonly #path: string
  readonly #cipher: VaultCipher
  readonly #fileBytesMax: number | undefined
  readonly #pending = new Map<string, PendingRow>()
  readonly #deletions = new Map<string, Uint8Array>()
  #pendingBytes = 0
  #isVacuumDue = false
  #file: VaultFile

  /** Throws SqliteError if the file cannot be made. */
  constructor({ path, cipher, fileBytesMax }: SqliteShelfOptions) {
    this.#path = path
    this.#cipher = cipher
    this.#fileBytesMax = fileBytesMax
    deleteVaultFiles(path)
    this.#file = openVaultFile(path, fileBytesMax)
  }

  write(name: Uint8Array, bytes: Uint8Array, endsAtMinute: number): boolean {
    const hash = this.#cipher.hashOf(name)
    const sealed = this.#cipher.seal(hash, bytes)
    if (this.#isPendingFull(sealed.length) && !this.#flush()) return false
    const key = toHex(hash)
    this.#forgetPending(key)
    this.#deletions.delete(key)
    this.#pending.set(key, { hash, sealed, endsAtMinute })
    this.#pendingBytes += sealed.length
    return true
  }

  read(name: Uint8Array): Uint8Array | undefined {
    const hash = this.#cipher.hashOf(name)
    const key = toHex(hash)
    const waiting = this.#pending.get(key)
    if (waiting) return this.#cipher.open(hash, waiting.sealed)
    if (this.#deletions.has(key)) return undefined
    const row = this.#attempt(() => this.#file.select.get(hash))
    return row && this.#cipher.open(hash, row.sealed)
  }

  delete(name: Uint8Array): void {
    const hash = this.#cipher.hashOf(name)
    const key = toHex(hash)
    this.#forgetPending(key)
    this.#deletions.set(key, hash)
  }

  work(): boolean {
    if (this.#deletions.size > 0) return this.#deleteSome() && this.#flush()
    if (this.#isVacuumDue) this.#vacuum()
    return this.#flush()
  }

  get hasWork(): boolean {
    return this.#pending.size > 0 || this.#deletions.size > 0 || this.#isVacuumDue
  }

  get queueFullness(): number {
    return Math.min(1, Math.max(this.#pending.size / PENDING_ROWS_MAX, this.#pendingBytes / PENDING_BYTES_MAX))
  }

  clear(): void {
    this.#discard()
    this.#file = openVaultFile(this.#path, this.#fileBytesMax)
  }

  /** Ends all use of the shelf: deletes its files and wipes the keys that they were sealed with. */
  close(): void {
    this.#discard()
    this.#cipher.wipe()
  }

  #discard(): void {
    this.#pending.clear()
    this.#deletions.clear()
    this.#pendingBytes = 0
    this.#isVacuumDue = false
    this.#attempt(() => this.#file.db.close())
    deleteVaultFiles(this.#path)
  }

  #isPendingFull(addedBytes: number): boolean {
    return this.#pending.size >= PENDING_ROWS_MAX || this.#pendingBytes + addedBytes > PENDING_BYTES_MAX
  }

  #forgetPending(key: string): void {
    const row = this.#pending.get(key)
    if (!row) return
    this.#pending.delete(key)
    this.#pendingBytes -= row.sealed.length
  }

  #flush(): boolean {
    if (this.#pending.size === 0) return true
    const isWritten = this.#attempt(() => this.#file.upsertAll([...this.#pending.values()])) !== undefined
    if (!isWritten) return false
    this.#pending.clear()
    this.#pendingBytes = 0
    return true
  }

  #deleteSome(): boolean {
    const some = [...this.#deletions].slice(0, DELETIONS_PER_WORK)
    if (this.#attempt(() => this.#file.deleteAll(some.map(([, hash]) => hash))) === undefined) return false
    for (const [key] of some) this.#deletions.delete(key)
    if (this.#deletions.size === 0) this.#isVacuumDue = true
    return true
  }

  #vacuum(): void {
    const free = this.#attempt(() => {
      this.#file.db.pragma(`incremental_vacuum(${VACUUM_PAGES})`)
      return Number(this.#file.db.pragma('freelist_count', { simple: true }))
    })
    this.#isVacuumDue = (free ?? 0) > 0
  }

  /** A full or failing disk is a state of affairs: undefined, and the vault goes on with what it can still do. */
  #attempt<T>(act: () => T): T | undefined {
    try {
      return act()
    } catch (error) {
      if (error instanceof Sqlite.SqliteError) return undefined
      throw error
    }
  }
}

/** Deletes a vault's file with all that SQLite may have put beside it. What does not exist is no error. */
export function deleteVaultFiles(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
}

type VaultFile = ReturnType<typeof openVaultFile>

function openVaultFile(path: string, fileBytesMax: number | undefined) {
  const db = new Sqlite(path, { timeout: 0 })
  db.pragma('auto_vacuum = INCREMENTAL')
  db.pragma('locking_mode = EXCLUSIVE')
  // Nothing here outlives the process, so nothing is made to survive a crash: no flushing, and the journal, which a
  // full disk makes necessary, stays in memory.
  db.pragma('journal_mode = MEMORY')
  db.pragma('synchronous = OFF')
  db.pragma('temp_store = MEMORY')
  db.pragma(`cache_size = -${CACHE_KIB}`)
  const pageBytes = Number(db.pragma('page_size', { simple: true }))
  if (fileBytesMax !== undefined) db.pragma(`max_page_count = ${Math.max(8, Math.floor(fileBytesMax / pageBytes))}`)
  // A rowid table: blobs in a WITHOUT ROWID table would make every insertion move its neighbours.
  db.exec(`
    CREATE TABLE vault (
      name_hash BLOB NOT NULL CHECK (length(name_hash) = 32),
      ends_at_minute INTEGER NOT NULL,
      sealed BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX vault_by_name ON vault (name_hash);
  `)
  const upsert = db.prepare<[Uint8Array, number, Uint8Array]>(
    `INSERT INTO vault (name_hash, ends_at_minute, sealed) VALUES (?, ?, ?)
     ON CONFLICT (name_hash) DO UPDATE SET ends_at_minute = excluded.ends_at_minute, sealed = excluded.sealed`,
  )
  const remove = db.prepare<[Uint8Array]>('DELETE FROM vault WHERE name_hash = ?')
  return {
    db,
    select: db.prepare<[Uint8Array], VaultRow>('SELECT sealed FROM vault WHERE name_hash = ?'),
    upsertAll: db.transaction((rows: readonly PendingRow[]): true => {
      for (const { hash, endsAtMinute, sealed } of rows) upsert.run(hash, endsAtMinute, sealed)
      return true
    }),
    deleteAll: db.transaction((hashes: readonly Uint8Array[]): true => {
      for (const hash of hashes) remove.run(hash)
      return true
    }),
  }
}
