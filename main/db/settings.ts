import type Sqlite from 'better-sqlite3'
import { utf8Decode, utf8Encode } from '../base/bytes.ts'
import type { ColumnCipher } from './column-cipher.ts'

/** Named JSON values: the app's settings and what else must be found again. */
export class SettingsTable {
  readonly #cipher: ColumnCipher
  readonly #get: Sqlite.Statement<[string], { sealed: Uint8Array }>
  readonly #put: Sqlite.Statement<[string, Uint8Array]>

  constructor(db: Sqlite.Database, cipher: ColumnCipher) {
    this.#cipher = cipher
    this.#get = db.prepare('SELECT sealed FROM settings WHERE name = ?')
    this.#put = db.prepare(
      'INSERT INTO settings (name, sealed) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed',
    )
  }

  /** The value as it was stored, unchecked: the caller holds it against its schema. */
  get(name: string): unknown {
    const row = this.#get.get(name)
    return row && JSON.parse(utf8Decode(this.#cipher.open(`settings.${name}`, row.sealed)))
  }

  set(name: string, value: unknown): void {
    this.#put.run(name, this.#cipher.seal(`settings.${name}`, utf8Encode(JSON.stringify(value))))
  }
}
