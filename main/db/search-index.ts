import Sqlite from 'better-sqlite3'

/** Something with words in it that can be found. */
export interface IndexedText {
  readonly id: number
  readonly friend: string
  readonly text: string
}

/**
 * Full-text index over what has ids that grow, in memory only: it holds plain text, which must not reach the disk. The
 * owner fills it in the background, page by page, after unlock.
 */
export class SearchIndex {
  readonly #db: Sqlite.Database
  readonly #insert: Sqlite.Statement<[number, string, string]>
  readonly #delete: Sqlite.Statement<[number]>
  readonly #deleteFriend: Sqlite.Statement<[string]>
  readonly #find: Sqlite.Statement<[string, number], { rowid: number }>
  readonly #findOfFriend: Sqlite.Statement<[string, string, number], { rowid: number }>
  #upTo = 0

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

  /** The highest id that was added. */
  get upTo(): number {
    return this.#upTo
  }

  /** Adds what comes after `upTo`, in order. */
  add(entries: readonly IndexedText[]): void {
    this.#db.transaction(() => {
      for (const { id, text, friend } of entries) this.#insert.run(id, text, friend)
    })()
    this.#upTo = entries.at(-1)?.id ?? this.#upTo
  }

  /** Indexes other words of what was added. */
  replace({ id, text, friend }: IndexedText): void {
    this.#db.transaction(() => {
      this.#delete.run(id)
      this.#insert.run(id, text, friend)
    })()
  }

  remove(id: number): void {
    this.#delete.run(id)
  }

  removeFriend(friend: string): void {
    this.#deleteFriend.run(friend)
  }

  /** Ids of what holds all words of `text` (the last may be a beginning), newest first. */
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
