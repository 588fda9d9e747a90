import type Sqlite from 'better-sqlite3'
import type { Instant } from '../base/time.ts'
import type { ColumnCipher } from './column-cipher.ts'
import { checkpoint, openDatabase } from './database.ts'
import { EngineState } from './engine-state.ts'
import { type FriendRequestRow, Friends } from './friends.ts'
import type { MessageRow } from './message-row.ts'
import { Messages } from './messages.ts'
import { type IndexedText, SearchIndex } from './search-index.ts'
import { SettingsTable } from './settings.ts'
import { Transfers } from './transfers.ts'

/** What went with an identity, for whoever shows it. */
export interface ForgottenIdentity {
  readonly requests: readonly FriendRequestRow[]
  /** Row ids of own messages that nobody follows any more: their states say so. */
  readonly settled: readonly number[]
}

/** Whose rows these are: a public key. */
const IDENTITY = 'identity'

/** Whoever asks meanwhile waits for a page: it is a millisecond or two. */
const INDEX_PAGE = 50

/** One user's database: conversations, friends, settings and the engine's state, in one file, sealed by column. */
export class ProfileDatabase {
  readonly engineState: EngineState
  readonly friends: Friends
  readonly messages: Messages
  readonly transfers: Transfers
  readonly settings: SettingsTable
  readonly #db: Sqlite.Database
  readonly #words = new SearchIndex()
  readonly #fileNames = new SearchIndex()

  /** Throws DatabaseError (see openDatabase), or what `cipher.open` throws if the data key is not this file's. */
  constructor(path: string, cipher: ColumnCipher) {
    this.#db = openDatabase(path)
    try {
      this.engineState = new EngineState(this.#db, cipher)
      this.friends = new Friends(this.#db, cipher)
      this.messages = new Messages(this.#db, cipher, this.friends)
      this.transfers = new Transfers(this.#db, cipher, this.friends)
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

  /** Indexes the next page for the search, messages first; returns whether more are left. */
  indexSome(): boolean {
    const messages = this.messages.after(this.#words.upTo, INDEX_PAGE)
    this.#words.add(messages.map(wordsOf))
    if (messages.length === INDEX_PAGE) return true
    const transfers = this.transfers.after(this.#fileNames.upTo, INDEX_PAGE)
    this.#fileNames.add(transfers.map(({ id, friend, file }) => ({ id, friend, text: file.name })))
    return transfers.length === INDEX_PAGE
  }

  /** A row changed after it was indexed: a missing message came. */
  reindex(id: number): void {
    const row = id <= this.#words.upTo ? this.messages.get(id) : undefined
    if (row) this.#words.replace(wordsOf(row))
  }

  /** Ids of messages with all words of `text`, newest first; finishes the index if it must. */
  search(text: string, friend: string | undefined, limit: number): number[] {
    while (this.indexSome());
    return this.#words.find(text, friend, limit)
  }

  /** Ids of file transfers with all words of `text` in their names, as `search`. */
  searchTransfers(text: string, friend: string | undefined, limit: number): number[] {
    while (this.indexSome());
    return this.#fileNames.find(text, friend, limit)
  }

  /**
   * The identity that lives here from now on. After another one, its rows are forgotten: somebody put another savefile
   * into the folder, or a run ended while it took over another profile.
   */
  settleIn(publicKey: string, now: Instant): void {
    const before = this.settings.get(IDENTITY)
    if (before === publicKey) return
    if (before === undefined) this.settings.set(IDENTITY, publicKey)
    else this.replaceIdentity(publicKey, now)
  }

  /** Another identity lives here from now on, or the same one as it was elsewhere: nothing of before is its own. */
  replaceIdentity(publicKey: string, now: Instant): ForgottenIdentity {
    const forgotten = this.forgetIdentity(now)
    this.settings.set(IDENTITY, publicKey)
    return forgotten
  }

  /** Erases what belongs to another identity: the engine's rows and friend requests. Settings and history stay. */
  forgetIdentity(now: Instant): ForgottenIdentity {
    const requests = this.friends.requests()
    const settled = this.transaction(() => {
      for (const key of this.engineState.load().keys()) this.engineState.write(key, undefined)
      for (const { publicKey } of requests) this.friends.removeRequest(publicKey)
      this.messages.forgetSequences()
      this.transfers.forgetFileIds()
      return this.messages.settleLost(now)
    })
    this.checkpoint()
    return { requests, settled }
  }

  /** Takes a message out of the history, from log and free pages too. */
  removeMessage(id: number): void {
    this.transaction(() => this.messages.remove(id))
    this.#words.remove(id)
    this.checkpoint()
  }

  /** Takes a file transfer out of the history, as `removeMessage`. The file itself stays. */
  removeTransfer(id: number): void {
    this.transaction(() => this.transfers.remove(id))
    this.#fileNames.remove(id)
    this.checkpoint()
  }

  /** Takes the oldest of what a friend offered in vain out of the history, as far as it is too much; returns the ids. */
  pruneTransfers(friend: string): number[] {
    const ids = this.transaction(() => this.transfers.prune(friend))
    for (const id of ids) this.#fileNames.remove(id)
    if (ids.length > 0) this.checkpoint()
    return ids
  }

  removeFriend(publicKey: string): void {
    this.transaction(() => this.friends.remove(publicKey))
    this.#words.removeFriend(publicKey)
    this.#fileNames.removeFriend(publicKey)
    this.checkpoint()
  }

  close(): void {
    this.#words.close()
    this.#fileNames.close()
    this.#db.close()
  }
}

function wordsOf({ id, friend, content }: MessageRow): IndexedText {
  return { id, friend, text: content.text }
}
