import type Sqlite from 'better-sqlite3'
import type { ColumnCipher } from './column-cipher.ts'
import { checkpoint, openDatabase } from './database.ts'
import { EngineState } from './engine-state.ts'
import { type FriendRequestRow, Friends } from './friends.ts'
import { Messages } from './messages.ts'
import { SearchIndex } from './search-index.ts'
import { SettingsTable } from './settings.ts'

/** Whoever asks meanwhile waits for a page: it is a millisecond or two. */
const INDEX_PAGE = 50

/** One user's database: conversations, friends, settings and the engine's state, in one file, sealed by column. */
export class ProfileDatabase {
  readonly engineState: EngineState
  readonly friends: Friends
  readonly messages: Messages
  readonly settings: SettingsTable
  readonly #db: Sqlite.Database
  readonly #index = new SearchIndex()
  #indexedUpTo = 0

  /** Throws DatabaseError (see openDatabase), or what `cipher.open` throws if the data key is not this file's. */
  constructor(path: string, cipher: ColumnCipher) {
    this.#db = openDatabase(path)
    try {
      this.engineState = new EngineState(this.#db, cipher)
      this.friends = new Friends(this.#db, cipher)
      this.messages = new Messages(this.#db, cipher, this.friends)
      this.settings = new SettingsTable(this.#db, cipher)
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** Runs `work` as one transaction: all of it is on disk when this returns, or none. */
  transaction<T>(work: () => T): T {
    return this.#db.transaction(work).immediate()
  }

  /** Makes erased values vanish from the log too. After every transaction that erased or replaced a key. */
  checkpoint(): void {
    checkpoint(this.#db)
  }

  /** Copies the whole database, sealed as it is, to a file that must not exist, while it is in use. */
  async copyTo(path: string): Promise<void> {
    await this.#db.backup(path)
  }

  /** Indexes the next page of messages for the search; returns whether more are left. */
  indexSome(): boolean {
    const rows = this.messages.after(this.#indexedUpTo, INDEX_PAGE)
    this.#index.add(rows)
    this.#indexedUpTo = rows.at(-1)?.id ?? this.#indexedUpTo
    return rows.length === INDEX_PAGE
  }

  /** A row changed after it was indexed: a missing message came. */
  reindex(id: number): void {
    const row = id <= this.#indexedUpTo ? this.messages.get(id) : undefined
    if (row) this.#index.replace(row)
  }

  /** Ids of messages with all words of `text`, newest first; finishes the index if it must. */
  search(text: string, friend: string | undefined, limit: number): number[] {
    while (this.indexSome());
    return this.#index.find(text, friend, limit)
  }

  /** Erases what belongs to another identity: the engine's rows and friend requests. Settings stay. Returns the requests. */
  forgetIdentity(): readonly FriendRequestRow[] {
    const requests = this.friends.requests()
    this.transaction(() => {
      for (const key of this.engineState.load().keys()) this.engineState.write(key, undefined)
      for (const { publicKey } of requests) this.friends.removeRequest(publicKey)
    })
    this.checkpoint()
    return requests
  }

  /** Takes a message out of the history, from log and free pages too. */
  removeMessage(id: number): void {
    this.transaction(() => this.messages.remove(id))
    this.#index.remove(id)
    this.checkpoint()
  }

  removeFriend(publicKey: string): void {
    this.transaction(() => this.friends.remove(publicKey))
    this.#index.removeFriend(publicKey)
    this.checkpoint()
  }

  close(): void {
    this.#index.close()
    this.#db.close()
  }
}
