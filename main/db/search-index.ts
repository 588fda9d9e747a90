import Sqlite from 'better-sqlite3'
import type { MessageRow } from './message-row.ts'

/**
 * Full-text index over all messages, in memory only: it holds plain text, which must not reach the disk. The owner fills
 * it in the background, page by page, after unlock.
 */
export class SearchIndex {
  readonly #db: Sqlite.Database
  readonly #insert: Sqlite.Statement<[number, string, string]>
  readonly #delete: Sqlite.Statement<[number]>
  readonly #deleteFriend: Sqlite.Statement<[string]>
  readonly #find: Sqlite.Statement<[string, number], { rowid: number }>
  readonly #findOfFriend: Sqlite.Statement<[string, string, number], { rowid: number }>

  constructor() {
    this.#db = new Sqlite(':memory:')
    this.#db.exec(
      `CREATE VIRTUAL TABLE words USING fts5 (text, friend UNINDEXED, tokenize = 'unicode61 remove_diacritics 2')`,
    )
    this.#insert = this.#db.prepare('INSERT INTO words (rowid, text, friend) VALUES (?, ?, ?)')
    this.#delete = this.#db.prepare('DELETE FROM words WHERE rowid = ?')
    this.#deleteFriend = this.#db.prepare('DELETE FROM words WHERE friend = ?')
    this.#find = this.#db.prepare('SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?')
    this.#findOfFriend = this.#db.prepare(
      'SELECT rowid FROM words WHERE words MATCH ? AND friend = ? ORDER BY rowid DESC LIMIT ?',
    )
  }

  /** Adds messages that were not indexed before. */
  add(rows: readonly MessageRow[]): void {
    this.#db.transaction(() => {
      for (const row of rows) this.#insert.run(row.id, row.content.text, row.friend)
    })()
  }

  /** Indexes other words of a message. */
  replace(row: MessageRow): void {
    this.#db.transaction(() => {
      this.#delete.run(row.id)
      this.#insert.run(row.id, row.content.text, row.friend)
    })()
  }

  remove(id: number): void {
    this.#delete.run(id)
  }

  removeFriend(friend: string): void {
    this.#deleteFriend.run(friend)
  }

  /** Ids of messages that hold all words of `text` (the last may be a beginning), newest first. */
  find(text: string, friend: string | undefined, limit: number): number[] {
    const query = queryOf(text)
    if (query === '') return []
    const rows = friend === undefined ? this.#find.all(query, limit) : this.#findOfFriend.all(query, friend, limit)
    return rows.map(({ rowid }) => rowid)
  }

  close(): void {
    this.#db.close()
  }
}

/** Every word quoted, so that nothing a person types is read as query syntax. */
function queryOf(text: string): string {
  const words = text.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  return words.map((word, at) => `"${word}"${at === words.length - 1 ? '*' : ''}`).join(' ')
}
