import type Sqlite from 'better-sqlite3'
import { ByteReader } from '../base/byte-reader.ts'
import { ByteWriter } from '../base/byte-writer.ts'
import { utf8Decode, utf8Encode } from '../base/bytes.ts'
import type { ColumnCipher } from './column-cipher.ts'

const PURPOSE = 'engine_state'

/** What the engine must find again after a restart: named rows, name and value sealed together. */
export class EngineState {
  readonly #cipher: ColumnCipher
  readonly #all: Sqlite.Statement<[], { sealed: Uint8Array }>
  readonly #put: Sqlite.Statement<[Uint8Array, Uint8Array]>
  readonly #erase: Sqlite.Statement<[Uint8Array]>

  constructor(db: Sqlite.Database, cipher: ColumnCipher) {
    this.#cipher = cipher
    this.#all = db.prepare('SELECT sealed FROM engine_state')
    this.#put = db.prepare(
      `INSERT INTO engine_state (fingerprint, sealed) VALUES (?, ?)
       ON CONFLICT (fingerprint) DO UPDATE SET sealed = excluded.sealed`,
    )
    this.#erase = db.prepare('DELETE FROM engine_state WHERE fingerprint = ?')
  }

  /** Every row. Throws what `cipher.open` throws if one was altered. */
  load(): Map<string, Uint8Array> {
    const rows = new Map<string, Uint8Array>()
    for (const { sealed } of this.#all.iterate()) {
      const reader = new ByteReader(this.#cipher.open(PURPOSE, sealed))
      const key = utf8Decode(reader.bytes(reader.u16()))
      rows.set(key, reader.rest().slice())
    }
    return rows
  }

  /** Sets one row, or erases it if `value` is undefined. Inside the caller's transaction. */
  write(key: string, value: Uint8Array | undefined): void {
    const name = utf8Encode(key)
    const fingerprint = this.#cipher.fingerprint(PURPOSE, name)
    if (value === undefined) {
      this.#erase.run(fingerprint)
      return
    }
    const writer = new ByteWriter(name.length + value.length + 2)
    writer.u16(name.length)
    writer.bytes(name)
    writer.bytes(value)
    this.#put.run(fingerprint, this.#cipher.seal(PURPOSE, writer.finish()))
  }
}
