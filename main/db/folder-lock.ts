import { join } from 'node:path'
import Sqlite from 'better-sqlite3'

/**
 * Keeps a folder to one running instance by a lock of the operating system, which ends with the process however it ends.
 * SQLite has the only portable lock at hand: the file holds nothing.
 */
export class FolderLock {
  readonly #db: Sqlite.Database

  private constructor(db: Sqlite.Database) {
    this.#db = db
  }

  /** The lock, or undefined if another process has it. Throws SqliteError if the folder cannot be written. */
  static take(folder: string): FolderLock | undefined {
    const db = new Sqlite(join(folder, 'lock'), { timeout: 0 })
    try {
      db.pragma('locking_mode = EXCLUSIVE')
      db.exec('BEGIN EXCLUSIVE')
      return new FolderLock(db)
    } catch (error) {
      db.close()
      if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined
      throw error
    }
  }

  release(): void {
    this.#db.close()
  }
}
