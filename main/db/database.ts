import Sqlite from 'better-sqlite3'
import { migrations } from './migrations/migrations.ts'

/** The database cannot be used; the message says why and what was kept. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
  readonly code: 'locked' | 'unreadable' | 'newer'

  constructor(code: 'locked' | 'unreadable' | 'newer', message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

/**
 * Opens (or creates) the user's database and brings it to the newest schema. The file is held by an exclusive lock of the
 * operating system until `close`, so a second instance is refused and a killed one leaves nothing behind.
 *
 * throws   DatabaseError `locked` if another instance has it, `unreadable` if it is no database, `newer` if a later
 *          version wrote it
 */
export function openDatabase(path: string): Sqlite.Database {
  let db: Sqlite.Database | undefined
  try {
    db = new Sqlite(path, { timeout: 0 })
    db.pragma('locking_mode = EXCLUSIVE')
    db.pragma('journal_mode = WAL')
    // Normal keeps all but the last transactions through a power cut and everything through a kill; a lost last
    // transaction would let a slot key be used twice, so every commit is flushed.
    db.pragma('synchronous = FULL')
    db.pragma('secure_delete = ON')
    db.pragma('temp_store = MEMORY')
    db.pragma('foreign_keys = ON')
    migrate(db)
    return db
  } catch (error) {
    db?.close()
    throw error instanceof DatabaseError ? error : databaseErrorOf(error)
  }
}

function databaseErrorOf(error: unknown): DatabaseError {
  const code = error instanceof Sqlite.SqliteError ? error.code : ''
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new DatabaseError('locked', 'the profile is in use by another running instance', error)
  }
  const reason = error instanceof Error ? error.message : String(error)
  return new DatabaseError(
    'unreadable',
    `the profile's database cannot be opened (${reason}); it was left as it is`,
    error,
  )
}

function migrate(db: Sqlite.Database): void {
  const version = Number(db.pragma('user_version', { simple: true }))
  const newest = migrations.at(-1)?.version ?? 0
  if (version > newest) throw new DatabaseError('newer', 'the profile was written by a newer version of Ampoule')
  db.transaction(() => {
    for (const migration of migrations) {
      if (migration.version <= version) continue
      db.exec(migration.sql)
      db.pragma(`user_version = ${migration.version}`)
    }
  }).immediate()
}

/** Moves the log into the file and empties it: with secure_delete, erased values are then gone from both. */
export function checkpoint(db: Sqlite.Database): void {
  db.pragma('wal_checkpoint(TRUNCATE)')
}
